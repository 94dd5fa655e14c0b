"""manage.py jira_setup against a Jira that lacks everything, one that has it, and one that has it otherwise."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.management import CommandError, call_command

from jira_bridge.models import FieldMapping
from sandbox.jira import fields
from sandbox.jira.lacking import lack
from sandbox.jira.server import SandboxJira
from vending.aws import ssm

pytestmark = pytest.mark.django_db
KEY, SECRET = "the-key-of-the-automation", "the-secret-of-the-webhook"
KINDS = ("field", "context", "option", "request type", "webhook", "rule")
NOTHING = [*(f"field:{field.id}" for field in fields.FORM), "request type", "group"]


def point_to(site: SandboxJira, settings: Any, flavour: str = "cloud") -> None:
    settings.JIRA_BASE_URL, settings.JIRA_FLAVOUR = site.url, flavour
    settings.JIRA_USER, settings.JIRA_API_TOKEN = "vending-bot@example.com", "sandbox-token"
    settings.JIRA_SETUP_USER, settings.JIRA_SETUP_API_TOKEN = "ada@example.com", "sandbox-token-ada"
    settings.JIRA_WEBHOOK_API_KEY, settings.JIRA_WEBHOOK_SECRET = [KEY], [SECRET]


@pytest.fixture
def jira(settings: Any, aws: Any) -> Iterator[SandboxJira]:
    """An empty project of Cloud: none of our fields, no request type, no group, no way in."""
    ssm.forget()
    with SandboxJira(automation="off") as site:
        point_to(site, settings)
        settings.JIRA_SETUP_API_TOKEN = "sandbox-token"
        lack(site.store, *NOTHING)
        yield site


@pytest.fixture
def datacenter(settings: Any, aws: Any) -> Iterator[SandboxJira]:
    ssm.forget()
    with SandboxJira(automation="off", flavour="datacenter") as site:
        point_to(site, settings, "datacenter")
        lack(site.store, *NOTHING)
        yield site


def setup(*options: str) -> str:
    out = StringIO()
    call_command("jira_setup", "--project", "AVM", *options, stdout=out, no_color=True)
    assert KEY not in out.getvalue()
    assert SECRET not in out.getvalue()
    return out.getvalue()


def kept(site: SandboxJira) -> dict[str, list[Any]]:
    return {kind: site.store.all(kind) for kind in KINDS}


def test_without_apply_nothing_is_changed_and_all_of_it_is_said(jira: SandboxJira) -> None:
    before = kept(jira)
    said = setup()
    assert kept(jira) == before
    assert "to be made    field “Account name”" in said
    assert "kind textfield" in said
    assert "options Production, Staging, Development, Sandbox" in said
    assert "rule “Account vending: issue transitioned”" in said
    assert "Nothing was changed. 18 would be made with --apply." in said


def test_apply_makes_everything_that_an_interface_can_make(jira: SandboxJira) -> None:
    said = setup("--apply")
    assert "18 made." in said
    assert {each["name"] for each in jira.store.all("field")} == {field.name for field in fields.FORM}
    options = {each["value"] for each in jira.store.all("option")}
    assert options >= {"Production", "Sandbox", "production", "sandbox", "vpc-standard", "backup-vault"}
    [kind] = jira.store.all("request type")
    assert (kind["name"], kind["issueTypeId"]) == ("AWS Account", "10012")
    [hook] = jira.store.all("webhook")
    assert (hook["url"], hook["isSigned"]) == ("http://127.0.0.1:8000/jira/webhook", True)
    assert "AVM" in hook["filters"]["issue-related-events-section"]


def test_a_second_time_there_is_nothing_to_make(jira: SandboxJira) -> None:
    setup("--apply")
    before = kept(jira)
    assert "There was nothing to make." in setup("--apply")
    assert kept(jira) == before


def test_the_rules_are_switched_off_and_carry_key_and_template(jira: SandboxJira) -> None:
    setup("--apply")
    rules = jira.store.all("rule")
    assert [rule["state"] for rule in rules] == ["DISABLED"] * 3
    [action] = rules[0]["components"]
    assert {"name": "X-API-Key", "value": KEY, "headerSecure": True} in action["value"]["headers"]
    assert "customfield_10201" in action["value"]["customBody"]  # made a moment before
    assert rules[0]["ruleScopeARIs"][0].endswith(":project/10000")
    assert rules[0]["actor"]["actor"].startswith("712020:60a3d274")


def test_a_rule_that_jira_switches_on_by_itself_is_switched_off(jira: SandboxJira) -> None:
    lack(jira.store, *NOTHING, "state")
    setup("--apply")
    assert {rule["state"] for rule in jira.store.all("rule")} == {"DISABLED"}


def test_a_field_without_any_context_gets_one_for_the_project(jira: SandboxJira) -> None:
    lack(jira.store, *NOTHING, "contexts")
    setup("--apply")
    assert [each["global"] for each in jira.store.all("context")] == [False] * 3
    assert jira.store.all("option")


def test_a_project_that_has_everything_lacks_only_the_ways_in(jira: SandboxJira) -> None:
    lack(jira.store)
    said = setup()
    assert "there         field “Account name”: customfield_10101" in said
    assert "there         request type “AWS Account”" in said
    assert "4 would be made" in said
    assert "add the group" not in said


def test_a_field_of_another_kind_is_shown_and_left_alone(jira: SandboxJira) -> None:
    made = {"name": "Owner", "type": f"{fields.PREFIX}float", "searcherKey": f"{fields.PREFIX}exactnumber"}
    jira.store.add("field", made)
    said = setup("--apply")
    assert "differs       field “Owner”: customfield_10201 is of kind Number" in said
    assert [each["name"] for each in jira.store.all("field")].count("Owner") == 1
    assert "differ and were left as they are" in said


def test_of_two_fields_with_one_name_none_is_chosen_and_none_is_made(jira: SandboxJira) -> None:
    for _ in range(2):
        jira.store.add("field", {"name": "Purpose", "type": f"{fields.PREFIX}textarea", "searcherKey": ""})
    assert "Jira has 2 fields of this name" in setup("--apply")
    assert [each["name"] for each in jira.store.all("field")].count("Purpose") == 2


def test_a_field_is_found_by_the_mapping_whatever_its_name(jira: SandboxJira) -> None:
    jira.store.add("field", {"name": "Kostenstelle", "type": f"{fields.PREFIX}textfield", "searcherKey": ""})
    FieldMapping.objects.create(field="cost_center", jira_id="customfield_10201")
    said = setup("--apply")
    assert "customfield_10201 “Kostenstelle”" in said
    assert "Cost center" not in {each["name"] for each in jira.store.all("field")}


def test_options_that_differ_are_shown_and_left_alone(jira: SandboxJira) -> None:
    setup("--apply")
    client = boto3.client("ssm", region_name="eu-central-1")
    client.put_parameter(
        Name=ssm.OPTIONAL_STACK_SETS, Value='["backup-vault", "new"]', Type="String", Overwrite=True
    )  # fmt: skip
    ssm.forget()
    before = kept(jira)
    said = setup("--apply")
    assert "differs       options of “Optional stack sets”" in said
    assert "+ new" in said
    assert "- vpc-standard (the portal would refuse it)" in said
    assert kept(jira) == before


def test_options_are_left_out_while_aws_does_not_tell_them(jira: SandboxJira, aws: Any) -> None:
    aws.control.add_fault(kind="error", operation="GetParameter", code="AccessDeniedException", times=-1)
    setup("--apply")
    assert {each["value"] for each in jira.store.all("option")} == {"production", "staging", "development", "sandbox"}
    aws.control.clear_faults()
    ssm.forget()
    assert "2 made." in setup("--apply")


def test_a_webhook_that_differs_is_shown_and_its_secret_is_not_touched(jira: SandboxJira) -> None:
    hook = {"name": "Ours", "url": "http://127.0.0.1:8000/jira/webhook", "events": [], "enabled": False}
    jira.store.add("webhook", {**hook, "isSigned": False})
    said = setup("--apply")
    assert "+ jira:issue_created" in said
    assert [each["events"] for each in jira.store.all("webhook")] == [[]]


def test_a_rule_of_our_name_that_sends_elsewhere_is_left_alone(jira: SandboxJira) -> None:
    jira.store.add(
        "rule", {"uuid": "u", "name": "Account vending: issue created", "state": "ENABLED", "components": []}
    )
    said = setup("--apply")
    assert "differs       rule “Account vending: issue created”" in said
    assert len(jira.store.all("rule")) == 3


def test_without_an_issue_type_the_request_type_waits(jira: SandboxJira) -> None:
    lack(jira.store, *NOTHING, "issue type")
    said = setup("--apply")
    assert "not possible  issue type “AWS Account”" in said
    assert jira.store.all("request type") == []


def test_who_is_no_administrator_is_told_which_permission_is_missing(jira: SandboxJira, settings: Any) -> None:
    settings.JIRA_SETUP_USER = settings.JIRA_SETUP_API_TOKEN = ""
    said = setup()
    assert "permission Administer Jira" in said
    assert "JIRA_SETUP_USER" in said
    assert "not possible  field “Owner”" in said
    assert "not possible  webhook" in said


def test_what_jira_refuses_is_said_and_ends_nothing_else(jira: SandboxJira, settings: Any) -> None:
    settings.JIRA_SETUP_USER = settings.JIRA_SETUP_API_TOKEN = ""
    with pytest.raises(CommandError, match="1 were refused; what was made stays"):
        setup("--apply")  # the bot is no administrator, so it may not make the request type
    assert jira.store.all("request type") == []


def test_a_refusal_in_the_middle_leaves_the_rest_to_be_made(jira: SandboxJira) -> None:
    jira.faults.order({"kind": "status", "method": "POST", "path_contains": "/requesttype", "status": 403})
    with pytest.raises(CommandError, match="1 were refused"):
        setup("--apply")
    assert len(jira.store.all("rule")) == 3
    assert "1 made." in setup("--apply")


def test_a_wrong_project_is_said(jira: SandboxJira) -> None:
    with pytest.raises(CommandError, match="no service project NONE"):
        call_command("jira_setup", "--project", "NONE", stdout=StringIO())


def test_a_wrong_token_is_said(jira: SandboxJira, settings: Any) -> None:
    settings.JIRA_SETUP_API_TOKEN = "wrong-wrong"
    with pytest.raises(CommandError) as refused:
        call_command("jira_setup", "--project", "AVM", stdout=StringIO())
    assert "wrong-wrong" not in str(refused.value)


def test_secrets_that_are_not_set_leave_their_way_in_out(jira: SandboxJira, settings: Any) -> None:
    settings.JIRA_WEBHOOK_API_KEY = settings.JIRA_WEBHOOK_SECRET = []
    said = setup("--apply")
    assert "JIRA_WEBHOOK_SECRET is not set" in said
    assert jira.store.all("webhook") == jira.store.all("rule") == []


def test_the_rest_is_a_checklist_with_the_group_first(jira: SandboxJira) -> None:
    said = setup()
    assert "[ ] AVM, project settings, Request types, Portal groups: add the group “Account Vending Machine”." in said
    assert "Monthly budget (USD) (optional)" in said


def test_the_rule_file_can_be_imported_and_holds_no_key(jira: SandboxJira, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    setup("--apply", "--rule-file", str(file))
    text = file.read_text()
    assert KEY not in text
    content = json.loads(text)
    assert content["cloud"] is True
    assert [rule["trigger"]["type"].rpartition(":")[2] for rule in content["rules"]] == [
        "created",
        "updated",
        "transitioned",
    ]
    [action] = content["rules"][2]["components"]
    assert action["value"]["url"] == "http://127.0.0.1:8000/jira/webhook"
    assert "customfield_10201" in action["value"]["customBody"]


def test_data_center_gets_fields_and_webhook_and_a_file_for_the_rest(
    datacenter: SandboxJira, settings: Any, tmp_path: Path
) -> None:
    file = tmp_path / "rules.json"
    said = setup("--apply", "--rule-file", str(file))
    assert len(datacenter.store.all("field")) == len(fields.FORM)
    assert len(datacenter.store.all("webhook")) == 1
    assert datacenter.store.all("rule") == datacenter.store.all("option") == []
    assert "Data Center has no interface for them: import the file" in said
    assert json.loads(file.read_text())["cloud"] is False
    assert "has to offer: Production, Staging, Development, Sandbox" in setup()
