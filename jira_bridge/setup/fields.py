"""The custom fields with their contexts and options."""

from collections.abc import Iterator
from typing import Any

from jira_bridge.choices import RequestField
from jira_bridge.kinds import kind_of_schema
from jira_bridge.proposals import SUITABLE, suits
from jira_bridge.setup.piece import Piece, blocked, differs, missing, there
from jira_bridge.setup.site import Site
from jira_bridge.setup.wanted import FIELDS, PREFIX, SEARCHERS, WantedField

Json = dict[str, Any]
WITH_OPTIONS = ("select", "multicheckboxes")


def pieces(site: Site) -> Iterator[Piece]:
    """Each field, then the options of those that have some."""
    for wanted in FIELDS:
        found = _present(site, wanted)
        yield _field(site, wanted, found)
        if wanted.kind in WITH_OPTIONS and len(found) == 1 and suits(wanted.field, _kind(found[0])):
            yield _options(site, wanted, found[0])


def present_ids(site: Site) -> dict[RequestField, str]:
    """The fields that are there and fit, one for each of ours: what a rule's custom data can name."""
    found = {wanted.field: _present(site, wanted) for wanted in FIELDS}
    return {
        field: str(fields[0]["id"]) for field, fields in found.items()
        if len(fields) == 1 and suits(field, _kind(fields[0]))
    }  # fmt: skip


def _present(site: Site, wanted: WantedField) -> list[Json]:
    """The mapped field where there is one, else all of its name."""
    by_id = [each for each in site.fields if str(each["id"]) == site.mapped.get(wanted.field)]
    name = wanted.name.casefold()
    return by_id or [each for each in site.fields if each.get("custom") and str(each["name"]).casefold() == name]


def _kind(field: Json) -> Any:
    return kind_of_schema(field.get("schema") or {})


def _field(site: Site, wanted: WantedField, found: list[Json]) -> Piece:
    name = f"field “{wanted.name}”"
    if len(found) > 1:
        ids = ", ".join(str(each["id"]) for each in found)
        return differs(name, f"Jira has {len(found)} fields of this name: {ids}", "Map the right one in the admin.")
    if found:
        kind = _kind(found[0])
        if suits(wanted.field, kind):
            return there(name, f"{found[0]['id']} “{found[0]['name']}”, {kind.label}")
        fitting = " or ".join(sorted(str(each.label) for each in SUITABLE[wanted.field]))
        return differs(
            name, f"{found[0]['id']} is of kind {kind.label}", f"{fitting} (map another field, or rename it)"
        )
    if not site.administrator:
        return blocked(name, "missing; the user is no administrator of Jira and cannot make it")
    values = site.choices.get(wanted.field, ()) if site.cloud and wanted.kind in WITH_OPTIONS else ()
    said = [f"kind {wanted.kind}"] + ([f"options {', '.join(values)}"] if values else [])
    return missing(name, lambda: _make(site, wanted, values), *said)


def _make(site: Site, wanted: WantedField, values: tuple[str, ...]) -> str:
    searcher = PREFIX + SEARCHERS[wanted.kind]
    made = site.client.create_field(wanted.name, wanted.help, PREFIX + wanted.kind, searcher)
    site.fields.append(made)
    if values:
        _add_options(site, str(made["id"]), values)
    return str(made["id"])


def _options(site: Site, wanted: WantedField, found: Json) -> Piece:
    """Data Center has no interface for options. Options that are there are people's: none is added to them."""
    name, values = f"options of “{wanted.name}”", site.choices.get(wanted.field, ())
    if wanted.field not in site.choices:
        return blocked(name, f"what to offer is unknown: {site.choices_unknown}")
    if not site.cloud or not site.administrator:
        why = "Data Center has no interface for them" if not site.cloud else "only an administrator of Jira sees them"
        return blocked(name, f"{why}; the field has to offer: {', '.join(values) or 'nothing'}")
    contexts = site.client.contexts(str(found["id"]))
    offered = {
        str(option["value"]) for context in contexts
        for option in site.client.options(str(found["id"]), str(context["id"])) if not option.get("disabled")
    }  # fmt: skip
    if offered == set(values):
        return there(name, ", ".join(values) or "none")
    if not offered:
        return missing(name, lambda: _add_options(site, str(found["id"]), values), *values)
    extra, lacking = sorted(offered - set(values)), sorted(set(values) - offered)
    said = [f"+ {each}" for each in lacking] + [f"- {each} (the portal would refuse it)" for each in extra]
    return differs(name, ", ".join(sorted(offered)), *said)


def _add_options(site: Site, field_id: str, values: tuple[str, ...]) -> str:
    """Into the first context; a new field usually comes with one, else it gets one for the project."""
    contexts = site.client.contexts(field_id)
    project = site.place.project_id
    context = contexts[0] if contexts else site.client.create_context(field_id, "Account vending", project)
    site.client.create_options(field_id, str(context["id"]), values)
    return ", ".join(values)
