"""The run page: what waits for what, until when it should take, and how it renews itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from taskqueue import clock
from tests.portal import factories
from vending.choices import RequestStatus, RunStatus, StepStatus
from vending.models import Run
from vending.pages.runs import direct_needs, run_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_auditor(client: Client) -> Client:
    client.force_login(factories.person("audrey", "Auditor"))
    return client


def going() -> Run:
    states = [StepStatus.SUCCEEDED, StepStatus.RUNNING, StepStatus.WAITING, StepStatus.BLOCKED, StepStatus.BLOCKED]
    return factories.run(factories.request(3, RequestStatus.VENDING), states, RunStatus.RUNNING)


def ended(number: int, minutes: int) -> None:
    run = factories.run(factories.request(number), [StepStatus.SUCCEEDED] * 5, RunStatus.SUCCEEDED)
    Run.objects.filter(pk=run.pk).update(finished_at=run.started_at + timedelta(minutes=minutes))


def shown(client: Client, run: Run) -> str:
    return client.get(reverse("admin:vending_run_change", args=[run.pk])).content.decode()


def test_only_direct_needs_are_named() -> None:
    needs = {"create": [], "ready": ["create"], "tags": ["create", "ready"], "sets": ["create", "ready", "tags"]}
    assert direct_needs(needs) == {"create": [], "ready": ["create"], "tags": ["ready"], "sets": ["tags"]}


def test_two_branches_are_both_named() -> None:
    needs = {"ready": [], "unit": ["ready"], "tags": ["ready"], "sets": ["ready", "unit", "tags"]}
    assert direct_needs(needs)["sets"] == ["unit", "tags"]


def test_a_run_is_expected_to_take_what_others_took() -> None:
    for number, minutes in ((11, 20), (12, 30), (13, 60)):
        ended(number, minutes)
    run = going()
    picture = run_picture(str(run.pk))
    assert picture is not None
    assert picture.expected_at == run.started_at + timedelta(minutes=30)
    assert not picture.overdue


def test_a_run_that_takes_longer_than_others_says_so(as_auditor: Client) -> None:
    ended(11, 2)
    text = shown(as_auditor, going())
    assert "longer than usual (2 min)" in text
    assert "expected to end" not in text


def test_the_first_run_of_all_is_expected_at_no_time(as_auditor: Client) -> None:
    text = shown(as_auditor, going())
    assert "expected to end" not in text
    assert "longer than usual" not in text


def test_a_waiting_step_says_for_what_and_until_when(as_auditor: Client) -> None:
    text = shown(as_auditor, going())
    assert "AWS has not finished: CREATE is in progress." in text
    assert "Looks again" in text


def test_the_open_run_renews_itself_with_few_queries(as_auditor: Client) -> None:
    run = going()
    live = reverse("admin:vending_run_live", args=[run.pk])
    assert f'data-live="{live}"' in shown(as_auditor, run)
    with CaptureQueriesContext(connection) as seen:
        part = as_auditor.get(live).content.decode()
    assert 'data-open="yes"' in part
    assert "<html" not in part
    assert len(seen) <= 12


def test_a_run_that_ended_renews_itself_no_more(as_auditor: Client) -> None:
    run = going()
    Run.objects.filter(pk=run.pk).update(status=RunStatus.FAILED, finished_at=clock.now())
    assert 'data-open="no"' in shown(as_auditor, run)


def test_the_calls_carry_the_request_ids_and_a_viewer_sees_none(client: Client) -> None:
    run = going()
    request_id = run.steps.get(position=0).attempts.get().aws_calls.get().request_id
    client.force_login(factories.person("audrey", "Auditor"))
    assert request_id in shown(client, run)
    client.force_login(factories.person("vera", "Viewer"))
    assert request_id not in shown(client, run)


def test_the_list_names_the_account_of_a_run_that_has_none_yet(as_auditor: Client) -> None:
    run = going()
    assert run.account is None
    page = as_auditor.get(reverse("admin:vending_run_changelist")).content.decode()
    assert run.request.account_name in page
