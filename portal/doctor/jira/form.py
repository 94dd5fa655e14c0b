"""The form: the request type stands in the portal, and every mapped field is there as it should be."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from jira_bridge.choices import RequestField
from jira_bridge.jira import JiraError
from jira_bridge.kinds import kind_of_schema
from jira_bridge.proposals import suits
from jira_bridge.setup.choices import choices
from jira_bridge.setup.wanted import BY_FIELD, FIELDS, GROUP
from portal.doctor.finding import Finding, failed, ok, some, warning
from portal.doctor.jira.known import Known
from portal.doctor.jira.site import Site

Json = dict[str, Any]


def mapping(known: Known) -> Iterator[Finding]:
    """What the portal's own mapping lacks."""
    advice = _("Run manage.py fields import FILE, or fill it in the admin, Field mapping.")
    if not known.fields:
        yield failed(_("field mapping"), _("empty"), advice)
    else:
        lacking = [wanted.field.value for wanted in FIELDS if wanted.required and wanted.field not in known.fields]
        if lacking:
            yield failed(_("field mapping"), _("not mapped: {names}").format(names=", ".join(lacking)), advice)
    if not known.types:
        advice = _("Name the issue type or request type of account requests (admin, Accepted types).")
        yield warning(_("accepted types"), _("none: every ticket is ignored"), advice)


def request_type(site: Site) -> Iterator[Finding]:
    what = _("request type")
    try:
        place = site.place()
    except JiraError as problem:
        yield failed(what, str(problem), _("Let the portal's user see the service project (role Service Desk Team)."))
        return
    if place is None or place.request_type is None:
        seen = _("none is named {names}").format(names=" / ".join(site.known.types) or "?")
        advice = _("Run manage.py jira_setup. With plain issue types instead of a service project, ignore this.")
        yield warning(what, seen, advice)
        return
    name = str(place.request_type["name"])
    if not place.request_type.get("groupIds"):
        seen = _("“{name}” is in no group, so nobody sees it in the portal").format(name=name)
        advice = _("Project settings, Request types: put it into the group “{group}”.")
        yield failed(what, seen, advice.format(group=GROUP))
        return
    groups = ", ".join(place.group_names) or "?"
    yield ok(what, _("“{name}” of {project}, in “{group}”").format(name=name, project=place.project_key, group=groups))


def fields(site: Site) -> Iterator[Finding]:
    """Every mapped field: in Jira, of a kind that holds the value, on the form, with the right options."""
    what, known = _("fields"), site.known
    if not known.fields:
        return
    try:
        in_jira = {str(each["id"]): each for each in site.client.fields()}
        form = {str(each["fieldId"]): each for each in site.form()}
    except JiraError as problem:
        yield failed(what, str(problem), _("Let the portal's user browse the project."))
        return
    missing = [f"{field.value} ({jira_id})" for field, jira_id in known.fields.items() if jira_id not in in_jira]
    if missing:
        advice = _("Correct them in the admin, Field mapping; manage.py jira_setup makes fields that Jira lacks.")
        yield failed(what, _("not in Jira: {names}").format(names=some(missing)), advice)
    else:
        yield ok(what, _("{count} mapped, all in Jira").format(count=len(known.fields)))
    present = {field: jira_id for field, jira_id in known.fields.items() if jira_id in in_jira}
    yield from _kinds(present, in_jira)
    if form:
        yield from _on_form(present, form)
        yield from _options(present, form)


def _kinds(present: dict[RequestField, str], in_jira: dict[str, Json]) -> Iterator[Finding]:
    kinds = {field: kind_of_schema(in_jira[jira_id].get("schema") or {}) for field, jira_id in present.items()}
    wrong = [f"{field.value} ({kind.label})" for field, kind in kinds.items() if not suits(field, kind)]
    if wrong:
        advice = _("Map another field: a value of this kind cannot be read as what it should be.")
        yield failed(_("kinds of fields"), some(wrong), advice)
    else:
        yield ok(_("kinds of fields"), _("all hold what they should"))


def _on_form(present: dict[RequestField, str], form: dict[str, Json]) -> Iterator[Finding]:
    absent = [field for field, jira_id in present.items() if jira_id not in form]
    needed = [field.value for field in absent if BY_FIELD[field].required]
    advice = _("Project settings, Request types: add them to the form (and to the project's screens before).")
    if needed:
        yield failed(_("form"), _("required fields are not on it: {names}").format(names=", ".join(needed)), advice)
    elif absent:
        names = ", ".join(field.value for field in absent)
        yield warning(_("form"), _("mapped, but not on it: {names}").format(names=names), advice)
    else:
        yield ok(_("form"), _("shows all {count} fields").format(count=len(present)))


def _options(present: dict[RequestField, str], form: dict[str, Json]) -> Iterator[Finding]:
    """The form must offer exactly what the portal accepts; what it offers besides fails at the pre-flight."""
    expected, unknown = choices()
    if unknown:
        yield warning(_("options"), unknown, _("The form's options were not compared with AWS."))
    for field, wanted in expected.items():
        entry = form.get(present.get(field, ""))
        offered = [str(each.get("label")) for each in (entry or {}).get("validValues") or ()]
        if entry is None or (not offered and BY_FIELD[field].kind not in ("select", "multicheckboxes")):
            continue
        yield _compared(field, set(wanted), set(offered))


def _compared(field: RequestField, wanted: set[str], offered: set[str]) -> Finding:
    what = _("options of {field}").format(field=field.value)
    wrong, missing = sorted(offered - wanted), sorted(wanted - offered)
    if not offered and wanted:
        return failed(what, _("the form offers none"), _("Add: {names}.").format(names=", ".join(missing)))
    if wrong:
        seen = _("offered, but not accepted: {names}").format(names=some(wrong))
        return failed(what, seen, _("Take them off the field's context, or add them to the parameter in AWS."))
    if missing:
        seen = _("accepted, but not offered: {names}").format(names=some(missing))
        return warning(what, seen, _("Add them to the field's context in Jira, if people may choose them."))
    return ok(what, some(sorted(offered)) or _("none"))
