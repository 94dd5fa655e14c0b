"""A list as a file: filtered as it is, for those who see it, at once or in the background."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from openpyxl import load_workbook

from audit.choices import ExportStatus
from audit.lists import exporting
from audit.lists.models import Export
from audit.models import Event
from audit.tasks import write_export
from jira_bridge.choices import Source
from jira_bridge.storing import store_delivery
from taskqueue import clock
from tests.portal import factories
from vending.choices import RequestStatus

pytestmark = pytest.mark.django_db
LIST = "admin:vending_accountrequest"
EXPORTS = "/admin/vending/accountrequest/exports/"


@pytest.fixture
def audrey() -> User:
    return factories.person("audrey", "Auditor")


@pytest.fixture
def as_auditor(client: Client, audrey: User) -> Client:
    client.force_login(audrey)
    return client


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are many, and a part holds two."""
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    monkeypatch.setattr(exporting, "PART", 2)


def export(client: Client, file_format: str = "csv", query: str = "", address: str = EXPORTS) -> Any:
    return client.post(address, {"format": file_format, "query": query})


def rows(answer: Any) -> list[dict[str, str]]:
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def test_a_short_list_is_downloaded_at_once(as_auditor: Client) -> None:
    factories.world()
    answer = export(as_auditor)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="accountrequest-')
    assert [row["ticket"] for row in rows(answer)] == ["AVM-5", "AVM-4", "AVM-3", "AVM-2", "AVM-1"]


def test_the_file_has_what_the_list_shows_filtered_and_searched(as_auditor: Client) -> None:
    factories.world()
    assert [row["ticket"] for row in rows(export(as_auditor, query="status__exact=failed"))] == ["AVM-2"]
    assert [row["ticket"] for row in rows(export(as_auditor, query="q=AVM-3"))] == ["AVM-3"]


def test_a_very_long_filter_stays_a_filter(as_auditor: Client) -> None:
    factories.world()
    assert rows(export(as_auditor, query="q=" + "x" * 3000)) == []


def test_the_related_rows_are_there_by_name(as_auditor: Client) -> None:
    factories.world()
    found = rows(export(as_auditor, address="/admin/vending/run/exports/", query="status__exact=failed"))
    assert found[0]["request.ticket"] == "AVM-2"
    assert found[0]["account.account_id"] == "210000000002"


@pytest.mark.parametrize("name", ["=1+1", "@SUM(1)", "\t=1"])
def test_what_a_requester_wrote_is_no_formula(as_auditor: Client, name: str) -> None:
    factories.request(7, account_name=name)
    written = rows(export(as_auditor))[0]["account_name"]
    assert written.startswith("'")
    assert written.replace("'", "") == name
    sheet = load_workbook(BytesIO(export(as_auditor, "xlsx").getvalue())).active
    column = [cell.value for cell in sheet[1]].index("account_name")
    assert sheet[2][column].value == f"'{name}"
    assert sheet[2][column].data_type == "s"


def test_bytes_are_left_out(as_auditor: Client) -> None:
    store_delivery(source=Source.AUTOMATION, body=b'{"key": "AVM-1"}', document={"key": "AVM-1"}, headers={})
    answer = export(as_auditor, address="/admin/jira_bridge/webhookdelivery/exports/")
    assert "body" not in rows(answer)[0]
    assert "memory at" not in answer.getvalue().decode()


def test_what_the_queue_pickled_is_left_out(client: Client) -> None:
    client.force_login(factories.person("root", superuser=True))
    for table in ("success", "failure", "ormq"):
        head = export(client, address=f"/admin/django_q/{table}/exports/").getvalue().decode("utf-8-sig")
        assert not {"args", "kwargs", "result", "payload"} & set(head.strip().split(","))


def test_an_empty_list_is_a_head_without_rows(as_auditor: Client) -> None:
    answer = export(as_auditor)
    assert answer.getvalue().decode("utf-8-sig").startswith("id,ticket,status,")
    assert rows(export(as_auditor)) == []


def test_every_export_is_in_the_record(as_auditor: Client) -> None:
    factories.world()
    export(as_auditor, query="status__exact=failed")
    event = Event.objects.get(action="list.exported")
    assert event.actor == "audrey"
    assert event.after == {"list": "vending.accountrequest", "query": "status__exact=failed", "rows": 1}


def test_a_long_list_is_written_in_the_background_part_by_part(
    as_auditor: Client, in_parts: None, drain: Callable[..., int]
) -> None:
    factories.world()
    page = export(as_auditor)
    row = Export.objects.get()
    assert page["Location"] == f"{EXPORTS}{row.pk}/"
    assert "0/5" in as_auditor.get(page["Location"]).content.decode()
    write_export(row.pk)
    live = as_auditor.get(f"{page['Location']}?part=live").content.decode()
    assert "2/5" in live
    assert 'data-open="yes"' in live
    drain()
    row.refresh_from_db()
    assert (row.status, row.rows_done, row.parts.count()) == (ExportStatus.READY, 5, 3)
    found = rows(as_auditor.get(f"{EXPORTS}{row.pk}/file/"))
    assert [row["ticket"] for row in found] == ["AVM-5", "AVM-4", "AVM-3", "AVM-2", "AVM-1"]


