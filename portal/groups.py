"""The first groups and what each may do, kept by `manage.py migrate`.

Not a data migration: permissions exist only after the models of all apps are migrated, and a model that
comes later must be seen by the groups too. What an administrator adds to a group stays; what it lacks is
given back.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

VIEWED = ("audit", "vending", "compliance", "jira_bridge", "taskqueue")
ENGINEER_MAY = {
    "vending": ["operate_run", "decide_accountrequest"],
    "audit": ["change_delivery"],
    "jira_bridge": [
        "change_webhookdelivery",
    ]
    + [
        f"{verb}_{model}"
        for model in ("fieldmapping", "statusmapping", "acceptedtype")
        for verb in ("add", "change", "delete")
    ],
}


def keep_groups(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After an app is migrated: “GAS engineer” and “Auditor” see it, and the engineer may work with it."""
    if sender.label not in VIEWED:
        return
    # this may run before Django's own handler; it makes only what is missing
    create_permissions(sender, verbosity=0, using=using)
    own = Permission.objects.using(using).filter(content_type__app_label=sender.label)
    seen = Q(codename__startswith="view_")
    _give("Auditor", list(own.filter(seen)), using)
    _give("GAS engineer", list(own.filter(seen | Q(codename__in=ENGINEER_MAY.get(sender.label, [])))), using)


def _give(name: str, permissions: list[Permission], using: str) -> None:
    group, _ = Group.objects.using(using).get_or_create(name=name)
    group.permissions.add(*permissions)
