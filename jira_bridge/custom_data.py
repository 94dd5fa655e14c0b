"""The custom data of Automation's “Send web request” for the mapped fields.

Automation fills smart values into text and does not know JSON. So that nothing a person types can break it:
texts only by asJsonString, which brings its own quotes, and each alone in a list, because an empty value may
come as "" or as nothing at all: [] is JSON too. jira_bridge.values takes them out of their lists again.
Smart values: https://support.atlassian.com/cloud-automation/docs/jira-smart-values-json-functions/
"""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from jira_bridge.kinds import Kind, kind_of_schema
from jira_bridge.models import FieldMapping, JiraField

Template = dict[str, Any]

MOMENT = "yyyy-MM-dd'T'HH:mm:ss.SSSZ"
"""A time to the millisecond, as webhooks have it: what comes late is told from what comes first by it. Without a
format Automation leaves the milliseconds out."""
IDS = {"cloud": ("accountId", "displayName", "emailAddress"), "datacenter": ("name", "displayName", "emailAddress")}
"""What tells who a user is."""
NAMED_BY = {
    Kind.SELECT: "value",
    Kind.RADIO: "value",
    Kind.GROUP: "name",
    Kind.STATUS: "name",
    Kind.NAMED: "name",
}
"""Objects, and the member that people know them by."""
LISTED_BY = {
    Kind.MULTI_SELECT: "value",
    Kind.CHECKBOXES: "value",
    Kind.GROUPS: "name",
    Kind.ORGANIZATIONS: "name",
    Kind.LABELS: "",
}
"""Lists of such objects; labels are texts themselves."""


def present_template() -> str:
    """The custom data for the fields that are mapped now."""
    kinds = {field.jira_id: kind_of_schema(field.schema) for field in JiraField.objects.all()}
    mapped = FieldMapping.objects.values_list("jira_id", flat=True)
    types = [jira_id for jira_id, kind in kinds.items() if kind == Kind.REQUEST_TYPE]
    wanted = dict.fromkeys([*types, *mapped])
    return template(((jira_id, kinds.get(jira_id, Kind.UNKNOWN)) for jira_id in wanted), settings.JIRA_FLAVOUR)


def unknown_kinds() -> list[str]:
    """Mapped fields whose kind was never read from Jira: their smart values are a guess."""
    known = JiraField.objects.values_list("jira_id", flat=True)
    return sorted(set(FieldMapping.objects.exclude(jira_id__in=known).values_list("jira_id", flat=True)))


def template(fields: Iterable[tuple[str, Kind]], flavour: str) -> str:
    """The custom data for these fields of the issue."""
    issue_fields = {
        "updated": [_Smart('"{{issue.updated.format("' + MOMENT + '")}}"')],
        "issuetype": {"name": _texts("issue.issuetype.name")},
        "status": {"name": _texts("issue.status.name")},
        "reporter": _user("issue.reporter.", flavour),
    } | {jira_id: _value(f"issue.{jira_id}", kind, flavour) for jira_id, kind in fields}
    body = {
        "timestamp": ["{{now}}"],
        "initiator": _user("initiator.", flavour),
        "issue": {"id": _texts("issue.id"), "key": _texts("issue.key"), "fields": issue_fields},
    }
    return _written(body)


class _Smart(str):
    """A piece of the template that stands as it is, without quotes."""

    __slots__ = ()


def _value(path: str, kind: Kind, flavour: str) -> Any:
    """The part of the template that one field becomes."""
    if kind in NAMED_BY:
        return {NAMED_BY[kind]: _texts(f"{path}.{NAMED_BY[kind]}")}
    if kind in LISTED_BY:
        return _lists(".".join(filter(None, (path, LISTED_BY[kind]))))
    match kind:
        case Kind.CASCADING:
            return {"value": _texts(f"{path}.value"), "child": {"value": _texts(f"{path}.child.value")}}
        case Kind.USER:
            return _user(f"{path}.", flavour)
        case Kind.USERS:
            return _each(path, _user("", flavour))
        case Kind.ASSETS:
            return _each(path, {name: _texts(name) for name in ("label", "objectKey", "objectId")})
        case Kind.REQUEST_TYPE:
            return {"requestType": {"name": _texts(f"{path}.requestType.name")}}
        case Kind.NUMBER:
            return {"value": [_Smart("{{" + path + "}}")]}
    return {"value": _texts(path)}


def _user(path: str, flavour: str) -> Template:
    return {name: _texts(path + name) for name in IDS[flavour]}


def _texts(path: str) -> list[str]:
    return [_Smart("{{" + path + ".asJsonString}}")]


def _lists(path: str) -> list[str]:
    """asJsonStringArray brings its own brackets; the outer ones are for a list that comes as nothing."""
    return [_Smart("{{" + path + ".asJsonStringArray}}")]


def _each(path: str, item: Template) -> list[str]:
    return [_Smart("{{#" + path + "}}" + _written(item, flat=True) + "{{^last}}, {{/}}{{/}}")]


def _written(value: Any, *, flat: bool = False, indent: str = "") -> str:
    """The template as JSON text in which smart values stand bare; lists and small objects on one line."""
    if isinstance(value, _Smart):
        return value
    if isinstance(value, list):
        return "[" + ", ".join(_written(item, flat=True) for item in value) + "]"
    if not isinstance(value, dict):
        return json.dumps(value)
    if flat or not any(isinstance(inner, dict) for inner in value.values()):
        parts = (f"{json.dumps(name)}: {_written(inner, flat=True)}" for name, inner in value.items())
        return "{" + ", ".join(parts) + "}"
    deeper = indent + "  "
    rows = (f"{deeper}{json.dumps(name)}: {_written(inner, indent=deeper)}" for name, inner in value.items())
    return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
