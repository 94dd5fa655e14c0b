"""The fields of the "AWS Account" request: the one place for ids, kinds, options and help texts.

Stored values are plain: text and numbers as they are, options by their value, people by account id,
lists as lists. A textarea holds wiki text (a string) or an Atlassian document (a dict).
"""

from dataclasses import dataclass
from typing import Any

from sandbox.jira import people

PREFIX = "com.atlassian.jira.plugin.system.customfieldtypes:"


@dataclass(frozen=True)
class Field:
    id: str
    name: str
    kind: str
    required: bool = False
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()  # (id, value)
    placeholder: str = ""

    @property
    def number(self) -> int:
        return int(self.id.removeprefix("customfield_"))

    @property
    def custom(self) -> str:
        """The type key Jira reports in `schema.custom`."""
        return KINDS[self.kind][2]

    @property
    def schema(self) -> dict[str, Any]:
        kind, items, custom = KINDS[self.kind]
        schema: dict[str, Any] = {"type": kind, "custom": custom, "customId": self.number}
        return {**schema, "items": items} if items else schema


KINDS: dict[str, tuple[str, str | None, str]] = {
    "textfield": ("string", None, PREFIX + "textfield"),
    "textarea": ("string", None, PREFIX + "textarea"),
    "select": ("option", None, PREFIX + "select"),
    "multicheckboxes": ("array", "option", PREFIX + "multicheckboxes"),
    "userpicker": ("user", None, PREFIX + "userpicker"),
    "multiuserpicker": ("array", "user", PREFIX + "multiuserpicker"),
    "float": ("number", None, PREFIX + "float"),
    "vp-origin": ("sd-customerrequesttype", None, "com.atlassian.servicedesk:vp-origin"),
    "sd-approvals": ("sd-approvals", None, "com.atlassian.servicedesk.approvals-plugin:sd-approvals"),
}

CONTACT = "Name; title; e-mail; phone"

REQUEST_TYPE = Field("customfield_10010", "Request Type", "vp-origin")
APPROVALS = Field("customfield_10020", "Approvals", "sd-approvals")
ACCOUNT_NAME = Field(
    "customfield_10101", "Account name", "textfield", True,
    "Up to 50 plain letters, digits and dashes. People will see this name everywhere.",
    placeholder="payments-dev",
)  # fmt: skip
ACCOUNT_EMAIL = Field(
    "customfield_10102", "Account e-mail", "textfield", True,
    "A mailbox your team reads. It must be new to AWS and can never be used for another account.",
    placeholder="aws+payments-dev@example.com",
)  # fmt: skip
ORGANIZATIONAL_UNIT = Field(
    "customfield_10103", "Organizational unit", "select", True, "Decides which guard rails apply.",
    (("10301", "Production"), ("10302", "Staging"), ("10303", "Development"), ("10304", "Sandbox")),
)  # fmt: skip
ENVIRONMENT = Field(
    "customfield_10104", "Environment", "select", True, "Becomes the tag “environment”.",
    (("10401", "production"), ("10402", "staging"), ("10403", "development"), ("10404", "sandbox")),
)  # fmt: skip
COST_CENTER = Field("customfield_10105", "Cost center", "textfield", True, "Who pays the bill.", placeholder="CC-4711")
OWNER = Field("customfield_10106", "Owner", "userpicker", True, "The person who answers for the account.")
APPROVERS = Field("customfield_10107", "Approvers", "multiuserpicker", False, "One of them must approve the request.")
PURPOSE = Field("customfield_10108", "Purpose", "textarea", True, "What will run here, and for whom?")
SECURITY_CONTACT = Field("customfield_10109", "Security contact", "textfield", False, CONTACT)
OPERATIONS_CONTACT = Field("customfield_10110", "Operations contact", "textfield", False, CONTACT)
BILLING_CONTACT = Field("customfield_10111", "Billing contact", "textfield", False, CONTACT)
OPTIONAL_STACK_SETS = Field(
    "customfield_10112", "Optional stack sets", "multicheckboxes", False, "Extras set up in the new account.",
    (("10501", "vpc-standard"), ("10502", "backup-vault")),
)  # fmt: skip
MONTHLY_BUDGET = Field(
    "customfield_10113", "Monthly budget (USD)", "float", False,
    "An alarm goes off when the bill comes near.",
    placeholder="500",
)  # fmt: skip

