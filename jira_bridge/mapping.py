"""The mapping as one YAML file, and its use on an issue."""

from collections.abc import Iterable

import yaml
from django.db import transaction

from audit.services import Actor, record_event
from jira_bridge.choices import Meaning, RequestField
from jira_bridge.mapping_file import JIRA_ID, Document, MappingFault, read
from jira_bridge.models import AcceptedType, FieldMapping, StatusMapping
from jira_bridge.snapshot import IssueSnapshot
from jira_bridge.values import Plain, plain_value


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
    document = read(text)
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


@transaction.atomic
def map_field(*, field: RequestField, jira_id: str, actor: Actor, note: str = "") -> FieldMapping:
    """Say that this field of Jira holds our field, in place of whichever held it before.

    Raises MappingFault for what cannot be a field of Jira.
    """
    if not JIRA_ID.fullmatch(jira_id):
        raise MappingFault(f"“{jira_id}” is no field of Jira.")
    row = FieldMapping.objects.select_for_update().filter(field=field).first()
    before = _as_json(row) if row else None
    row = row or FieldMapping(field=field)
    if before and row.jira_id == jira_id:
        return row
    row.jira_id, row.note = jira_id, note[:200]
    row.save()
    verb = "changed" if before else "added"
    record_event(
        actor=actor, action=f"fieldmapping.{verb}", summary=f"Field mapping “{row}” was {verb}.",
        target_kind="fieldmapping", target_id=row.pk, before=before, after=_as_json(row),
    )  # fmt: skip
    return row


def _as_json(row: FieldMapping) -> dict[str, str]:
    return {"field": row.field, "jira_id": row.jira_id, "note": row.note}


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


def places(snapshot: IssueSnapshot, mappings: Iterable[FieldMapping] | None = None) -> dict[str, str]:
    """Where each of our fields is looked for in this issue: our field → name of a field of the issue.

    Custom data may name our fields directly; then no mapping is needed for them. `mappings` saves reading them.
    """
    mappings = FieldMapping.objects.all() if mappings is None else mappings
    found = {name: name for name in RequestField.values} if snapshot.custom else {}
    return found | {
        row.field: row.jira_id for row in mappings
        if row.jira_id in snapshot.fields or not snapshot.custom
    }  # fmt: skip


def raw_values(snapshot: IssueSnapshot) -> dict[str, Plain]:
    """Our fields with the plain values the issue holds for them; what it does not hold is left out."""
    return {
        name: plain_value(snapshot.fields[place])
        for name, place in places(snapshot).items()
        if place in snapshot.fields
    }
