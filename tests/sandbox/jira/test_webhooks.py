"""What the sandbox sends to the portal, in each of its shapes."""

import hashlib
import hmac
import json

import httpx

from sandbox.jira.server import SandboxJira
from tests.sandbox.jira.conftest import KEY, REQUEST, SECRET, Portal


def shape(bot: httpx.Client, name: str) -> None:
    assert bot.post("/sandbox/settings", json={"shape": name}).status_code == 200


def start(bot: httpx.Client, key: str) -> None:
    assert bot.post(f"/rest/api/3/issue/{key}/transitions", json={"transition": {"id": "11"}}).status_code == 204


def test_automation_sends_the_issue_itself_with_number_ids(portal: Portal, ticket: str) -> None:
    headers, raw = portal.heard[0]
    issue = json.loads(raw)
    assert headers["x-api-key"] == KEY
    assert "x-hub-signature" not in headers
    assert (issue["id"], issue["key"]) == (10001, ticket)
    assert isinstance(issue["fields"]["created"], int)
    assert isinstance(issue["fields"]["status"]["id"], int)
    assert issue["fields"]["issuetype"]["namedValue"] == "AWS Account"
    assert issue["fields"]["customfield_10107"][0]["emailAddress"] is None
    assert issue["fields"]["customfield_10103"]["value"] == "Development"


def test_the_jira_format_wraps_the_issue(portal: Portal, bot: httpx.Client, ticket: str) -> None:
    shape(bot, "jira")
    start(bot, ticket)
    assert json.loads(portal.heard[-1][1])["issue"]["fields"]["status"]["name"] == "In Progress"


def test_a_native_webhook_is_signed_over_its_raw_bytes(portal: Portal, bot: httpx.Client, ticket: str) -> None:
    shape(bot, "native")
    start(bot, ticket)
    headers, raw = portal.heard[-1]
    digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature"] == f"sha256={digest}"
    assert headers["x-atlassian-webhook-identifier"]
    body = json.loads(raw)
    assert (body["webhookEvent"], body["issue_event_type_name"]) == ("jira:issue_updated", "issue_generic")
    assert body["issue"]["id"] == "10001"
    item = body["changelog"]["items"][0]
    assert (item["fieldId"], item["from"], item["to"], item["toString"]) == (
        "status",
        "10100",
        "3",
        "In Progress",
    )


def test_custom_data_survives_quotes_in_a_summary(portal: Portal, bot: httpx.Client) -> None:
    shape(bot, "custom")
    form = {"as": "rita@example.com", **REQUEST, "summary": 'say "hi"\\'}
    bot.post("/portal/create", data=form)
    assert json.loads(portal.heard[-1][1])["issue"]["fields"]["summary"] == 'say "hi"\\'


def test_a_template_without_as_json_string_breaks_on_quotes(portal: Portal, bot: httpx.Client) -> None:
    settings = {"shape": "custom", "custom_template": '{"summary": "{{issue.summary}}"}'}
    bot.post("/sandbox/settings", json=settings)
    bot.post("/portal/create", data={"as": "rita@example.com", **REQUEST, "summary": 'a", "b": "c'})
    assert portal.heard[-1][1] == b'{"summary": "a", "b": "c"}'


def test_comments_are_not_sent_by_automation(portal: Portal, bot: httpx.Client, ticket: str) -> None:
    portal.heard.clear()
    bot.post(f"/rest/api/2/issue/{ticket}/comment", json={"body": "hello"})
    assert portal.heard == []


def test_comments_are_sent_as_native_webhooks(portal: Portal, bot: httpx.Client, ticket: str) -> None:
    shape(bot, "native")
    bot.post(f"/rest/api/2/issue/{ticket}/comment", json={"body": "hello"})
    body = json.loads(portal.heard[-1][1])
    assert (body["webhookEvent"], body["comment"]["body"]) == ("comment_created", "hello")


def test_an_edit_that_changes_nothing_sends_nothing(portal: Portal, bot: httpx.Client, ticket: str) -> None:
    portal.heard.clear()
    bot.put(f"/rest/api/3/issue/{ticket}", json={"fields": {"customfield_10105": "CC-4711"}})
    assert portal.heard == []
    bot.put(f"/rest/api/3/issue/{ticket}", json={"fields": {"customfield_10105": "CC-1"}})
    assert len(portal.heard) == 1


def test_deliveries_are_written_down_with_their_answer(portal: Portal, bot: httpx.Client, ticket: str) -> None:
    portal.answers.append(503)
    start(bot, ticket)
    newest, oldest = bot.get("/sandbox/deliveries").json()
    assert (oldest["event"], oldest["status"]) == ("issue_created", 202)
    assert (newest["event"], newest["status"], newest["attempts"]) == ("issue_transitioned", 503, 1)


def test_a_native_webhook_is_retried_with_the_same_identifier(
    jira: SandboxJira, portal: Portal, bot: httpx.Client, ticket: str
) -> None:
    shape(bot, "native")
    jira.automation.retry_delays = (0.0,)
    portal.heard.clear()
    portal.answers.append(503)
    start(bot, ticket)
    jira.automation.wait_for_retries()
    (first, body), (second, again) = portal.heard
    assert body == again
    assert first["x-atlassian-webhook-identifier"] == second["x-atlassian-webhook-identifier"]
    assert "x-atlassian-webhook-retry" not in first
    assert second["x-atlassian-webhook-retry"] == "1"