FORM = (
    ACCOUNT_NAME, ACCOUNT_EMAIL, ORGANIZATIONAL_UNIT, ENVIRONMENT, COST_CENTER, OWNER, APPROVERS, PURPOSE,
    SECURITY_CONTACT, OPERATIONS_CONTACT, BILLING_CONTACT, OPTIONAL_STACK_SETS, MONTHLY_BUDGET,
)  # fmt: skip
CUSTOM = (REQUEST_TYPE, APPROVALS, *FORM)
BY_ID = {field.id: field for field in CUSTOM}
EDITABLE = {field.id: field for field in FORM}

# id -> (name, schema type, items)
SYSTEM: dict[str, tuple[str, str, str | None]] = {
    "summary": ("Summary", "string", None),
    "description": ("Description", "string", None),
    "labels": ("Labels", "array", "string"),
    "status": ("Status", "status", None),
    "issuetype": ("Issue Type", "issuetype", None),
    "project": ("Project", "project", None),
    "priority": ("Priority", "priority", None),
    "reporter": ("Reporter", "user", None),
    "creator": ("Creator", "user", None),
    "assignee": ("Assignee", "user", None),
    "created": ("Created", "datetime", None),
    "updated": ("Updated", "datetime", None),
    "resolution": ("Resolution", "resolution", None),
    "resolutiondate": ("Resolved", "datetime", None),
    "comment": ("Comment", "comments-page", None),
}


class FieldError(ValueError):
    """A value does not fit its field. The text is Jira's."""


def from_json(field: Field, value: Any, version: str) -> Any:
    """The stored form of what a REST client sent for this field. Raises FieldError."""
    if value is None:
        return [] if field.kind.startswith("multi") else None
    match field.kind:
        case "textfield":
            return _text(value, 255)
        case "textarea":
            return rich_text(value, version)
        case "float":
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise FieldError("Specify a number.")
            return value
        case "select":
            return _option(field, value)
        case "multicheckboxes":
            return [_option(field, entry) for entry in _list(value)]
        case "userpicker":
            return _person(value)
        case "multiuserpicker":
            return [_person(entry) for entry in _list(value)]
    raise FieldError(f"Field '{field.id}' cannot be set. It is not on the appropriate screen, or unknown.")


def from_form(field: Field, values: list[str]) -> Any:
    """The stored form of what a browser form sent. Raises FieldError."""
    given = [value.strip() for value in values if value.strip()]
    if field.kind == "multicheckboxes":
        return [_option(field, {"value": value}) for value in given]
    if field.kind == "multiuserpicker":
        return [_person({"accountId": handle}) for value in given for handle in value.split(",")]
    if not given:
        return None
    if field.kind == "select":
        return _option(field, {"value": given[0]})
    if field.kind == "userpicker":
        return _person({"accountId": given[0]})
    if field.kind == "float":
        try:
            return float(given[0])
        except ValueError:
            raise FieldError("Specify a number.") from None
    return _text(values[0], 255) if field.kind == "textfield" else values[0]


def rich_text(value: Any, version: str) -> Any:
    """Version 3 takes an Atlassian document, version 2 a wiki string. Raises FieldError."""
    if version == "3" and not (isinstance(value, dict) and value.get("type") == "doc"):
        raise FieldError("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
    if version != "3" and not isinstance(value, str):
        raise FieldError("Operation value must be a string")
    return value


def _text(value: Any, limit: int) -> str:
    if not isinstance(value, str):
        raise FieldError("Operation value must be a string")
    if len(value) > limit:
        raise FieldError(f"The entered text is too long. It exceeds the allowed limit of {limit} characters.")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise FieldError("data was not an array")
    return value


def _option(field: Field, value: Any) -> str:
    if not isinstance(value, dict):
        raise FieldError("Specify a valid 'id' or 'name' for " + field.name)
    for option_id, option in field.options:
        if value.get("id") == option_id or value.get("value") == option:
            return option
    raise FieldError(f"Option value '{value.get('value', value.get('id'))}' is not valid")


def _person(value: Any) -> str:
    handle = next((value[key] for key in ("accountId", "name", "id") if value.get(key)), "") if value else ""
    person = people.find(str(handle))
    if not person:
        raise FieldError(f"Account '{handle}' does not exist or you do not have permission to see it.")
    return person.account_id
