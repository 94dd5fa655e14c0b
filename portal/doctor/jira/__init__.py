"""Jira: who the portal is there, what it may do, the form, the workflow, and the ways in and out.

What the portal's own database knows is read first; Jira is then asked in threads that leave the database alone.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from portal.doctor.check import Check, run
from portal.doctor.finding import Finding, failed
from portal.doctor.jira import access, door, form, messages, rules, workflow
from portal.doctor.jira.known import Known, read
from portal.doctor.jira.site import Site


def checks() -> list[Check]:
    keys = Check(_("webhook key"), door.credentials)
    try:
        known = read()
    except DatabaseError as problem:
        kind = type(problem).__name__
        return [keys, Check(_("field mapping"), lambda: [_unreadable(kind)])]
    here = [
        keys,
        Check(_("mapping"), lambda: form.mapping(known)),
        Check(_("deliveries"), lambda: door.heard(known)),
        Check(_("messages"), messages.look),
    ]
    if not settings.JIRA_BASE_URL:
        return [*here, Check("Jira", access.no_address)]
    return [*_asked(known), *here]


def _asked(known: Known) -> list[Check]:
    site = Site(known)
    return [
        Check("Jira", lambda: access.look(site), apart=True, gate=True, seconds=15),
        Check(_("token"), lambda: access.token(site), apart=True),
        Check(_("permissions"), lambda: access.permissions(site), apart=True),
        Check(_("request type"), lambda: form.request_type(site), apart=True),
        Check(_("fields"), lambda: form.fields(site), apart=True),
        Check(_("statuses"), lambda: workflow.statuses(site), apart=True),
        Check(_("transitions"), lambda: workflow.transitions(site), apart=True),
        Check(_("approvers"), lambda: rules.approvers(site), apart=True),
        Check(_("sweep"), lambda: rules.sweep(site), apart=True),
        Check(_("native webhook"), lambda: door.webhook(site), apart=True),
        Check(_("automation rule"), lambda: door.rule(site), apart=True),
    ]


def look() -> Iterator[Finding]:
    return run(checks())


def _unreadable(kind: str) -> Finding:
    return failed(_("field mapping"), _("not readable ({kind})").format(kind=kind), _("Run manage.py migrate."))
