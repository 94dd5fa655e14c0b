"""Filters offer what the newest rows have."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.admin import filters
from tests.portal import factories
from vending.models import StepRun

pytestmark = pytest.mark.django_db
LIST = reverse("admin:vending_steprun_changelist")


def choices(client: Client) -> list[str]:
    specs = client.get(LIST).context["cl"].filter_specs
    return next(list(spec.lookup_choices) for spec in specs if isinstance(spec, filters.RecentValuesFilter))


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(factories.person("audrey", "Auditor"))
    return client


def test_each_value_is_offered_once_in_order(auditor: Client) -> None:
    factories.world()
    assert choices(auditor) == sorted(set(StepRun.objects.values_list("step", flat=True)))


def test_values_that_only_old_rows_have_are_not_looked_for(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.world()
    monkeypatch.setattr(filters, "NEWEST", 2)
    newest = StepRun.objects.order_by("-pk").values_list("step", flat=True)[:2]
    assert choices(auditor) == sorted(set(newest))


def test_a_list_without_rows_offers_nothing(auditor: Client) -> None:
    assert choices(auditor) == []
