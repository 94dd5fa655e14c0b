"""The bodies Jira sends: Automation's two issue shapes, custom data, and the native webhook."""

import json
from datetime import datetime
from typing import Any

from sandbox.jira import smart_values
from sandbox.jira.desk import Event
from sandbox.jira.shapes import Shapes, jira_time
from sandbox.jira.store import Doc

SHAPE_NAMES = {
    "automation": "Automation, issue data (Automation format)",
    "jira": "Automation, issue data (Jira format)",
    "custom": "Automation, custom data",
    "native": "Native webhook, signed",
    "off": "Send nothing",
}

# What an administrator would type into "Custom data". asJsonString brings its own quotes.
CUSTOM_TEMPLATE = """{
  "deliveryId": "{{issue.key}}-{{now.toEpochMilli}}",
  "event": {{event.asJsonString}},
  "sentAt": {{now.toEpochMilli}},
  "initiator": {
    "accountId": {{initiator.accountId.asJsonString}},
    "displayName": {{initiator.displayName.asJsonString}}
  },
  "issue": {
    "id": {{issue.id.asJsonString}},
    "key": {{issue.key.asJsonString}},
    "fields": {
      "summary": {{issue.summary.asJsonString}},
      "updated": {{issue.updated.asJsonString}},
      "issuetype": {"name": {{issue.issuetype.name.asJsonString}}},
      "status": {"name": {{issue.status.name.asJsonString}}},
      "reporter": {
        "accountId": {{issue.reporter.accountId.asJsonString}},
        "displayName": {{issue.reporter.displayName.asJsonString}}
      },
      "customfield_10101": {{issue.customfield_10101.asJsonString}},
      "customfield_10102": {{issue.customfield_10102.asJsonString}},
      "customfield_10103": {{issue.customfield_10103.value.asJsonString}},
      "customfield_10104": {{issue.customfield_10104.value.asJsonString}},
      "customfield_10105": {{issue.customfield_10105.asJsonString}},
      "customfield_10106": {{issue.customfield_10106.accountId.asJsonString}},
      "customfield_10108": {{issue.customfield_10108.asJsonString}}
    }
  }
}"""


def body(shape: str, event: Event, shapes: Shapes, template: str = CUSTOM_TEMPLATE) -> bytes | None:
    """The raw bytes to send for this event, or None when this kind of rule does not react to it."""
    if shape == "native":
        return json.dumps(native(event, shapes)).encode()
    if event.name.startswith("comment_") or shape == "off":
        return None  # the usual rules do not listen to comments: the portal's own would make a loop
    issue = shapes.issue(event.issue)
    if shape == "custom":
        return render(template, event, issue, shapes).encode()
    data = automation_issue(issue, shapes.base_url)
    return json.dumps({"issue": data} if shape == "jira" else data).encode()


def automation_issue(issue: Doc, base_url: str) -> Doc:
    """Automation serialises issues its own way: number ids, epoch milliseconds, nulls where REST omits."""
    values = dict(issue["fields"])
    for name in ("issuetype", "project", "priority", "status"):
        values[name] = {**values[name], "id": int(values[name]["id"])}
    for name in ("issuetype", "priority"):
        values[name] = {**values[name], "namedValue": values[name]["name"]}
        values[name].pop("iconUrl", None)
    values["issuetype"].update(fields=None, statuses=[])
    values["status"].update(untranslatedName=None, untranslatedNameValue=None)
    for name in ("created", "updated"):
        values[name] = int(datetime.fromisoformat(values[name]).timestamp() * 1000)
    number = int(issue["id"])
    return {
        "self": f"{base_url}/rest/api/2/{number}",
        "id": number,
        "key": issue["key"],
        "changelog": {"startAt": 0, "maxResults": 0, "total": 0, "histories": None},
        "fields": {name: _automation_people(value) for name, value in values.items()},
        "renderedFields": None,
    }


def _automation_people(value: Any) -> Any:
    if isinstance(value, list):
        return [_automation_people(entry) for entry in value]
    if isinstance(value, dict) and "displayName" in value and "self" in value:
        shape = {"name": None, "key": None, "emailAddress": None, "groups": None, "locale": None, **value}
        shape.pop("avatarUrls", None)
        return shape
    return value


def native(event: Event, shapes: Shapes) -> Doc:
    """jira:issue_created, jira:issue_updated, comment_created or comment_updated; ids are strings."""
    user = shapes.person(event.person.account_id) or {}
    if event.comment:
        issue = shapes.issue(event.issue, {"summary", "issuetype", "project", "assignee", "priority", "status"})
        payload = {
            "timestamp": event.at,
            "webhookEvent": event.name,
            "comment": shapes.comment(event.comment, event.issue),
            "issue": issue,
        }
        if shapes.flavour == "datacenter":
            payload.pop("issue")
        else:
            issue.pop("expand")
        return payload
    if shapes.flavour == "cloud":
        user = {name: value for name, value in user.items() if name != "emailAddress"}
    issue = shapes.issue(event.issue)
    issue.pop("expand")
    kind = {"issue_created": "issue_created", "issue_updated": "issue_updated"}.get(event.name, "issue_generic")
    payload = {
        "timestamp": event.at,
        "webhookEvent": "jira:issue_created" if event.name == "issue_created" else "jira:issue_updated",
        "issue_event_type_name": kind,
        "user": user,
        "issue": issue,
    }
    if event.change:
        history = shapes.history(event.change)
        payload["changelog"] = {"id": history["id"], "items": history["items"]}
    return payload


def render(template: str, event: Event, issue: Doc, shapes: Shapes) -> str:
    """Fill the smart values of a custom body."""
    values = {
        "issue": {"id": issue["id"], "key": issue["key"], **issue["fields"]},
        "initiator": shapes.person(event.person.account_id),
        "event": event.name,
        "now": jira_time(event.at),
    }
    return smart_values.filled(template.replace("{{now.toEpochMilli}}", str(event.at)), values)
