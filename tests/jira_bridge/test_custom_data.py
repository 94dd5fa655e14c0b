"""The custom data that the portal writes for Automation: what Jira makes of it is understood by the door."""

import httpx
import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from jira_bridge.custom_data import present_template, template, unknown_kinds
from jira_bridge.discovery import discover
from jira_bridge.kinds import Kind
from jira_bridge.models import WebhookDelivery
from jira_bridge.payload import parse
from jira_bridge.processing import process
from jira_bridge.snapshot import read
from jira_bridge.values import plain_value
from sandbox.jira.server import SandboxJira
from sandbox.jira.smart_values import filled
from vending.models import AccountRequest

OTTO = {"accountId": "5b10otto", "displayName": "Otto Owner"}
SERVER_OTTO = {"name": "otto", "displayName": "Otto Owner", "emailAddress": "otto@shop.example"}
VALUES = [
    (Kind.TEXT, 'Say "hi" \\ {{issue.key}}'),
    (Kind.PARAGRAPH, "h1. One\n\n*two*"),
    (Kind.DATE, "2026-10-31"),
    (Kind.SELECT, {"value": "Produktion", "id": "1"}),
    (Kind.RADIO, {"value": "Ja", "id": "1"}),
    (Kind.CASCADING, {"value": "Europe", "child": {"value": "Berlin"}}),
    (Kind.CASCADING, {"value": "Europe"}),
    (Kind.MULTI_SELECT, [{"value": "a, b"}, {"value": 'c"'}]),
    (Kind.CHECKBOXES, [{"value": "a"}]),
    (Kind.USER, OTTO),
    (Kind.USERS, [OTTO, {**OTTO, "emailAddress": "o@shop.example"}]),
    (Kind.GROUP, {"name": "gas", "groupId": "7"}),
    (Kind.GROUPS, [{"name": "gas"}, {"name": "it"}]),
    (Kind.LABELS, ["a", "b"]),
    (Kind.ORGANIZATIONS, [{"id": "3", "name": "Shop"}]),
    (Kind.ASSETS, [{"workspaceId": "w", "id": "w:88", "objectId": "88"}]),
    (Kind.REQUEST_TYPE, {"requestType": {"id": "25", "name": "AWS Account"}}),
    (Kind.UNKNOWN, "as text"),
]
EMPTY = ['""', ""]
"""What asJsonString makes of nothing; Atlassian does not say which."""


def sent(kind, value, empty='""', flavour="cloud"):
    """The field as the door reads it after Automation filled the template."""
    issue = {
        "id": "10061", "key": "AVM-1", "updated": "2026-10-31T12:40:00.904+0000", "customfield_7": value,
        "status": {"name": "Open"}, "issuetype": {"name": "AWS Account"}, "reporter": OTTO,
    }  # fmt: skip
    values = {"issue": issue, "initiator": None, "now": "2026-10-31T12:40:01.0+0000"}
    return read(parse(filled(template([("customfield_7", kind)], flavour), values, empty=empty).encode()))


@pytest.mark.parametrize("empty", EMPTY, ids=["empty text", "no text"])
@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_a_field_of_each_kind_arrives_as_in_jiras_own_shape(kind, value, empty):
    snapshot = sent(kind, value, empty)
    assert plain_value(snapshot.fields["customfield_7"]) == plain_value(value)
    assert (snapshot.key, snapshot.issue_id, snapshot.status) == ("AVM-1", "10061", "Open")
    assert snapshot.updated_at.isoformat() == "2026-10-31T12:40:00.904000+00:00"
    assert snapshot.custom


@pytest.mark.parametrize("empty", EMPTY, ids=["empty text", "no text"])
@pytest.mark.parametrize("kind", Kind)
def test_a_field_that_is_empty_is_still_json_and_still_empty(kind, empty):
    snapshot = sent(kind, None, empty)
    assert plain_value(snapshot.fields["customfield_7"]) in ("", [])
    assert (snapshot.reporter, snapshot.actor) == ("Otto Owner", "")


def test_a_number_arrives_as_a_number():
    assert plain_value(sent(Kind.NUMBER, 1500.5).fields["customfield_7"]) == "1500.5"


def test_the_users_of_a_data_center_have_names():
    assert (
        plain_value(sent(Kind.USER, SERVER_OTTO, flavour="datacenter").fields["customfield_7"]) == "otto@shop.example"
    )


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
def test_no_text_whatever_breaks_out_of_its_value(text):
    snapshot = sent(Kind.TEXT, text)
    assert plain_value(snapshot.fields["customfield_7"]) == text
    assert set(snapshot.fields) == {"updated", "issuetype", "status", "reporter", "customfield_7"}


@pytest.mark.django_db
@pytest.mark.usefixtures("mapping")
def test_a_field_whose_kind_was_never_read_is_named(capsys):
    assert "customfield_10103" in unknown_kinds()
    call_command("fields", "template")
    assert "{{issue.customfield_10103.asJsonString}}" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("flavour", ["cloud", "datacenter"])
def test_what_jira_sends_by_the_template_asks_for_the_same_account(mapping, live_server, settings, drain, flavour):
    settings.JIRA_FLAVOUR, settings.JIRA_USER, settings.JIRA_API_TOKEN = (
        flavour,
        "vending-bot@example.com",
        "sandbox-token",
    )
    form = {
        "as": "rita@example.com", "summary": "An account", "customfield_10101": 'shop "dev"',
        "customfield_10102": "aws+shop-dev@example.com", "customfield_10103": "Development",
        "customfield_10104": "development", "customfield_10105": "CC-4711", "customfield_10106": "otto@example.com",
        "customfield_10107": "anna@example.com,gus@example.com", "customfield_10108": "Two lines\nof *purpose*",
        "customfield_10112": ["vpc-standard", "backup-vault"], "customfield_10113": "500",
    }  # fmt: skip
    with (
        SandboxJira(live_server.url, "test-key-1", "", flavour=flavour, automation="sync") as jira,
        httpx.Client(base_url=jira.url, trust_env=False) as browser,
    ):
        settings.JIRA_BASE_URL = jira.url
        discover()
        hashes = []
        for shape in ({"shape": "automation"}, {"shape": "custom", "custom_template": present_template()}):
            assert browser.post("/sandbox/settings", json=shape).status_code == 200
            made = browser.post("/portal/create", data=form, headers={"Accept": "application/json"})
            process(WebhookDelivery.objects.latest("id").pk)
            hashes.append(AccountRequest.objects.get(ticket=made.json()["key"]).content_hash)
        assert [delivery["status"] for delivery in jira.deliveries] == [202, 202]
    assert [delivery.status for delivery in WebhookDelivery.objects.all()] == ["processed", "processed"]
    assert hashes[0] == hashes[1]
