"""Read the form of account requests from Jira and propose the mapping of its fields."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from audit.services import Actor
from jira_bridge.choices import RequestField
from jira_bridge.jira import JiraClient, JiraNotFound, JiraUnauthorized, jira_client
from jira_bridge.jira_fields import remember
from jira_bridge.kinds import kind_of_schema
from jira_bridge.mapping import map_field
from jira_bridge.mapping_file import JIRA_ID
from jira_bridge.models import AcceptedType, FieldMapping, StatusMapping
from jira_bridge.proposals import Candidate, likeness, propose, suits

Json = dict[str, Any]


class NoForm(Exception):
    """The form cannot be told; the text says which there are and what to do."""


@dataclass(frozen=True)
class Form:
    """The fields that could be mapped, and where they were read."""

    source: str
    request_type: str
    candidates: list[Candidate]


@dataclass(frozen=True)
class Discovery:
    """What a form's fields could be."""

    form: Form
    mapped: dict[RequestField, Candidate]
    """What is mapped now, whether the form has it or not."""
    proposed: dict[RequestField, Candidate]
    missing: list[RequestField]
    others: list[Candidate]
    misfits: dict[RequestField, Candidate] = field(default_factory=dict)
    """Named like one of our fields that stays missing, but of a kind that cannot hold it."""


def discover(*, request_type: str = "", service_desk: str = "") -> Discovery:
    """Read the form and all fields of the site, remember their names, and propose a mapping.

    `request_type` and `service_desk` are names or ids; without them the accepted types decide. Raises JiraError
    and NoForm.
    """
    if not settings.JIRA_BASE_URL:
        raise NoForm("There is no Jira to read: JIRA_BASE_URL is empty.")
    client = jira_client()
    site = client.fields()
    remember(site)
    return _sort_out(_read_form(client, site, request_type, service_desk), site)


@transaction.atomic
def apply(*, found: Discovery, actor: Actor) -> list[FieldMapping]:
    """Map what is proposed; what is mapped already stays as it is."""
    mapped = set(FieldMapping.objects.select_for_update().values_list("field", flat=True))
    return [
        map_field(field=ours, jira_id=candidate.jira_id, actor=actor, note=candidate.name)
        for ours, candidate in found.proposed.items()
        if ours not in mapped
    ]


def as_yaml(found: Discovery) -> str:
    """The present mapping with the proposals, as the file that `manage.py fields import` takes."""
    types = list(AcceptedType.objects.values_list("name", flat=True))
    statuses: dict[str, list[str]] = {}
    for row in StatusMapping.objects.all():
        statuses.setdefault(row.meaning, []).append(row.jira_status)
    head = {"issue_types": types or [found.form.request_type] * bool(found.form.request_type), "statuses": statuses}
    lines = [f"# Read from {_one_line(found.form.source)}.", yaml.safe_dump(head, sort_keys=False, allow_unicode=True)]
    if not statuses:
        lines[-1] += "# Which status means what cannot be read; docs/jira.md has the meanings.\n"
    chosen = found.mapped | found.proposed
    lines.append("fields:" if chosen else "fields: {}")
    for ours in RequestField:
        lines.append(_line_of(found, ours))
    if found.others:
        lines.append("# Not mapped:")
        lines += [f"#   {other.jira_id}: {_said(other)}" for other in found.others]
    return "\n".join(lines) + "\n"


def _line_of(found: Discovery, ours: RequestField) -> str:
    if ours in found.mapped:
        return f"  {ours}: {found.mapped[ours].jira_id}  # {_said(found.mapped[ours])}; mapped already"
    if ours in found.proposed:
        return f"  {ours}: {found.proposed[ours].jira_id}  # {_said(found.proposed[ours])}"
    if ours in found.misfits:
        return f"  # {ours}: {_said(found.misfits[ours])} has the name, but its kind cannot hold it"
    return f"  # {ours}: nothing looks like it"


def _said(candidate: Candidate) -> str:
    return f"“{_one_line(candidate.name)}”, {candidate.kind.label}"


