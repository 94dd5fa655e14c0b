"""What people see when the portal itself fails: a static page, for nothing it would need can be relied on."""

from django.test import RequestFactory

from portal.api.problems import broken


def test_the_page_of_an_error_speaks_english_and_german_without_a_database() -> None:
    answer = broken(RequestFactory().get("/admin/"))
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 500
    assert '<html lang="en">' in page
    assert "The portal failed to answer" in page
    assert '<section lang="de">' in page
    assert "Das Portal konnte nicht antworten" in page
