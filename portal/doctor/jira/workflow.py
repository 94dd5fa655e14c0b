"""The workflow: the mapped statuses are there, and the moves that the portal makes are open to it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from jira_bridge.choices import Meaning
from jira_bridge.jira import JiraError
from jira_bridge.setup.wanted import moves
from portal.doctor.finding import Finding, failed, ok, some, warning
from portal.doctor.jira.site import Site


def statuses(site: Site) -> Iterator[Finding]:
    what = _("statuses")
    needed = {meaning for pair in moves() for meaning in pair}
    unmapped = [str(meaning.label) for meaning in Meaning if meaning in needed and not site.known.statuses_of(meaning)]
    if unmapped:
        seen = _("no status means: {names}").format(names=", ".join(unmapped))
        yield failed(what, seen, _("Fill it in the admin, Status mapping."))
    try:
        place = site.place()
        present = {name.casefold() for name in site.client.statuses(place.project_key)} if place else None
    except JiraError as problem:
        yield failed(what, str(problem), _("Let the portal's user browse the project."))
        return
    if present is None:
        yield warning(what, _("the project is not known"), _("See the request type."))
        return
    mapped = [name for names in site.known.statuses.values() for name in names]
    missing = [name for name in mapped if name.casefold() not in present]
    if missing:
        seen = _("not in the project: {names}").format(names=some(missing))
        yield failed(what, seen, _("Correct the status mapping, or add them to the project's workflow."))
    elif mapped:
        yield ok(what, _("{count} mapped, all in the project").format(count=len(mapped)))


def transitions(site: Site) -> Iterator[Finding]:
    """Jira shows which transitions lead on only at a ticket: one that stands there is looked at, and not moved."""
    try:
        place = site.place()
        for start in sorted({start for start, _to in moves()}):
            targets = [to for each, to in moves() if each == start]
            for status in site.known.statuses_of(start):
                yield _from(site, place.project_key if place else "", status, targets)
    except JiraError as problem:
        yield failed(_("transitions"), str(problem), _("Let the portal's user browse the project."))


def _from(site: Site, project: str, status: str, targets: list[Meaning]) -> Finding:
    what = _("from “{status}”").format(status=status)
    wanted = [names[0] for to in targets if (names := site.known.statuses_of(to))]
    ticket = _ticket_in(site, project, status)
    if ticket is None:
        seen = _("no ticket stands there to try it with")
        advice = _("Look into the workflow for transitions to {names}; the doctor tries it when there is a ticket.")
        return warning(what, seen, advice.format(names=", ".join(wanted)))
    open_ones = {str((each.get("to") or {}).get("name", "")).casefold() for each in site.client.transitions(ticket)}
    closed = [name for name in wanted if name.casefold() not in open_ones]
    if closed:
        seen = _("{ticket} cannot be moved to {names}").format(ticket=ticket, names=", ".join(closed))
        return failed(what, seen, _("Add the transition to the workflow, open to the portal's user, without a screen."))
    return ok(what, _("to {names} ({ticket})").format(names=", ".join(wanted), ticket=ticket))


def _ticket_in(site: Site, project: str, status: str) -> str | None:
    limits = [f'project = "{_quoted(project)}"'] if project else []
    jql = " AND ".join([*limits, f'status = "{_quoted(status)}"']) + " ORDER BY created DESC"
    found: list[dict[str, Any]] = list(islice(site.client.search(jql, ("status",)), 1))
    return str(found[0]["key"]) if found else None


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