def test_a_message_that_comes_twice_repeats_no_row(as_auditor: Client, in_parts: None) -> None:
    factories.world()
    export(as_auditor)
    row = Export.objects.get()
    for _ in range(6):
        write_export(row.pk)
    found = rows(as_auditor.get(f"{EXPORTS}{row.pk}/file/"))
    assert len({row["ticket"] for row in found}) == len(found) == 5


def test_an_export_that_stands_still_is_taken_up_again_and_given_up_in_the_end(
    as_auditor: Client, in_parts: None
) -> None:
    factories.world()
    export(as_auditor)
    for _ in range(exporting.MOST_ATTEMPTS):
        Export.objects.update(due_at=clock.now() - timedelta(seconds=1))
        assert exporting.sweep() == 1
    Export.objects.update(due_at=clock.now() - timedelta(seconds=1))
    exporting.sweep()
    row = Export.objects.get()
    assert row.status == ExportStatus.FAILED
    assert row.problem in as_auditor.get(f"{EXPORTS}{row.pk}/").content.decode()


def test_a_file_is_kept_for_a_day(as_auditor: Client) -> None:
    factories.world()
    export(as_auditor)
    exporting.sweep()
    assert Export.objects.count() == 1
    Export.objects.update(kept_until=clock.now() - timedelta(seconds=1))
    exporting.sweep()
    assert not Export.objects.exists()


def test_too_long_a_list_for_a_workbook_is_refused_in_a_sentence(
    as_auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_IN_A_WORKBOOK", 3)
    factories.world()
    answer = as_auditor.post(EXPORTS, {"format": "xlsx", "query": ""}, follow=True)
    assert "a workbook takes 3 here" in answer.content.decode()
    assert not Export.objects.exists()


def test_a_file_belongs_to_who_asked_for_it(as_auditor: Client, client: Client) -> None:
    factories.world()
    export(as_auditor)
    row = Export.objects.get()
    client.force_login(factories.person("root", superuser=True))
    assert client.get(f"{EXPORTS}{row.pk}/").status_code == 404
    assert client.get(f"{EXPORTS}{row.pk}/file/").status_code == 404


def test_a_file_is_asked_for_at_its_own_list(as_auditor: Client) -> None:
    factories.world()
    export(as_auditor)
    row = Export.objects.get()
    assert as_auditor.get(f"/admin/vending/run/exports/{row.pk}/file/").status_code == 404


def test_who_sees_no_list_exports_none(client: Client) -> None:
    client.force_login(factories.person("stranger"))
    assert export(client).status_code == 403
    assert client.get(EXPORTS).status_code == 403
    assert not Export.objects.exists()


def test_who_lost_the_list_gets_no_further_part(as_auditor: Client, audrey: User, in_parts: None) -> None:
    factories.world()
    export(as_auditor)
    audrey.groups.clear()
    row = Export.objects.get()
    write_export(row.pk)
    row.refresh_from_db()
    assert row.status == ExportStatus.FAILED
    assert not row.parts.exists()


def test_a_get_exports_nothing(as_auditor: Client) -> None:
    factories.world()
    text = as_auditor.get(EXPORTS, {"format": "csv"}).content.decode()
    assert "Nothing in the last 24 hours." in text
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "nothing=1",
        "ticket__regex=[",
        "purpose__iregex=(",
        "status__exact=nothing",
        "received_at__gte=x",
        "id__exact=x",
        "q=%00",
    ],
)
def test_a_query_that_is_no_filter_breaks_nothing(as_auditor: Client, query: str) -> None:
    factories.world()
    assert export(as_auditor, query=query).status_code in (200, 302, 400)


def test_a_query_that_nobody_can_have_typed_does_not_get_into_the_record(as_auditor: Client) -> None:
    factories.world()
    answer = as_auditor.post(EXPORTS, {"format": "csv", "query": "q=" + "x" * 1_000_000}, follow=True)
    assert "This is no filter of this list." in answer.content.decode()
    assert not Event.objects.filter(action="list.exported").exists()


def test_an_unknown_format_is_nothing(as_auditor: Client) -> None:
    assert export(as_auditor, "pdf").status_code == 404


def test_memory_does_not_grow_with_the_rows(as_auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    monkeypatch.setattr(exporting, "PART", 10)
    for number in range(35):
        factories.request(100 + number, RequestStatus.RECEIVED)
    export(as_auditor)
    row = Export.objects.get()
    for _ in range(4):
        write_export(row.pk)
    sizes = [len(bytes(part.data)) for part in row.parts.all()]
    assert len(sizes) == 4
    assert max(sizes) < 12 * 1024


def test_one_person_has_three_exports_written_at_once_and_is_told_so(as_auditor: Client, in_parts: None) -> None:
    factories.world()
    for _ in range(exporting.MOST_RUNNING):
        export(as_auditor)
    refused = as_auditor.post(EXPORTS, {"format": "csv", "query": ""}, follow=True).content.decode()
    assert "3 exports of yours are being written. Wait until one of them is ready" in refused
    assert Export.objects.count() == exporting.MOST_RUNNING
    Export.objects.filter(pk=Export.objects.latest("pk").pk).update(status=ExportStatus.READY)
    export(as_auditor)
    assert Export.objects.count() == exporting.MOST_RUNNING + 1