def _one_line(text: str) -> str:
    """Text as a comment of one line: a line break would end the comment and begin YAML."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _sort_out(form: Form, site: list[Json]) -> Discovery:
    names = {
        str(each.get("id")): _candidate(str(each.get("id")), each.get("name"), each.get("schema")) for each in site
    }
    known = names | {candidate.jira_id: candidate for candidate in form.candidates}
    mapped = {
        RequestField(row.field): known.get(row.jira_id) or _candidate(row.jira_id, "not in Jira", None)
        for row in FieldMapping.objects.all()
    }
    used = {candidate.jira_id for candidate in mapped.values()}
    free = [candidate for candidate in form.candidates if candidate.jira_id not in used]
    proposed = propose(free, [ours for ours in RequestField if ours not in mapped])
    missing = [ours for ours in RequestField if ours not in mapped and ours not in proposed]
    taken = {candidate.jira_id for candidate in proposed.values()}
    others = [candidate for candidate in free if candidate.jira_id not in taken]
    return Discovery(form, mapped, proposed, missing, others, _misfits(missing, others))


def _misfits(missing: list[RequestField], others: list[Candidate]) -> dict[RequestField, Candidate]:
    return {
        ours: other
        for ours in missing
        for other in others
        if likeness(ours, other.name) > 0 and not suits(ours, other.kind)
    }


def _read_form(client: JiraClient, site: list[Json], request_type: str, service_desk: str) -> Form:
    """The one request type that is meant; all custom fields where there is no service project to be seen."""
    try:
        desks = client.service_desks()
    except (JiraNotFound, JiraUnauthorized):
        desks = []
    if not desks and not request_type:
        custom = [each for each in site if each.get("custom")]
        return Form("all custom fields of the site (no service project is visible)", "", _candidates(custom, "id"))
    known = [(desk, kind) for desk in desks if _is(desk, service_desk, "projectName", "projectKey")
             for kind in client.request_types(str(desk["id"]))]  # fmt: skip
    wanted = [request_type] if request_type else list(AcceptedType.objects.values_list("name", flat=True))
    found = [pair for pair in known if any(_is(pair[1], name, "name") for name in wanted)]
    if not found and not request_type and len(known) == 1:
        found = known
    if len(found) != 1:
        raise NoForm(_which(found or known, wanted, several=bool(found)))
    desk, kind = found[0]
    fields = client.request_type_fields(str(desk["id"]), str(kind["id"]))
    source = f"the request type “{kind.get('name')}” of “{desk.get('projectName')}” ({desk.get('projectKey')})"
    return Form(source, str(kind.get("name") or ""), _candidates(fields, "fieldId", "jiraSchema"))


def _is(shown: Json, wanted: str, *names: str) -> bool:
    said = {str(shown.get(name) or "").casefold() for name in (*names, "id")}
    return not wanted or wanted.strip().casefold() in said


def _which(pairs: Iterable[tuple[Json, Json]], wanted: list[str], *, several: bool) -> str:
    shown = "\n".join(
        f"  {kind.get('name')} (--request-type {kind.get('id')} --service-desk {desk.get('id')}, "
        f"project {desk.get('projectKey')})"
        for desk, kind in pairs
    )
    asked = ", ".join(f"“{name}”" for name in wanted) or "none is accepted by the mapping"
    if several:
        return f"More than one request type is meant ({asked}). Say which one:\n{shown}"
    return f"There is no request type of that name ({asked}). There are:\n{shown or '  none that the user may see'}"


def _candidates(fields: list[Json], key: str, schema: str = "schema") -> list[Candidate]:
    found = [_candidate(str(each.get(key) or ""), each.get("name"), each.get(schema)) for each in fields]
    return [candidate for candidate in found if JIRA_ID.fullmatch(candidate.jira_id)]


def _candidate(jira_id: str, name: Any, schema: Any) -> Candidate:
    return Candidate(jira_id, str(name or jira_id), kind_of_schema(schema))
