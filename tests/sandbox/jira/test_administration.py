"""The sandbox Jira as its administrators meet it: fields, request types, webhooks, rules, and what it lacks."""

import httpx
import pytest

from sandbox.jira.lacking import lack
from sandbox.jira.rest.site import CLOUD_ID
from sandbox.jira.server import SandboxJira
from tests.sandbox.jira.conftest import as_person

PREFIX = "com.atlassian.jira.plugin.system.customfieldtypes:"
SELECT = {"name": "Country", "type": f"{PREFIX}select", "searcherKey": f"{PREFIX}multiselectsearcher"}
RULES = f"/gateway/api/automation/public/jira/{CLOUD_ID}/rest/v1/rule"
RULE = {
    "name": "Tell the portal", "state": "DISABLED", "notifyOnError": "FIRSTERROR", "canOtherRuleTrigger": False,
    "authorAccountId": "x", "actor": {"type": "ACCOUNT_ID", "actor": "x"}, "writeAccessType": "UNRESTRICTED",
    "trigger": {}, "ruleScopeARIs": [],
    "components": [{"value": {"headers": [{"name": "X-API-Key", "value": "hush", "headerSecure": True}]}}],
}  # fmt: skip


@pytest.fixture
def ada(jira: SandboxJira) -> httpx.Client:
    with as_person(jira, "ada@example.com") as client:
        yield client


def test_a_field_is_made_with_a_context_and_takes_options(ada):
    made = ada.post("/rest/api/3/field", json=SELECT)
    assert made.status_code == 201
    place = f"/rest/api/3/field/{made.json()['id']}/context"
    [context] = ada.get(place).json()["values"]
    answer = ada.post(f"{place}/{context['id']}/option", json={"options": [{"value": "Peru"}]})
    assert answer.status_code == 200
    assert [each["value"] for each in ada.get(f"{place}/{context['id']}/option").json()["values"]] == ["Peru"]
    again = ada.post(f"{place}/{context['id']}/option", json={"options": [{"value": "Peru"}]})
    assert again.status_code == 400
    assert made.json() in ada.get("/rest/api/3/field").json()


def test_a_field_with_a_searcher_of_another_kind_is_refused(ada):
    wrong = {**SELECT, "searcherKey": f"{PREFIX}textsearcher"}
    assert "searcherKey" in ada.post("/rest/api/3/field", json=wrong).json()["errors"]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/rest/api/3/field", SELECT),
        ("/rest/webhooks/1.0/webhook", {"name": "x", "url": "https://example.com"}),
        ("/rest/servicedeskapi/servicedesk/1/requesttype", {"name": "x", "issueTypeId": "10012"}),
        (RULES, {"rule": RULE}),
    ],
)
def test_only_administrators_set_up(bot, path, content):
    assert bot.post(path, json=content).status_code == 403


def test_a_new_request_type_stands_in_no_group(ada):
    given = {"name": "AWS Account 2", "description": "", "helpText": "", "issueTypeId": "10012"}
    made = ada.post("/rest/servicedeskapi/servicedesk/1/requesttype", json=given).json()
    assert made["groupIds"] == []
    assert ada.post("/rest/servicedeskapi/servicedesk/1/requesttype", json=given).status_code == 400


def test_a_rule_is_kept_and_never_shows_its_secret(ada):
    uuid = ada.post(RULES, json={"rule": RULE}).json()["ruleUuid"]
    assert "hush" not in ada.get(f"{RULES}/{uuid}").text
    ada.put(f"{RULES}/{uuid}/state", json={"value": "ENABLED"})
    assert [each["state"] for each in ada.get(f"{RULES}/summary").json()["data"]] == ["ENABLED"]


def test_a_rule_that_lacks_a_member_is_not_parsed(ada):
    answer = ada.post(RULES, json={"rule": {"name": "half"}})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["title"] == "The request could not be parsed."


def test_what_it_is_made_to_lack_is_gone(jira, bot):
    lack(jira.store, "field:customfield_10101", "permission:ADD_COMMENTS", "status:Done", "group")
    assert "customfield_10101" not in {each["id"] for each in bot.get("/rest/api/3/field").json()}
    asked = bot.get("/rest/api/3/mypermissions?permissions=ADD_COMMENTS,EDIT_ISSUES").json()["permissions"]
    assert {name: each["havePermission"] for name, each in asked.items()} == {
        "ADD_COMMENTS": False,
        "EDIT_ISSUES": True,
    }
    [kind] = bot.get("/rest/api/3/project/AVM/statuses").json()
    assert "Done" not in {each["name"] for each in kind["statuses"]}
    [own] = bot.get("/rest/servicedeskapi/servicedesk/1/requesttype").json()["values"]
    assert own["groupIds"] == []
