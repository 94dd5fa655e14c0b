"""The pages: what people can do, and that nothing they write is ever run."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.jira.server import SandboxJira
from tests.sandbox.jira.conftest import REQUEST

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


@pytest.fixture
def browser(jira: SandboxJira) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=jira.url, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/portal/create", "/queue", "/deliveries", "/settings", "/mailbox"])
def test_every_page_opens(browser: httpx.Client, ticket: str, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_form_leads_to_the_ticket(browser: httpx.Client) -> None:
    answer = browser.post("/portal/create", data={"as": "rita@example.com", **REQUEST})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/browse/AVM-1")
    assert "payments-dev" in browser.get("/browse/AVM-1").text


def test_missing_fields_are_named_and_what_was_typed_stays(browser: httpx.Client) -> None:
    answer = browser.post("/portal/create", data={"as": "rita@example.com", "customfield_10105": "CC-77"})
    assert answer.status_code == 400
    assert "Account name is required." in answer.text
    assert 'value="CC-77"' in answer.text


def test_a_customer_gets_no_agent_buttons(browser: httpx.Client, ticket: str) -> None:
    assert "Start progress" not in browser.get(f"/browse/{ticket}?as=rita@example.com").text
    assert "Start progress" in browser.get(f"/browse/{ticket}?as=gus@example.com").text


def test_a_button_moves_the_ticket(browser: httpx.Client, ticket: str) -> None:
    form = {"as": "gus@example.com", "id": "Start progress"}
    answer = browser.post(f"/browse/{ticket}/transition", data=form, headers={"Accept": "application/json"})
    assert answer.json()["status"] == "In Progress"


def test_the_agent_who_starts_progress_becomes_the_assignee(
    browser: httpx.Client, bot: httpx.Client, ticket: str
) -> None:
    browser.post(f"/browse/{ticket}/transition", data={"as": "gus@example.com", "id": "11"})
    assignee = bot.get(f"/rest/api/3/issue/{ticket}?fields=assignee").json()["fields"]["assignee"]
    assert assignee["displayName"] == "Gus Governance"


def test_a_customer_cannot_start_progress(browser: httpx.Client, ticket: str) -> None:
    form = {"as": "rita@example.com", "id": "11"}
    assert browser.post(f"/browse/{ticket}/transition", data=form).status_code == 400


def test_an_approver_declines_with_a_button(browser: httpx.Client, ticket: str) -> None:
    assert "Approve" in browser.get(f"/browse/{ticket}?as=anna@example.com").text
    form = {"as": "anna@example.com", "decision": "decline"}
    answer = browser.post(f"/browse/{ticket}/approval", data=form, headers={"Accept": "application/json"})
    assert answer.json()["status"] == "Declined"


def test_a_correction_and_a_resubmission_open_a_new_round_of_approval(
    browser: httpx.Client, bot: httpx.Client, ticket: str
) -> None:
    browser.post(f"/browse/{ticket}/approval", data={"as": "anna@example.com", "decision": "approve"})
    browser.post(f"/browse/{ticket}/transition", data={"as": "gus@example.com", "id": "Respond to customer"})
    browser.post(f"/browse/{ticket}/edit", data={"as": "rita@example.com", "customfield_10101": "payments-two"})
    browser.post(f"/browse/{ticket}/transition", data={"as": "rita@example.com", "id": "Resubmit"})
    fields = bot.get(f"/rest/api/3/issue/{ticket}").json()["fields"]
    assert (fields["status"]["name"], fields["customfield_10101"]) == ("Waiting for approval", "payments-two")
    rounds = bot.get(f"/rest/servicedeskapi/request/{ticket}/approval").json()["values"]
    assert [round_["finalDecision"] for round_ in rounds] == ["approved", "pending"]


def test_markup_in_fields_and_comments_stays_text(browser: httpx.Client, bot: httpx.Client, ticket: str) -> None:
    browser.post(f"/browse/{ticket}/edit", data={"as": "rita@example.com", "summary": EVIL, "customfield_10108": EVIL})
    browser.post(f"/browse/{ticket}/comment", data={"as": "rita@example.com", "body": f"*{EVIL}* [{EVIL}|https://x]"})
    text = {
        "type": "text",
        "text": EVIL,
        "marks": [{"type": "link", "attrs": {"href": "javascript:alert(1)"}}],
    }
    body = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [text]}]}
    assert bot.post(f"/rest/api/3/issue/{ticket}/comment", json={"body": body}).status_code == 201
    for path in (f"/browse/{ticket}", "/queue", "/deliveries"):
        page = browser.get(path, params={"as": "gus@example.com"}).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page


def test_the_live_part_is_a_fragment(browser: httpx.Client, ticket: str) -> None:
    part = browser.get(f"/browse/{ticket}?part=live").text
    assert "<html" not in part
    assert "Waiting for approval" in part
