"""The groups that migrate makes."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from portal.groups import VIEWED, keep_groups

pytestmark = pytest.mark.django_db


def test_an_auditor_sees_every_model_and_changes_none() -> None:
    held = {p.codename for p in Group.objects.get(name="Auditor").permissions.all()}
    every = Permission.objects.filter(content_type__app_label__in=VIEWED, codename__startswith="view_")
    assert held == {permission.codename for permission in every}
    assert "view_webhookdelivery" in held


def test_an_engineer_operates_resends_and_maps_fields() -> None:
    held = {p.codename for p in Group.objects.get(name="GAS engineer").permissions.all()}
    assert {"operate_run", "change_delivery", "change_fieldmapping", "view_event"} <= held
    assert "delete_run" not in held


def test_a_second_migrate_keeps_what_an_administrator_added() -> None:
    auditor = Group.objects.get(name="Auditor")
    added = Permission.objects.get(codename="view_user")
    auditor.permissions.add(added)
    keep_groups(apps.get_app_config("vending"))
    assert added in auditor.permissions.all()
