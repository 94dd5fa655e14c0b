"""The doctor's look at Jira: a site that is set up, and each thing that it may lack."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.services import Actor
from jira_bridge.choices import Source
from jira_bridge.models import AcceptedType, FieldMapping, Refusal, StatusMapping, WebhookDelivery
from jira_bridge.services import import_mapping
from portal.doctor import jira as side
from sandbox.jira import people
from sandbox.jira.lacking import lack
from sandbox.jira.server import SandboxJira
from taskqueue import clock
from tests.portal.doctor import states, told
from vending.aws import ssm

pytestmark = pytest.mark.django_db
MAPPING = Path(__file__).parents[2] / "sandbox" / "demo" / "fields.yaml"
ADMINISTRATOR = "ada@example.com"
TOKEN = "sandbox-token"


def point_to(site: SandboxJira, settings: Any, flavour: str = "cloud") -> None:
    settings.JIRA_BASE_URL, settings.JIRA_FLAVOUR = site.url, flavour
    settings.JIRA_USER, settings.JIRA_API_TOKEN = ADMINISTRATOR, TOKEN
    settings.JIRA_API_TOKEN_EXPIRES = (clock.now() + timedelta(days=200)).date().isoformat()
    settings.JIRA_WEBHOOK_API_KEY = ["a-key-for-the-doctor"]
    settings.JIRA_SWEEP_JQL = "project = AVM"
    settings.JIRA_WEBHOOK_SECRET = ["a-secret-for-the-doctor"]
    import_mapping(text=MAPPING.read_text(), actor=Actor.system("test"))


@pytest.fixture
def jira(settings: Any, aws: Any) -> Any:
    """A Cloud site with tickets in every status that the portal moves from, a webhook and rules to the portal."""
    ssm.forget()
    with SandboxJira(portal_url="http://127.0.0.1:9", automation="off") as site:
        point_to(site, settings)
        for way in ((), ("Waiting for customer",), ("In Progress",), ("In Progress", "On hold")):
            issue = site.desk.create(people.GUS, {"customfield_10101": "payments"})
            for status in way:
                issue = site.desk.transition(people.GUS, issue, status)
        give_webhook(site)
        give_rules(site)
        yield site


def give_webhook(site: SandboxJira, **values: Any) -> None:
    events = ["jira:issue_created", "jira:issue_updated"]
    hook = {"name": "Portal", "url": "http://127.0.0.1:8000/jira/webhook", "events": events, "enabled": True}
    site.store.add("webhook", {**hook, "isSigned": True, **values})


def give_rules(site: SandboxJira, state: str = "ENABLED", *kinds: str) -> None:
    action = {"type": "jira.issue.outgoing.webhook", "value": {"url": "http://127.0.0.1:8000/jira/webhook"}}
    for kind in kinds or ("created", "updated", "transitioned"):
        trigger = {"type": f"jira.issue.event.trigger:{kind}"}
        rule = {"uuid": f"uuid-{kind}", "name": f"Tell of {kind}", "state": state, "trigger": trigger}
        site.store.add("rule", {**rule, "components": [action]})


def empty(site: SandboxJira, kind: str) -> None:
    for each in site.store.all(kind):
        site.store.delete(kind, each["id"])


def test_a_jira_that_is_set_up_has_nothing_failed(jira: SandboxJira) -> None:
    found = states(side.look())
    assert {what: state for what, state in found.items() if state != "ok"} == {"deliveries": "warning"}
    assert len(found) > 15


def test_without_an_address_it_says_what_to_set(settings: Any) -> None:
    settings.JIRA_BASE_URL = ""
    found = told(side.look())["Jira"]
    assert (found.state, "JIRA_API_TOKEN" in found.advice) == ("failed", True)


def test_a_wrong_token_is_said_without_the_token_and_ends_the_look(jira: SandboxJira, settings: Any) -> None:
    settings.JIRA_API_TOKEN = "a-wrong-token"
    found = told(side.look())
    assert found["Jira"].state == "failed"
    assert set(found) == {"Jira", "the rest"}
    assert "a-wrong-token" not in str(found)


def test_the_wrong_flavour_is_said(jira: SandboxJira, settings: Any) -> None:
    with SandboxJira(automation="off", flavour="datacenter") as other:
        settings.JIRA_BASE_URL = other.url
        settings.JIRA_USER = ""
        assert "datacenter" in told(side.look())["flavour"].advice


@pytest.mark.parametrize(("days", "state"), [(200, "ok"), (10, "warning"), (-1, "failed")])
def test_the_end_of_the_token_is_said_as_far_as_the_setting_knows(
    jira: SandboxJira, settings: Any, days: int, state: str
) -> None:
    settings.JIRA_API_TOKEN_EXPIRES = (clock.now() + timedelta(days=days)).date().isoformat()
    assert told(side.look())["token"].state == state


@pytest.mark.parametrize(("value", "state"), [("", "warning"), ("soon", "failed")])
def test_an_unknown_end_of_the_token_is_said_plainly(jira: SandboxJira, settings: Any, value: str, state: str) -> None:
    settings.JIRA_API_TOKEN_EXPIRES = value
    assert told(side.look())["token"].state == state


@pytest.mark.parametrize(("days", "state"), [("200", "ok"), ("5", "warning")])
def test_data_center_tells_by_itself_when_the_token_ends(settings: Any, days: str, state: str) -> None:
    with SandboxJira(automation="off", flavour="datacenter") as site:
        point_to(site, settings, "datacenter")
        settings.JIRA_API_TOKEN_EXPIRES = ""
        site.store.set_setting("token_days", days)
        found = told(side.look())
        assert found["token"].state == state
        assert found["automation rule"].state == "warning"
        assert "failed" not in {each.state for each in found.values() if each.what != "native webhook"}


def test_a_missing_permission_is_named(jira: SandboxJira) -> None:
    lack(jira.store, "permission:ADD_COMMENTS", "permission:LINK_ISSUES")
    found = told(side.look())["permissions"]
    assert found.state == "failed"
    assert "ADD_COMMENTS, LINK_ISSUES" in found.seen


def test_a_request_type_in_no_group_is_not_visible(jira: SandboxJira) -> None:
    lack(jira.store, "group")
    found = told(side.look())["request type"]
    assert found.state == "failed"
    assert "Account Vending Machine" in found.advice


def test_a_missing_request_type_is_a_warning(jira: SandboxJira) -> None:
    lack(jira.store, "request type")
    found = told(side.look())
    assert found["request type"].state == found["permissions"].state == found["statuses"].state == "warning"


def test_a_mapped_field_that_jira_does_not_have_is_named(jira: SandboxJira) -> None:
    FieldMapping.objects.filter(field="owner").update(jira_id="customfield_99999")
    found = told(side.look())["fields"]
    assert found.state == "failed"
    assert "owner (customfield_99999)" in found.seen


def test_a_field_of_the_wrong_kind_is_named(jira: SandboxJira) -> None:
    FieldMapping.objects.filter(field="email").update(jira_id="customfield_10107")
    found = told(side.look())["kinds of fields"]
    assert found.state == "failed"
    assert "email" in found.seen


@pytest.mark.parametrize(("field", "state"), [("customfield_10101", "failed"), ("customfield_10113", "warning")])
def test_a_field_that_is_not_on_the_form_is_named(jira: SandboxJira, field: str, state: str) -> None:
    lack(jira.store, f"form:{field}")
    assert told(side.look())["form"].state == state


def test_options_that_aws_does_not_know_fail_and_missing_ones_are_said(jira: SandboxJira, aws: Any) -> None:
    import boto3

    units = '{"Production": "ou-x", "Staging": "ou-y", "Development": "ou-z", "Brand new": "ou-n", "Sandbox": "ou-s"}'
    place = boto3.client("ssm", region_name="eu-central-1")
    place.put_parameter(Name=ssm.ORGANIZATIONAL_UNITS, Value=units, Type="String", Overwrite=True)
    place.put_parameter(Name=ssm.OPTIONAL_STACK_SETS, Value='["backup-vault"]', Type="String", Overwrite=True)
    ssm.forget()
    found = told(side.look())
    assert found["options of organizational_unit"].state == "warning"
    assert "Brand new" in found["options of organizational_unit"].seen
    assert found["options of optional_stack_sets"].state == "failed"
    assert "vpc-standard" in found["options of optional_stack_sets"].seen


def test_a_mapping_that_lacks_a_required_field_is_said(jira: SandboxJira) -> None:
    FieldMapping.objects.filter(field="account_name").delete()
    AcceptedType.objects.all().delete()
    found = told(side.look())
    assert "account_name" in found["field mapping"].seen
    assert found["accepted types"].state == "warning"


def test_an_empty_mapping_is_said(jira: SandboxJira) -> None:
    FieldMapping.objects.all().delete()
    assert told(side.look())["field mapping"].seen == "empty"


def test_a_mapped_status_that_the_project_does_not_have_is_named(jira: SandboxJira) -> None:
    lack(jira.store, "status:In Validation")
    found = told(side.look())["statuses"]
    assert found.state == "failed"
    assert "In Validation" in found.seen


def test_a_meaning_without_a_status_is_named(jira: SandboxJira) -> None:
    StatusMapping.objects.filter(meaning="validation").delete()
    found = [each for each in side.look() if each.what == "statuses"]
    assert found[0].state == "failed"
    assert "In validation" in found[0].seen


def test_a_transition_that_is_closed_to_the_portal_is_named(jira: SandboxJira) -> None:
    lack(jira.store, "transition:41")
    found = told(side.look())
    assert found["from “In Progress”"].state == "failed"
    assert "In Validation" in found["from “In Progress”"].seen
    assert found["from “Waiting for approval”"].state == "ok"


def test_without_a_ticket_a_transition_cannot_be_tried(jira: SandboxJira) -> None:
    empty(jira, "issue")
    assert told(side.look())["from “In Progress”"].state == "warning"


@pytest.mark.parametrize(
    ("values", "said"),
    [({"enabled": False}, "switched off"), ({"events": []}, "jira:issue_created"), ({"isSigned": False}, "no secret")],
)
def test_a_webhook_that_is_not_as_it_should_be_fails(jira: SandboxJira, values: dict[str, Any], said: str) -> None:
    empty(jira, "webhook")
    give_webhook(jira, **values)
    found = told(side.look())["native webhook"]
    assert found.state == "failed"
    assert said in found.seen


def test_ways_in_that_are_missing_are_warnings_with_the_address(jira: SandboxJira) -> None:
    empty(jira, "webhook")
    empty(jira, "rule")
    found = told(side.look())
    assert found["native webhook"].state == found["automation rule"].state == "warning"
    assert "http://127.0.0.1:8000/jira/webhook" in found["automation rule"].seen


def test_rules_that_are_off_fail_and_a_missing_trigger_is_said(jira: SandboxJira) -> None:
    empty(jira, "rule")
    give_rules(jira, "DISABLED")
    assert told(side.look())["automation rule"].state == "failed"
    empty(jira, "rule")
    give_rules(jira, "ENABLED", "created")
    assert "transitioned" in told(side.look())["automation rule"].seen


def test_who_is_no_administrator_is_told_where_to_look(jira: SandboxJira, settings: Any) -> None:
    settings.JIRA_USER = "vending-bot@example.com"
    found = told(side.look())
    assert "failed" not in {each.state for each in found.values()}
    assert "System, WebHooks" in found["native webhook"].advice
    assert "X-API-Key" in found["automation rule"].advice


@pytest.mark.parametrize(("jql", "state"), [("", "warning"), ("project = = x", "failed"), ("project = AVM", "ok")])
def test_the_sweeps_jql_is_tried(jira: SandboxJira, settings: Any, jql: str, state: str) -> None:
    settings.JIRA_SWEEP_JQL = jql
    assert told(side.look())["sweep"].state == state


def test_a_group_of_approvers_that_is_not_there_is_said(jira: SandboxJira, settings: Any) -> None:
    settings.JIRA_APPROVER_GROUPS = ["nobody-here"]
    assert told(side.look())["approvers of “nobody-here”"].state == "failed"


def test_a_group_that_nobody_is_in_is_a_warning(jira: SandboxJira, settings: Any) -> None:
    settings.JIRA_APPROVER_GROUPS = ["nobody"]
    assert told(side.look())["approvers of “nobody”"].state == "warning"


def test_a_group_of_approvers_that_can_be_read_is_well(jira: SandboxJira, settings: Any) -> None:
    settings.JIRA_APPROVER_GROUPS = ["account-approvers"]
    assert told(side.look())["approvers of “account-approvers”"].state == "ok"


def test_refused_webhooks_and_arrived_ones_are_said(jira: SandboxJira) -> None:
    Refusal.objects.create(hour=clock.now(), reason="credentials", count=3)
    WebhookDelivery.objects.create(source=Source.NATIVE, body=b"{}", content_key="1", received_at=clock.now())
    found = told(side.look())
    assert "3 webhooks" in found["refused"].seen
    assert found["deliveries"].state == "ok"


def test_without_any_webhook_key_nothing_can_come_in(jira: SandboxJira, settings: Any) -> None:
    settings.JIRA_WEBHOOK_API_KEY = settings.JIRA_WEBHOOK_SECRET = []
    assert told(side.look())["webhook key"].state == "failed"


def test_a_key_change_that_is_not_finished_is_said(jira: SandboxJira, settings: Any) -> None:
    settings.JIRA_WEBHOOK_API_KEY = ["an-old-key-of-ours", "a-new-key-of-ours"]
    found = told(side.look())
    assert found["key change"].state == "warning"
    assert "a-new-key" not in str(found)


def test_a_jira_that_answers_nonsense_breaks_its_check_only(jira: SandboxJira) -> None:
    jira.faults.order(
        {"kind": "status", "path_contains": "/mypermissions", "status": 200, "body": {"permissions": [1]}}
    )
    found = told(side.look())
    assert found["permissions"].state == "failed"
    assert "broke" in found["permissions"].seen
    assert found["fields"].state == "ok"


def test_a_jira_that_hangs_does_not_hold_the_others(jira: SandboxJira) -> None:
    jira.faults.order({"kind": "delay", "path_contains": "/rule/summary", "seconds": 2})
    found = told(side.run([_hurried(check) for check in side.checks()]))
    for thread in threading.enumerate():
        if thread.name.startswith("doctor"):
            thread.join(5)  # so that the sandbox is still there when its answer comes
    assert "no answer" in found["automation rule"].seen
    assert found["fields"].state == "ok"


def _hurried(check: Any) -> Any:
    from portal.doctor.check import Check

    seconds = 0.5 if check.title == "automation rule" else check.seconds
    return Check(check.title, check.look, apart=check.apart, gate=check.gate, seconds=seconds)
