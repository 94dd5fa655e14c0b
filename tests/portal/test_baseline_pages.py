"""The pages of the baseline: two clicks make a version, and only who may."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import Event
from audit.services import Actor
from tests.portal import factories
from vending.baselines.document import of_baseline
from vending.models import Baseline
from vending.selectors import active_baseline
from vending.services.baselines import import_baseline

pytestmark = pytest.mark.django_db
LESS = "note: Less.\nsteps:\n  create_account: {}\n  account_ready: {}\n  tags: {}\n"


@pytest.fixture
def first() -> Baseline:
    baseline = active_baseline()
    assert baseline is not None
    return baseline


@pytest.fixture
def as_engineer(client: Client) -> Client:
    client.force_login(factories.person("gus", "GAS engineer"))
    return client


def edit(baseline: Baseline) -> str:
    return reverse("admin:vending_baseline_edit", args=[baseline.pk])


def filled_in(client: Client, baseline: Baseline, **changes: Any) -> dict[str, Any]:
    """What a browser would send from the edit page, with some fields changed."""
    form = client.get(edit(baseline)).context["form"]
    values = {field.html_name: field.value() for field in form}
    data = {name: value for name, value in values.items() if value is not None and value is not False}
    return {**data, "note": "Because.", **changes}


def made(client: Client, answer: Any, **more: Any) -> Any:
    """The second click, on the page that the first one led to."""
    data = {field.html_name: field.value() for field in answer.context["form"] if field.name != "activate"}
    data = {name: "" if value is None else value for name, value in data.items()}
    return client.post(reverse("admin:vending_baseline_make"), {**data, **more})


def test_an_untouched_form_says_what_the_version_says(as_engineer: Client, first: Baseline) -> None:
    answer = as_engineer.post(edit(first), filled_in(as_engineer, first))
    assert answer.context["form"].errors == {}
    assert answer.context["changes"] == []


def test_editing_shows_the_difference_and_changes_nothing(as_engineer: Client, first: Baseline) -> None:
    data = filled_in(as_engineer, first, **{"create_account.role_name": "Vending", "root_access:on": "on"})
    answer = as_engineer.post(edit(first), data)
    told = {(change.step, str(change.what), str(change.after)) for change in answer.context["changes"]}
    assert told == {("create_account", "role_name", "Vending"), ("root_access", "step", "on")}
    assert Baseline.objects.count() == 1


def test_the_second_click_makes_a_version_that_nothing_uses_yet(as_engineer: Client, first: Baseline) -> None:
    answer = as_engineer.post(edit(first), filled_in(as_engineer, first, **{"create_account.role_name": "Vending"}))
    made(as_engineer, answer)
    new = Baseline.objects.get(version=2)
    assert (new.note, new.created_by) == ("Because.", "gus")
    assert of_baseline(new).steps["create_account"].parameters == {"role_name": "Vending"}
    assert active_baseline() == first


def test_the_second_click_may_make_it_active_at_once(as_engineer: Client, first: Baseline) -> None:
    answer = as_engineer.post(edit(first), filled_in(as_engineer, first, **{"create_account.role_name": "Vending"}))
    made(as_engineer, answer, activate="on")
    assert active_baseline() == Baseline.objects.get(version=2)
    assert Event.objects.get(action="baseline.activated").actor == "gus"


def test_the_second_click_twice_makes_one_version(as_engineer: Client, first: Baseline) -> None:
    answer = as_engineer.post(edit(first), filled_in(as_engineer, first, **{"create_account.role_name": "Vending"}))
    made(as_engineer, answer)
    made(as_engineer, answer)
    assert Baseline.objects.count() == 2


def test_who_looked_at_an_old_difference_makes_nothing(as_engineer: Client, first: Baseline) -> None:
    answer = as_engineer.post(edit(first), filled_in(as_engineer, first, **{"create_account.role_name": "Vending"}))
    import_baseline(text=LESS, actor=Actor.person("gina"))
    refused = made(as_engineer, answer, activate="on")
    assert "Baseline 2" in " ".join(str(message) for message in get_messages(refused.wsgi_request))
    assert Baseline.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"quarantine:on": "on"}, "quarantine:on", "would stay closed for ever"),
        ({"account_alias.template": "{colour}"}, "account_alias.template", "cannot be filled"),
        ({"create_account.tags": "A: b\n  c: d"}, "create_account.tags", "Line 2"),
        ({"create_account.tags": "A: b\nC: [d]"}, "create_account.tags", "Line 2"),
        ({"service_quotas.quotas": "- {service: vpc}"}, "service_quotas.quotas", "Line 1"),
        ({"identity_portal.roles": "Admin\nno spaces!"}, "identity_portal.roles", "Line 2"),
        ({"tags:environments": "dev:\n  parameters:\n    colour: red"}, "tags:environments", "Line 3"),
        ({"note": " "}, "note", "required"),
    ],
)
def test_an_error_stands_at_its_field_with_its_line(
    as_engineer: Client, first: Baseline, changes: dict[str, str], field: str, said: str
) -> None:
    answer = as_engineer.post(edit(first), filled_in(as_engineer, first, **changes))
    assert said in " ".join(answer.context["form"].errors[field])
    assert Baseline.objects.count() == 1


def test_a_file_is_imported_by_two_clicks(as_engineer: Client) -> None:
    address = reverse("admin:vending_baseline_import")
    answer = as_engineer.post(address, {"file": SimpleUploadedFile("b.yaml", LESS.encode())})
    made(as_engineer, answer)
    assert Baseline.objects.get(version=2).note == "Less."


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"steps:\n  nonsense: {}\n", "Line 2"), (b"\xff\xfe\x00", "UTF-8"), (b"#" * 300_000, "256 kB"), (b"]", "YAML")],
)
def test_a_file_with_a_fault_is_refused_with_its_line(as_engineer: Client, content: bytes, said: str) -> None:
    address = reverse("admin:vending_baseline_import")
    answer = as_engineer.post(address, {"file": SimpleUploadedFile("b.yaml", content)})
    assert said in " ".join(answer.context["form"].errors["file"])


def test_a_forged_second_click_is_checked_like_a_file(as_engineer: Client) -> None:
    as_engineer.post(reverse("admin:vending_baseline_make"), {"text": "steps: {nonsense: {}}"})
    assert Baseline.objects.count() == 1


def test_a_version_is_downloaded_as_the_file_that_comes_back(as_engineer: Client, first: Baseline) -> None:
    answer = as_engineer.get(reverse("admin:vending_baseline_yaml", args=[first.pk]))
    assert "baseline-1.yaml" in answer["Content-Disposition"]
    assert import_baseline(text=answer.content.decode(), actor=Actor.person("gus"))[1] is False


def test_an_earlier_version_is_made_active_with_a_reason(as_engineer: Client, first: Baseline) -> None:
    import_baseline(text=LESS, actor=Actor.person("gina"))
    address = reverse("admin:vending_baseline_operation", args=[first.pk, "activate"])
    as_engineer.post(address, {"reason": "The new one lacks the budget."})
    assert active_baseline() == first
    assert "lacks the budget" in Event.objects.filter(action="baseline.activated").latest("id").summary


def test_a_page_shows_the_difference_to_any_other_version(as_engineer: Client, first: Baseline) -> None:
    import_baseline(text=LESS, actor=Actor.person("gina"))
    page = reverse("admin:vending_baseline_change", args=[first.pk])
    assert as_engineer.get(page).context["sheet"].changes
    assert "Baseline 2 (active)" in as_engineer.get(page).content.decode()


def test_the_pages_need_few_queries(as_engineer: Client, first: Baseline, django_assert_max_num_queries: Any) -> None:
    for address in (edit(first), reverse("admin:vending_baseline_change", args=[first.pk])):
        with django_assert_max_num_queries(12):
            as_engineer.get(address)


@pytest.mark.parametrize("group", ["Auditor", ""])
def test_others_make_no_version(client: Client, first: Baseline, group: str) -> None:
    client.force_login(factories.person("other", group))
    file = SimpleUploadedFile("b.yaml", LESS.encode())
    assert client.get(edit(first)).status_code == 403
    assert client.post(reverse("admin:vending_baseline_import"), {"file": file}).status_code == 403
    assert client.post(reverse("admin:vending_baseline_make"), {"text": LESS}).status_code == 403
    activate = reverse("admin:vending_baseline_operation", args=[first.pk, "activate"])
    assert client.post(activate, {"reason": "because"}).status_code == 403
    assert Baseline.objects.count() == 1


def test_an_auditor_reads_and_downloads_and_a_stranger_does_neither(client: Client, first: Baseline) -> None:
    file = reverse("admin:vending_baseline_yaml", args=[first.pk])
    assert "/admin/login/" in client.get(file)["Location"]
    client.force_login(factories.person("nobody"))
    assert client.get(file).status_code == 403
    client.force_login(factories.person("audrey", "Auditor"))
    page = client.get(reverse("admin:vending_baseline_change", args=[first.pk])).content.decode()
    assert "/edit/" not in page
    assert client.get(file).status_code == 200
