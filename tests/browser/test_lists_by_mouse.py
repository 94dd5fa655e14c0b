"""Lists, runs and the evidence sheet by mouse: what scripts, dialogs and the Content-Security-Policy make of them."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from audit.lists import exporting
from audit.models import Event
from audit.tasks import write_export
from tests.portal import factories
from vending.choices import RequestStatus, RunStatus, StepStatus
from vending.models import Account, Run, StepRun

pytestmark = pytest.mark.django_db(transaction=True)
SCROLLING = """[...document.querySelectorAll("#content-main *")].filter((part) =>
    part.scrollWidth > part.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(part).overflowX)).length"""
LONG = "Zahlungsverkehrsabwicklung-und-Rechnungspruefung-1"


def failed(number: int) -> Run:
    request = factories.request(number, RequestStatus.FAILED)
    return factories.run(request, [StepStatus.FAILED, *[StepStatus.BLOCKED] * 4], RunStatus.FAILED)


def test_a_filter_is_saved_and_used_with_one_click(page: Page) -> None:
    failed(1)
    factories.request(2)
    page.goto("/admin/vending/accountrequest/?status__exact=failed")
    page.get_by_text("Save this filter").click()
    page.get_by_label("Name").fill("Broken")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/admin/vending/accountrequest/")
    expect(page.get_by_role("link", name="AVM-2")).to_be_visible()
    page.get_by_role("link", name="Broken").click()
    expect(page.get_by_role("link", name="AVM-1")).to_be_visible()
    expect(page.get_by_role("link", name="AVM-2")).to_have_count(0)


def test_ticked_runs_are_retried(page: Page) -> None:
    runs = [failed(1), failed(2)]
    page.goto("/admin/vending/run/")
    for box in page.locator("input[name=_selected_action]").all():
        box.check()
    page.locator("select[name=action]").select_option("retry")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Retry: 2 rows.")).to_be_visible()
    assert set(Run.objects.filter(pk__in=[run.pk for run in runs]).values_list("status", flat=True)) == {"running"}


def test_a_list_is_downloaded(page: Page, tmp_path: Path) -> None:
    factories.request(1, account_name="=cmd()")
    page.goto("/admin/vending/accountrequest/")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["account_name"] for row in csv.DictReader(file)] == ["'=cmd()"]


def test_a_long_export_shows_its_progress_and_then_the_download(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    monkeypatch.setattr(exporting, "PART", 2)
    for number in (1, 2, 3):
        factories.request(number)
    page.goto("/admin/vending/accountrequest/")
    page.get_by_role("button", name="CSV").click()
    expect(page.get_by_text("0/3")).to_be_visible()
    export = exporting.Export.objects.get()
    write_export(export.pk)
    expect(page.get_by_text("2/3")).to_be_visible()
    write_export(export.pk)
    with page.expect_download():
        page.get_by_role("link", name="Download").click()


def test_a_run_page_follows_the_run_and_a_dialog_retries_a_step(page: Page) -> None:
    run = failed(1)
    page.goto(f"/admin/vending/run/{run.pk}/change/")
    page.get_by_role("link", name="Retry step").click()
    page.locator("dialog").get_by_role("button", name="Retry step").click()
    expect(page.get_by_text("The step is tried again.")).to_be_visible()
    StepRun.objects.filter(run=run, position=1).update(evidence="It has just been found.", status=StepStatus.READY)
    expect(page.get_by_text("It has just been found.")).to_be_visible()


def test_an_issued_sheet_goes_to_the_printer(page: Page) -> None:
    factories.world()
    account = Account.objects.get(account_id="210000000001")
    page.add_init_script("window.print = () => document.body.setAttribute('data-printed', '')")
    page.goto(f"/admin/vending/account/{account.pk}/change/")
    page.get_by_role("link", name="Evidence sheet").click()
    expect(page.get_by_text("Not issued yet.")).to_be_visible()
    page.get_by_role("button", name="Issue and print").click()
    expect(page.locator("body[data-printed]")).to_be_visible()
    expect(page.get_by_text(f"Sheet {Event.objects.get(action='evidence.issued').pk}, taken by gus")).to_be_visible()


@pytest.mark.parametrize("name", ["accountrequest", "run", "account", "steprun"])
def test_no_list_scrolls_sideways_with_long_names(page: Page, name: str) -> None:
    row = factories.request(
        7, RequestStatus.FAILED, account_name=LONG, email="x" * 52 + "@example.com", owner="y" * 200
    )
    account = factories.account(row, 7)
    factories.run(row, [StepStatus.FAILED, *[StepStatus.BLOCKED] * 4], RunStatus.FAILED, account)
    page.goto(f"/admin/vending/{name}/")
    assert page.evaluate(SCROLLING) == 0
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
