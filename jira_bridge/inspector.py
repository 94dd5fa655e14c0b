"""A delivery field by field: what came, what it is mapped to, and what cleaning and validation make of it."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jira_bridge.choices import RequestField
from jira_bridge.kinds import Kind, kind_of_schema, kind_of_value
from jira_bridge.mapping import places
from jira_bridge.mapping_file import JIRA_ID
from jira_bridge.models import FieldMapping, JiraField, WebhookDelivery
from jira_bridge.proposals import suits
from jira_bridge.snapshot import IssueSnapshot, UnknownShape, read
from jira_bridge.values import plain_value
from vending.content import RequestContent, clean, difference
from vending.rules import faults
from vending.sentences import said

SHORT = 140
"""Characters of a value that stand in the table; the rest unfolds."""
SHOWN = 20_000
"""Characters of a mapped value that unfold."""
SHOWN_OF_OTHERS = 2_000
"""The same of a field that is not mapped: an issue may have a thousand of them."""
BODY_SHOWN = 100_000
"""Characters of a body that its page shows; the row keeps all of it."""
INDENTED = 2_000_000
"""Characters up to which a body is laid out line by line: more takes seconds, and nobody reads it."""
NO_ANSWERS = {"created", "issuetype", "project", "resolution", "resolutiondate", "status", "updated"}
"""Fields of Jira that say how the ticket stands, not what it asks for: nobody maps them."""


@dataclass(frozen=True)
class Use:
    """What one of our fields gets out of a field of the delivery."""

    field: RequestField
    cleaned: str
    faults: list[str]
    mapping: FieldMapping | None
    """None where custom data names our field itself."""
    fits: bool
    """Whether a field of this kind can hold it."""


@dataclass(frozen=True)
class Inspected:
    """One field of the delivery. `whole` is empty when `short` says it all."""

    jira_id: str
    name: str
    kind: Kind
    short: str
    whole: str
    uses: list[Use]
    mappable: bool


@dataclass(frozen=True)
class Absent:
    """One of our fields that is mapped to a field which the delivery does not hold."""

    field: RequestField
    jira_id: str
    name: str
    faults: list[str]


@dataclass(frozen=True)
class Inspection:
    """A delivery taken apart. `problem` says why there are no fields."""

    problem: str = ""
    fields: list[Inspected] = field(default_factory=list)
    empty: list[Inspected] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    unmapped: list[RequestField] = field(default_factory=list)
    """Our fields that no field of Jira is mapped to, and that the delivery does not name itself."""
    names_read: datetime | None = None
    custom: bool = False
    body: str = ""

    @property
    def mapped(self) -> list[Inspected]:
        return [row for row in self.fields if row.uses]

    @property
    def others(self) -> list[Inspected]:
        return [row for row in self.fields if not row.uses]

    def field_of(self, jira_id: str) -> Inspected | None:
        return next((each for each in (*self.fields, *self.empty) if each.jira_id == jira_id), None)


def inspect(delivery: WebhookDelivery) -> Inspection:
    """Take a delivery apart. Never raises for what it holds; writes nothing."""
    if delivery.body_removed_at:
        return Inspection(problem=_("The body was removed for its age; its hash and headers are kept."))
    text = bytes(delivery.body).decode("utf-8", errors="replace")
    try:
        document = json.loads(text)
        snapshot = read(document if isinstance(document, dict) else {})
    except (ValueError, RecursionError):
        return Inspection(problem=_("The body is no JSON, so it has no fields."), body=_readable(text))
    except UnknownShape as shape:
        return Inspection(problem=str(shape), body=_readable(text))
    return _take_apart(snapshot, _readable(text))


def _take_apart(snapshot: IssueSnapshot, body: str) -> Inspection:
    mappings = {row.field: row for row in FieldMapping.objects.all()}
    place = places(snapshot, mappings.values())
    known = {row.jira_id: row for row in JiraField.objects.filter(jira_id__in={*snapshot.fields, *place.values()})}
    uses = _uses(snapshot, place, known, mappings)
    rows = [_inspected(name, value, known.get(name), uses) for name, value in snapshot.fields.items()]
    rows.sort(key=lambda row: (_order(row.uses), not row.jira_id.startswith("customfield_")))
    filled = [row for row in rows if row.uses or row.kind != Kind.EMPTY]
    return Inspection(
        fields=filled,
        empty=[row for row in rows if row not in filled],
        absent=_absent(snapshot, place, known, mappings),
        unmapped=[ours for ours in RequestField if ours not in mappings and place.get(ours) not in snapshot.fields],
        names_read=min((row.read_at for row in known.values()), default=None),
        custom=snapshot.custom,
        body=body,
    )


def _uses(
    snapshot: IssueSnapshot, place: dict[str, str], known: dict[str, JiraField], mappings: dict[str, FieldMapping]
) -> dict[str, list[Use]]:
    """By field of the delivery: our fields that it is mapped to, in the order of the form."""
    content = clean({ours: plain_value(snapshot.fields[at]) for ours, at in place.items() if at in snapshot.fields})
    cleaned = {change.field: change.new for change in difference(RequestContent(), content)}
    wrong = _faults_of(content)
    found: dict[str, list[Use]] = {}
    for ours in RequestField:
        at = place.get(ours, "")
        if at in snapshot.fields:
            mapping = mappings.get(ours)
            kind = _kind(snapshot.fields[at], known.get(at))
            own = mapping if mapping and mapping.jira_id == at else None
            fits = kind == Kind.EMPTY or suits(ours, kind) or snapshot.custom
            found.setdefault(at, []).append(Use(ours, cleaned.get(ours, ""), wrong.get(ours, []), own, fits))
    return found


def _faults_of(content: RequestContent) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fault in faults(content):
        found.setdefault(fault.field, []).append(said(fault.sentence.as_json()))
    return found


def _inspected(jira_id: str, value: Any, known: JiraField | None, uses: dict[str, list[Use]]) -> Inspected:
    short, whole = _shown(value, SHOWN if jira_id in uses else SHOWN_OF_OTHERS)
    return Inspected(
        jira_id=jira_id,
        name=_name(jira_id, known),
        kind=_kind(value, known),
        short=short,
        whole=whole,
        uses=uses.get(jira_id, []),
        mappable=bool(JIRA_ID.fullmatch(jira_id)) and jira_id not in uses and jira_id not in NO_ANSWERS,
    )


def _name(jira_id: str, known: JiraField | None) -> str:
    if known:
        return known.name
    return str(RequestField(jira_id).label) if jira_id in RequestField.values else ""


def _kind(value: Any, known: JiraField | None) -> Kind:
    """The kind of the field as Jira describes it; by its shape where Jira was never asked or says nothing."""
    by_value = kind_of_value(value)
    by_schema = kind_of_schema(known.schema) if known else Kind.UNKNOWN
    return by_value if by_value == Kind.EMPTY or by_schema == Kind.UNKNOWN else by_schema


def _shown(value: Any, most: int) -> tuple[str, str]:
    """A value for the table and, where that leaves something out, the whole of it as it came."""
    plain = plain_value(value)
    text = ", ".join(plain) if isinstance(plain, list) else "" if plain is None else str(plain)
    whole = value if isinstance(value, str) else _as_json(value)
    short = " ".join(text.split())
    if len(short) > SHORT:
        short = f"{short[:SHORT]}…"
    left_out = (isinstance(value, dict | list) and bool(value)) or short != text
    return short, _cut(whole, most) if left_out else ""


def _as_json(value: Any) -> str:
    try:
        return json.dumps(value, indent=2, ensure_ascii=False)
    except RecursionError:
        return str(plain_value(value))


def _readable(text: str) -> str:
    """A body with one value a line, as far as it is shown."""
    with suppress(ValueError, RecursionError):  # no JSON: shown as it came
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False) if len(text) <= INDENTED else text
    return _cut(text, BODY_SHOWN)


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[:most] + "\n" + _("… {count} characters more").format(count=len(text) - most)


def _order(uses: list[Use]) -> int:
    """Mapped fields first, in the order of the form."""
    return list(RequestField).index(uses[0].field) if uses else len(RequestField)


def _absent(
    snapshot: IssueSnapshot, place: dict[str, str], known: dict[str, JiraField], mappings: dict[str, FieldMapping]
) -> list[Absent]:
    """What is mapped and not here. Custom data need not hold every field: then nothing is wrong with it."""
    wrong = {} if snapshot.custom else _faults_of(RequestContent())
    found: list[Absent] = []
    for ours in RequestField:
        if ours in mappings and place.get(ours) not in snapshot.fields:
            jira_id = mappings[ours].jira_id
            found.append(Absent(ours, jira_id, _name(jira_id, known.get(jira_id)), wrong.get(ours, [])))
    return found
