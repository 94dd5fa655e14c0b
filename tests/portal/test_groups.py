"""The groups that migrate makes: from the least to the most, each with what the one before it has."""

from itertools import pairwise

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from portal.groups import GROUPS, VIEWED, keep_groups

pytestmark = pytest.mark.django_db


def held(name: str) -> set[str]:
    return {p.codename for p in Group.objects.get(name=name).permissions.all()}


@pytest.mark.parametrize(("less", "more"), list(pairwise(GROUPS)))
def test_each_group_may_more_than_the_one_before_it(less: str, more: str) -> None:
    assert held(less) < held(more)


def test_an_auditor_sees_every_model_and_changes_none() -> None:
    every = Permission.objects.filter(content_type__app_label__in=VIEWED, codename__startswith="view_")
    assert held("Auditor") == {permission.codename for permission in every} | {"view_user", "view_group"}
    assert "view_webhookdelivery" in held("Auditor")


def test_a_viewer_sees_accounts_and_runs_but_neither_webhooks_nor_aws_calls_nor_people() -> None:
    assert {"view_account", "view_run", "view_finding"} <= held("Viewer")
    assert not held("Viewer") & {"view_webhookdelivery", "view_awscallrecord", "view_user", "view_event"}
    assert all(codename.startswith("view_") for codename in held("Viewer"))


def test_an_engineer_operates_resends_and_maps_fields() -> None:
    assert {"operate_run", "change_delivery", "change_fieldmapping", "view_event"} <= held("GAS engineer")
    assert "delete_run" not in held("GAS engineer")


def test_only_a_gas_admin_changes_people_and_nobody_deletes_them() -> None:
    assert {"add_user", "change_user", "change_group"} <= held("GAS admin")
    assert not held("GAS engineer") & {"add_user", "change_user", "change_group"}
    assert "delete_user" not in held("GAS admin")


def test_a_second_migrate_keeps_what_an_administrator_added() -> None:
    auditor = Group.objects.get(name="Auditor")
    added = Permission.objects.get(codename="operate_run")
    auditor.permissions.add(added)
    keep_groups(apps.get_app_config("vending"))
    assert added in auditor.permissions.all()
