"""The Automation rules that tell the portal: one for each kind of change, first switched off.

Automation has one trigger a rule, and “updated” leaves moves between statuses out. The shapes are those that
Automation exports. The key never stands in a file: a person pastes it where Jira hides it.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from jira_bridge.custom_data import template
from jira_bridge.jira.errors import JiraError, JiraUnauthorized
from jira_bridge.kinds import Kind, kind_of_schema
from jira_bridge.setup.fields import present_ids
from jira_bridge.setup.piece import Piece, blocked, differs, missing, there
from jira_bridge.setup.site import Site
from jira_bridge.setup.ways_in import Rule, address, rules_to_us

Json = dict[str, Any]
TRIGGERS: dict[str, Json] = {
    "created": {"eventKey": "jira:issue_created", "issueEvent": "issue_created"},
    "updated": {"eventKey": "jira:issue_updated", "issueEvent": "issue_updated"},
    "transitioned": {
        "eventKey": "jira:issue_updated", "issueEvent": "issue_generic", "fromStatus": [], "toStatus": [],
    },
}  # fmt: skip
PLACEHOLDER = "PASTE-THE-VALUE-OF-JIRA_WEBHOOK_API_KEY"
OFF = "DISABLED"


def rule_name(trigger: str) -> str:
    return f"Account vending: issue {trigger}"


def pieces(site: Site) -> Iterator[Piece]:
    """Cloud only. A rule that is there is left alone: writing it back would lose its hidden key."""
    if not site.cloud:
        yield blocked("automation rules", "Data Center has no interface for them: import the file of --rule-file")
        return
    if not settings.JIRA_WEBHOOK_API_KEY:
        yield blocked("automation rules", "JIRA_WEBHOOK_API_KEY is not set; or use the native webhook alone")
        return
    try:
        present = rules_to_us(site.client)
        names = {str(each["name"]) for each in site.client.rules()}
    except JiraUnauthorized:
        yield blocked("automation rules", "only an administrator of Jira may make them: import the file of --rule-file")
        return
    except JiraError as problem:
        yield blocked("automation rules", f"{problem} Import the file of --rule-file")
        return
    for trigger in TRIGGERS:
        yield _rule(site, trigger, present, names)


def _rule(site: Site, trigger: str, present: list[Rule], names: set[str]) -> Piece:
    name = f"rule “{rule_name(trigger)}”"
    found = next((each for each in present if _trigger_of(each) == trigger), None)
    if found:
        return there(name, f"“{found.name}”, {'enabled' if found.enabled else 'switched off'}")
    if rule_name(trigger) in names:
        return differs(name, "a rule of this name sends elsewhere, or has another trigger", f"POST {address()}")
    said = [f"when an issue of {site.place.project_key} is {trigger}", f"POST {address()}", "switched off at first"]
    return missing(name, lambda: _make(site, trigger), *said)


def _trigger_of(rule: Rule) -> str:
    return str((rule.content.get("trigger") or {}).get("type", "")).rpartition(":")[2]


def _make(site: Site, trigger: str) -> str:
    """The state given at creation is not reliable: it is read back, and switched off where Jira did not."""
    rule = _content(site, trigger, settings.JIRA_WEBHOOK_API_KEY[0]) | {
        "authorAccountId": site.me["accountId"],
        "actor": {"type": "ACCOUNT_ID", "actor": site.me["accountId"]},
        "ruleScopeARIs": [_project_ari(site)],
        "writeAccessType": "UNRESTRICTED",
    }
    uuid = site.client.create_rule(rule)
    if site.client.rule(uuid).get("state") != OFF:
        site.client.set_rule_state(uuid, OFF)
    return f"{uuid}, switched off"


def rule_file(site: Site) -> str:
    """The rules as a file that Automation's Import takes. Without the key."""
    scope = {"resources": [_project_ari(site)]} if site.cloud else {"resources": [str(site.place.project_id)]}
    rules = [_content(site, trigger, PLACEHOLDER) | {"ruleScope": scope} for trigger in TRIGGERS]
    return json.dumps({"cloud": site.cloud, "rules": rules}, indent=2, ensure_ascii=False) + "\n"


def _content(site: Site, trigger: str, key: str) -> Json:
    filters = {"eventFilters": [_project_ari(site)]} if site.cloud else {}
    return {
        "name": rule_name(trigger),
        "state": OFF,
        "description": "Tells the Account Vending Portal what happened to a request.",
        "canOtherRuleTrigger": True,  # a ticket that another rule moves must be told, too
        "notifyOnError": "FIRSTERROR",
        "labels": [],
        "trigger": _component("TRIGGER", f"jira.issue.event.trigger:{trigger}", TRIGGERS[trigger] | filters),
        "components": [
            _component("ACTION", "jira.issue.outgoing.webhook", _web_request(site, key)) | {"children": []}
        ],
    }  # fmt: skip


def _component(component: str, kind: str, value: Json) -> Json:
    return {"component": component, "schemaVersion": 1, "type": kind, "value": value, "conditions": []}


def _web_request(site: Site, key: str) -> Json:
    hidden = {"headerSecure": True} if site.cloud else {}
    return {
        "url": address(),
        "method": "POST",
        "headers": [
            {"name": "X-API-Key", "value": key, **hidden},
            {"name": "Content-Type", "value": "application/json", **({"headerSecure": False} if site.cloud else {})},
        ],
        "sendIssue": False,
        "contentType": "custom",
        "customBody": _custom_data(site),
        "responseEnabled": False,
        "continueOnErrorEnabled": False,
    }


def _custom_data(site: Site) -> str:
    """For the fields that are there now, and the one that holds the request type."""
    kinds = {str(each["id"]): kind_of_schema(each.get("schema") or {}) for each in site.fields}
    types = [field_id for field_id, kind in kinds.items() if kind == Kind.REQUEST_TYPE]
    wanted = dict.fromkeys([*types, *present_ids(site).values()])
    return template(((field_id, kinds[field_id]) for field_id in wanted), site.client.flavour)


def _project_ari(site: Site) -> str:
    return f"ari:cloud:jira:{site.client.cloud_id()}:project/{site.place.project_id}" if site.cloud else ""
