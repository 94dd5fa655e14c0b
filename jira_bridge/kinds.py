"""Which kind of field a value of Jira is: by the field's schema where it is known, else by the value's shape.

Schemas: `schema` of GET /rest/api/3/field and `jiraSchema` of a request type's fields. Only for people who look at
a delivery or map a field: the value itself is read by jira_bridge.values, whatever its kind.
"""

import re
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from jira_bridge.documents import is_document


class Kind(models.TextChoices):
    TEXT = "text", _("Text")
    PARAGRAPH = "paragraph", _("Paragraph")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    DATETIME = "datetime", _("Date and time")
    SELECT = "select", _("Select")
    RADIO = "radio", _("Radio buttons")
    CASCADING = "cascading", _("Cascading select")
    MULTI_SELECT = "multi_select", _("Multi-select")
    CHECKBOXES = "checkboxes", _("Checkboxes")
    USER = "user", _("User")
    USERS = "users", _("Users")
    GROUP = "group", _("Group")
    GROUPS = "groups", _("Groups")
    LABELS = "labels", _("Labels")
    ORGANIZATIONS = "organizations", _("Organizations")
    ASSETS = "assets", _("Assets objects")
    REQUEST_TYPE = "request_type", _("Request type")
    APPROVALS = "approvals", _("Approvals")
    SLA = "sla", _("SLA")
    STATUS = "status", _("Status")
    NAMED = "named", _("Named object")
    EMPTY = "empty", _("Empty")
    UNKNOWN = "unknown", _("Unknown kind")


CUSTOM = {
    "textfield": Kind.TEXT,
    "url": Kind.TEXT,
    "readonlyfield": Kind.TEXT,
    "textarea": Kind.PARAGRAPH,
    "float": Kind.NUMBER,
    "datepicker": Kind.DATE,
    "datetime": Kind.DATETIME,
    "select": Kind.SELECT,
    "radiobuttons": Kind.RADIO,
    "cascadingselect": Kind.CASCADING,
    "multiselect": Kind.MULTI_SELECT,
    "multicheckboxes": Kind.CHECKBOXES,
    "userpicker": Kind.USER,
    "people": Kind.USERS,
    "multiuserpicker": Kind.USERS,
    "grouppicker": Kind.GROUP,
    "multigrouppicker": Kind.GROUPS,
    "labels": Kind.LABELS,
    "sd-customer-organizations": Kind.ORGANIZATIONS,
    "cmdb-object-cftype": Kind.ASSETS,
    "vp-origin": Kind.REQUEST_TYPE,
    "sd-approvals": Kind.APPROVALS,
    "sd-sla-field": Kind.SLA,
}
"""The last part of `schema.custom`, which Jira's own field types and Service Management's have."""

SYSTEM = {
    "string": Kind.TEXT,
    "number": Kind.NUMBER,
    "date": Kind.DATE,
    "datetime": Kind.DATETIME,
    "option": Kind.SELECT,
    "option-with-child": Kind.CASCADING,
    "user": Kind.USER,
    "group": Kind.GROUP,
    "status": Kind.STATUS,
    "priority": Kind.NAMED,
    "issuetype": Kind.NAMED,
    "project": Kind.NAMED,
    "resolution": Kind.NAMED,
    "sd-customerrequesttype": Kind.REQUEST_TYPE,
    "sd-approvals": Kind.APPROVALS,
    "sd-servicelevelagreement": Kind.SLA,
}
ITEMS = {
    "string": Kind.LABELS,
    "option": Kind.MULTI_SELECT,
    "user": Kind.USERS,
    "group": Kind.GROUPS,
    "cmdb-object-field": Kind.ASSETS,
    "sd-customerorganization": Kind.ORGANIZATIONS,
}
RICH = ("description", "environment")
LISTS = {
    Kind.TEXT: Kind.LABELS,
    Kind.SELECT: Kind.MULTI_SELECT,
    Kind.USER: Kind.USERS,
    Kind.GROUP: Kind.GROUPS,
    Kind.ASSETS: Kind.ASSETS,
    Kind.APPROVALS: Kind.APPROVALS,
    Kind.ORGANIZATIONS: Kind.ORGANIZATIONS,
    Kind.NAMED: Kind.NAMED,
    Kind.CASCADING: Kind.CASCADING,
}
"""What a list of such values is."""

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")


def kind_of_schema(schema: Any) -> Kind:
    """The kind by the schema that Jira gives with a field; UNKNOWN for what is not known here."""
    if not isinstance(schema, dict):
        return Kind.UNKNOWN
    custom = str(schema.get("custom") or "").rpartition(":")[2]
    if custom in CUSTOM:
        return CUSTOM[custom]
    if schema.get("system") in RICH:
        return Kind.PARAGRAPH
    if schema.get("type") == "array":
        return ITEMS.get(str(schema.get("items")), Kind.UNKNOWN)
    return SYSTEM.get(str(schema.get("type")), Kind.UNKNOWN)


def kind_of_value(value: Any) -> Kind:
    """The kind by the value's shape. Never raises; select and radio, or multi-select and checkboxes, look alike."""
    if value is None or value in ("", [], {}):
        return Kind.EMPTY
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, int | float):
        return Kind.UNKNOWN if isinstance(value, bool) else Kind.NUMBER
    if isinstance(value, dict):
        return _of_object(value)
    if isinstance(value, list):
        kinds = {Kind.TEXT if isinstance(item, str) else _of_object(item) for item in value if item is not None}
        return LISTS.get(kinds.pop(), Kind.UNKNOWN) if len(kinds) == 1 else Kind.UNKNOWN
    return Kind.UNKNOWN


def _of_text(text: str) -> Kind:
    if DATE.fullmatch(text):
        return Kind.DATE
    if DATETIME.fullmatch(text):
        return Kind.DATETIME
    return Kind.PARAGRAPH if "\n" in text else Kind.TEXT


def _of_object(value: Any) -> Kind:
    if not isinstance(value, dict):
        return Kind.UNKNOWN
    address = str(value.get("self") or "")
    signs = (
        (is_document(value), Kind.PARAGRAPH),
        (isinstance(value.get("requestType"), dict), Kind.REQUEST_TYPE),
        ("ongoingCycle" in value or "completedCycles" in value, Kind.SLA),
        ("finalDecision" in value, Kind.APPROVALS),
        ("accountId" in value or "displayName" in value or "emailAddress" in value, Kind.USER),
        ("objectId" in value or "objectKey" in value, Kind.ASSETS),
        ("groupId" in value or "/group?" in address, Kind.GROUP),
        ("statusCategory" in value, Kind.STATUS),
        (isinstance(value.get("child"), dict), Kind.CASCADING),
        (isinstance(value.get("value"), list), Kind.TEXT),  # our custom data
        ("value" in value, Kind.SELECT),
        ("name" in value and ("uuid" in value or "/organization/" in str(value.get("_links"))), Kind.ORGANIZATIONS),
        ("name" in value, Kind.NAMED),
    )
    return next((kind for fits, kind in signs if fits), Kind.UNKNOWN)
