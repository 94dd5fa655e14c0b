"""What clients send in `fields` and `update`, checked and turned into stored forms."""

from typing import Any

from sandbox.jira import adf_rules, fields
from sandbox.jira.desk import JiraError
from sandbox.jira.store import Doc

IGNORED = {"project", "issuetype", "reporter", "priority"}
UNKNOWN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."


def stored(given: Doc, version: str) -> Doc:
    """Stored forms by field name. Raises a 400 that names every bad field, as Jira does."""
    result: Doc = {}
    errors: dict[str, str] = {}
    for name, value in given.items():
        if name in IGNORED:
            continue
        try:
            result[name] = _one(name, value, version)
        except fields.FieldError as problem:
            errors[name] = str(problem)
    if errors:
        raise JiraError(400, errors=errors)
    return result


def _one(name: str, value: Any, version: str) -> Any:
    if name in fields.EDITABLE:
        return fields.from_json(fields.EDITABLE[name], value, version)
    if name == "summary":
        if not isinstance(value, str) or not value.strip():
            raise fields.FieldError("You must specify a summary of the issue.")
        if len(value) > 255 or "\n" in value:
            raise fields.FieldError("The summary is invalid because it contains newline characters or is too long.")
        return value
    if name == "description":
        return None if value is None else fields.rich_text(value, version)
    if name == "labels":
        return _labels(value)
    if name == "assignee":
        picker = fields.Field("assignee", "Assignee", "userpicker")
        return fields.from_json(picker, value, version)
    raise fields.FieldError(UNKNOWN.format(name))


def _labels(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(label, str) for label in value):
        raise fields.FieldError("data was not an array")
    for label in value:
        if " " in label:
            raise fields.FieldError(f"The label '{label}' contains spaces which is invalid.")
    return list(dict.fromkeys(value))


def updated(issue: Doc, update: Doc, version: str) -> Doc:
    """Apply the operations of `update` (add, remove, set) to what the issue has now."""
    result: Doc = {}
    for name, operations in update.items():
        if name == "comment":
            continue
        current = issue["labels"] if name == "labels" else issue["values"].get(name)
        for operation in operations:
            ((verb, value),) = operation.items()
            if verb == "set":
                current = stored({name: value}, version)[name]
                continue
            if (name != "labels" and name not in fields.EDITABLE) or verb not in ("add", "remove"):
                raise JiraError(400, errors={name: UNKNOWN.format(name)})
            (entry,) = stored({name: [value]}, version)[name]
            kept = [old for old in current or [] if old != entry]
            current = [*kept, entry] if verb == "add" else kept
        result[name] = current
    return result


def document(value: Any, version: str) -> Any:
    """The body of a comment: a valid Atlassian document in version 3, a string in version 2."""
    if version == "3":
        if not isinstance(value, dict):
            raise JiraError(400, "Comment body is not valid!")
        if fault := adf_rules.problem(value):
            raise JiraError(400, "INVALID_INPUT", errors={"comment": fault})
    elif not isinstance(value, str):
        raise JiraError(400, errors={"comment": "Operation value must be a string"})
    elif not value.strip():
        raise JiraError(400, errors={"comment": "Comment body can not be empty!"})
    return value
