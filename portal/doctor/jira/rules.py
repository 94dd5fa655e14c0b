"""What the settings ask Jira besides: who may approve, and which tickets the sweep looks at."""

from collections.abc import Iterator
from itertools import islice

from django.conf import settings
from django.utils.translation import gettext as _

from jira_bridge.jira import JiraError
from portal.doctor.finding import Finding, failed, ok, warning
from portal.doctor.jira.site import Site


def approvers(site: Site) -> Iterator[Finding]:
    """Groups that are not there, or that the portal may not read, let nobody approve."""
    for group in settings.JIRA_APPROVER_GROUPS:
        what = _("approvers of “{group}”").format(group=group)
        try:
            someone = any(True for _member in islice(site.client.group_members(group), 1))
        except JiraError as problem:
            advice = _("Correct JIRA_APPROVER_GROUPS, or give the portal's user Browse users and groups.")
            yield failed(what, str(problem), advice)
            continue
        if someone:
            yield ok(what, _("the group can be read"))
        else:
            yield warning(what, _("nobody is in it"), _("Add people to the group, or name them in JIRA_APPROVERS."))


def sweep(site: Site) -> Iterator[Finding]:
    what = _("sweep")
    if not settings.JIRA_SWEEP_JQL:
        advice = _("Set JIRA_SWEEP_JQL, for example project = AVM: Automation never repeats what failed.")
        yield warning(what, _("off: a lost webhook stays lost"), advice)
        return
    try:
        found = list(islice(site.client.search(f"({settings.JIRA_SWEEP_JQL}) ORDER BY updated DESC", ("status",)), 1))
    except JiraError as problem:
        yield failed(what, str(problem), _("Correct JIRA_SWEEP_JQL: it is JQL without ORDER BY."))
        return
    newest = str(found[0]["key"]) if found else _("no ticket yet")
    yield ok(what, _("{jql} (newest: {ticket})").format(jql=settings.JIRA_SWEEP_JQL, ticket=newest))
