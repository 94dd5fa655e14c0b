"""The groups and what each may do, kept by `manage.py migrate`; the table for people is in docs/people.md.

Not a data migration: permissions exist only after the models of all apps are migrated, and a model that
comes later must be seen by the groups too. What an administrator adds to a group stays; what it lacks is
given back.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

VIEWER, AUDITOR, ENGINEER, ADMIN = "Viewer", "Auditor", "GAS engineer", "GAS admin"
GROUPS = (VIEWER, AUDITOR, ENGINEER, ADMIN)
"""From the least to the most: each may do what the one before it may."""

VIEWED = ("audit", "vending", "compliance", "jira_bridge", "taskqueue", "portal")
"""An auditor sees every model of these apps."""
VIEWER_SEES = ("vending", "compliance")
RAW = ("awscallrecord",)
"""Technical records within these apps, which a viewer need not see."""
AUDITOR_SEES_OF_PEOPLE = {"auth": ["view_user", "view_group"]}
ENGINEER_MAY = {
    "vending": [
        "operate_run",
        "decide_accountrequest",
        "edit_baseline",
        "repair_account",
        "change_account",
        "close_account",
    ],
    "audit": ["change_delivery"],
    "portal": ["ask_examination"],
    "jira_bridge": [
        "change_webhookdelivery",
        "reconcile_divergence",
    ]
    + [
        f"{verb}_{model}"
        for model in ("fieldmapping", "statusmapping", "acceptedtype")
        for verb in ("add", "change", "delete")
    ],
}
ADMIN_MAY = {
    # nobody deletes a user: the record names them
    "auth": ["add_user", "change_user", "add_group", "change_group", "delete_group"],
}


def keep_groups(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After an app is migrated: every group may do with it what it should."""
    label = sender.label
    if label not in {*VIEWED, *AUDITOR_SEES_OF_PEOPLE, *ADMIN_MAY}:
        return
    # this may run before Django's own handler; it makes only what is missing
    create_permissions(sender, verbosity=0, using=using)
    own = list(Permission.objects.using(using).filter(content_type__app_label=label))
    allowed = _allowed(label, [permission.codename for permission in own])
    for name in GROUPS:
        group, _made = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*(permission for permission in own if permission.codename in allowed[name]))


def _allowed(label: str, codenames: list[str]) -> dict[str, set[str]]:
    """What each group may do with one app."""
    views = {name for name in codenames if name.startswith("view_")}
    raw = {f"view_{model}" for model in RAW}
    viewer = views - raw if label in VIEWER_SEES else set()
    auditor = views if label in VIEWED else set(AUDITOR_SEES_OF_PEOPLE.get(label, []))
    engineer = auditor | set(ENGINEER_MAY.get(label, []))
    return {
        VIEWER: viewer,
        AUDITOR: auditor,
        ENGINEER: engineer,
        ADMIN: engineer | set(ADMIN_MAY.get(label, [])),
    }
