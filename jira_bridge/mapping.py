"""The mapping as one YAML file, and its use on an issue."""

import re
from typing import Any

import yaml
from django.db import transaction
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from audit.services import Actor, record_event
from jira_bridge.choices import Meaning, RequestField
from jira_bridge.models import AcceptedType, FieldMapping, StatusMapping
from jira_bridge.snapshot import IssueSnapshot
from jira_bridge.values import Plain, plain_value

JIRA_ID = re.compile(r"customfield_[0-9]{1,20}|[A-Za-z]{1,60}")


class MappingFault(Exception):
    """The file cannot be a mapping; one line for each fault."""


class Document(BaseModel):
    """The YAML file: which issue types count, what statuses mean, which field is where."""

    model_config = ConfigDict(extra="forbid")
    issue_types: list[str]
    statuses: dict[Meaning, list[str]]
    fields: dict[RequestField, str]

    @field_validator("issue_types", "statuses")
    @classmethod
    def no_empty_names(cls, value: Any) -> Any:
        names = value if isinstance(value, list) else [name for names in value.values() for name in names]
        if any(not name.strip() for name in names):
            raise ValueError("a name must not be empty")
        if len({name.strip().casefold() for name in names}) != len(names):
            raise ValueError("a name must not stand twice, whatever its case")
        return value

    @field_validator("fields")
    @classmethod
    def ids_of_jira(cls, fields: dict[RequestField, str]) -> dict[RequestField, str]:
        for name, jira_id in fields.items():
            if not JIRA_ID.fullmatch(jira_id):
                raise ValueError(f"{name}: “{jira_id}” is no field of Jira; write customfield_NNNNN, or summary")
        return fields


def export_mapping() -> str:
    """The present mapping as a file that import_mapping takes back unchanged."""
    statuses: dict[str, list[str]] = {}
    for row in StatusMapping.objects.all():
        statuses.setdefault(row.meaning, []).append(row.jira_status)
    content = {
        "issue_types": list(AcceptedType.objects.values_list("name", flat=True)),
        "statuses": statuses,
        "fields": dict(FieldMapping.objects.values_list("field", "jira_id")),
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


@transaction.atomic
def import_mapping(*, text: str, actor: Actor) -> bool:
    """Replace the mapping by the file's; returns whether anything changed.

    Raises MappingFault with every fault, and then changes nothing.
    """
    try:
        document = Document.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise MappingFault(f"This is not YAML: {error}") from error
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise MappingFault("\n".join(lines)) from error
    before = export_mapping()
    _replace(document)
    after = export_mapping()
    if after == before:
        return False
    record_event(
        actor=actor, action="mapping.imported", summary="The Jira mapping was replaced by a file.",
        target_kind="mapping", target_id=0, before=yaml.safe_load(before), after=yaml.safe_load(after),
    )  # fmt: skip
    return True


def _replace(document: Document) -> None:
    AcceptedType.objects.all().delete()
    AcceptedType.objects.bulk_create(AcceptedType(name=name) for name in document.issue_types)
    StatusMapping.objects.all().delete()
    StatusMapping.objects.bulk_create(
        StatusMapping(meaning=meaning, jira_status=name)
        for meaning, names in document.statuses.items()
        for name in names
    )
    notes = dict(FieldMapping.objects.values_list("field", "note"))
    FieldMapping.objects.all().delete()
    FieldMapping.objects.bulk_create(
        FieldMapping(field=name, jira_id=jira_id, note=notes.get(name, "")) for name, jira_id in document.fields.items()
    )


def accepted(snapshot: IssueSnapshot) -> bool:
    """Whether the issue asks for an account, by its issue type or its JSM request type."""
    names = {name.casefold() for name in AcceptedType.objects.values_list("name", flat=True)}
    return bool(names & {snapshot.issue_type.casefold(), snapshot.request_type.casefold()} - {""})


def meaning_of(status: str) -> Meaning | None:
    """What a status of the ticket means; None if nothing is mapped to it. Case does not matter."""
    row = StatusMapping.objects.filter(jira_status__iexact=status.strip()).first()
    return Meaning(row.meaning) if row else None


def status_for(meaning: Meaning) -> str:
    """The status a ticket is moved to for this meaning; empty if none is mapped."""
    row = StatusMapping.objects.filter(meaning=meaning).first()
    return row.jira_status if row else ""


def statuses_for(*meanings: Meaning) -> list[str]:
    """Every status that has one of these meanings."""
    return list(StatusMapping.objects.filter(meaning__in=meanings).values_list("jira_status", flat=True))


def raw_values(snapshot: IssueSnapshot) -> dict[str, Plain]:
    """Our fields with the plain values the issue holds for them; what it does not hold is left out.

    Custom data may name our fields directly; then no mapping is needed for them.
    """
    places = {name: name for name in RequestField.values} if snapshot.custom else {}
    places |= {
        row.field: row.jira_id for row in FieldMapping.objects.all()
        if row.jira_id in snapshot.fields or not snapshot.custom
    }  # fmt: skip
    return {name: plain_value(snapshot.fields[place]) for name, place in places.items() if place in snapshot.fields}
