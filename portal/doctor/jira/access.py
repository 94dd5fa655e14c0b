"""Who the portal is in Jira, how long its token lasts, and what it may do there."""

from collections.abc import Iterator
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from jira_bridge.jira import JiraError
from jira_bridge.setup.wanted import PROJECT_PERMISSIONS
from portal.doctor.finding import Finding, failed, ok, warning
from portal.doctor.jira.site import Site
from taskqueue import clock

WARN_DAYS = 21


def no_address() -> Iterator[Finding]:
    yield failed("Jira", _("no address"), _("Set JIRA_BASE_URL, JIRA_USER and JIRA_API_TOKEN."))


def look(site: Site) -> Iterator[Finding]:
    try:
        yield from _flavour(site.client.deployment())
        me = site.client.myself()
    except JiraError as problem:
        advice = _("Check JIRA_BASE_URL, JIRA_FLAVOUR, JIRA_USER and JIRA_API_TOKEN; has the token ended?")
        yield failed("Jira", str(problem), advice)
        return
    name = me.get("displayName") or me.get("name") or _("somebody")
    yield ok("Jira", _("{address} as {name}").format(address=settings.JIRA_BASE_URL, name=name))


def _flavour(kind: str) -> Iterator[Finding]:
    """The two sign in differently, so this comes first."""
    if kind != settings.JIRA_FLAVOUR:
        seen = _("this is {kind}, JIRA_FLAVOUR says {flavour}").format(kind=kind, flavour=settings.JIRA_FLAVOUR)
        yield failed(_("flavour"), seen, _("Set JIRA_FLAVOUR={kind}.").format(kind=kind))


def token(site: Site) -> Iterator[Finding]:
    """Data Center tells when a personal token ends. Cloud does not: there only our own setting knows."""
    what = _("token")
    if settings.JIRA_API_TOKEN_EXPIRES:
        try:
            yield _ends(date.fromisoformat(settings.JIRA_API_TOKEN_EXPIRES))
        except ValueError:
            seen = _("JIRA_API_TOKEN_EXPIRES is no day")
            yield failed(what, seen, _("Write it as 2027-03-31."))
        return
    if settings.JIRA_FLAVOUR == "datacenter" and (found := _told_by_jira(site)):
        yield _ends(found)
        return
    advice = _(
        "Jira does not tell. Atlassian's tokens end after at most a year: look it up in the account's security "
        "settings, and set JIRA_API_TOKEN_EXPIRES to that day."
    )
    yield warning(what, _("nobody knows when it ends"), advice)


def _told_by_jira(site: Site) -> date | None:
    """The first end among the user's personal tokens; which of them is ours, Jira does not say."""
    try:
        ends = [each["expiringAt"] for each in site.client.personal_tokens() if each.get("expiringAt")]
    except JiraError:
        return None
    return min((datetime.fromisoformat(each).date() for each in ends), default=None)


def _ends(day: date) -> Finding:
    left = (day - clock.now().date()).days
    what, seen = _("token"), _("ends on {day}, in {days} days").format(day=day.isoformat(), days=left)
    advice = _("Make a new token for the portal's user, set JIRA_API_TOKEN, and restart web and workers.")
    if left < 0:
        return failed(what, _("ended on {day}").format(day=day.isoformat()), advice)
    return warning(what, seen, advice) if left <= WARN_DAYS else ok(what, seen)


def permissions(site: Site) -> Iterator[Finding]:
    what = _("permissions")
    try:
        place = site.place()
        project = place.project_key if place else ""
        granted = site.client.permissions(PROJECT_PERMISSIONS, project)
    except JiraError as problem:
        yield failed(what, str(problem), _("Let the portal's user browse the project."))
        return
    missing = [name for name in PROJECT_PERMISSIONS if not granted[name]]
    if missing:
        seen = _("missing: {names}").format(names=", ".join(missing))
        advice = _("Give them to the portal's user in the project's permission scheme.")
        yield failed(what, seen, advice)
    elif not project:
        seen = _("granted somewhere; the project is not known")
        yield warning(what, seen, _("Without a service project the doctor cannot tell where. See the request type."))
    else:
        yield ok(what, _("all {count} in {project}").format(count=len(PROJECT_PERMISSIONS), project=project))
