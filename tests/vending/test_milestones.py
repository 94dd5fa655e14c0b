"""How a run's steps add up to milestones, and how long the next run will take."""

from datetime import timedelta

import pytest

from taskqueue import clock
from tests.vending.people import ask_for
from vending.choices import RecipeName, RunStatus
from vending.milestones import MILESTONE_OF, Milestone, Progress, progress_of
from vending.models import Run
from vending.selectors import USUAL_MINUTES, active_baseline, estimated_minutes
from vending.steps import registry


def test_every_step_named_by_a_milestone_exists():
    assert set(MILESTONE_OF) <= set(registry.BY_NAME)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("succeeded", "skipped"), Progress.DONE),
        (("succeeded", "failed", "running"), Progress.FAILED),
        (("succeeded", "cancelled"), Progress.STOPPED),
        (("waiting", "running"), Progress.RUNNING),
        (("waiting", "blocked"), Progress.WAITING),
        (("ready", "blocked"), Progress.RUNNING),
        (("succeeded", "blocked"), Progress.RUNNING),
        (("blocked", "blocked"), Progress.PENDING),
    ],
)
def test_a_milestone_is_as_far_as_its_steps(statuses, expected):
    steps = zip(("default_stack_sets", "optional_stack_sets", "guardrails"), statuses, strict=False)
    assert progress_of(steps) == {Milestone.DEPLOYED: expected}


def test_a_milestone_without_steps_is_left_out_and_other_steps_belong_to_the_last():
    found = progress_of([("tags", "blocked"), ("create_account", "running")])
    assert found == {Milestone.CREATED: Progress.RUNNING, Milestone.CHECKED: Progress.PENDING}
    assert list(found) == [Milestone.CREATED, Milestone.CHECKED]


@pytest.mark.django_db
class TestEstimate:
    def ran(self, environment, *minutes):
        now = clock.now()
        for each in minutes:
            request = ask_for(f"AVM-{Run.objects.count() + 1}", environment=environment)
            Run.objects.create(
                request=request, baseline=active_baseline(), recipe=RecipeName.VEND, status=RunStatus.SUCCEEDED,
                approved_at=now, started_at=now - timedelta(minutes=each), finished_at=now,
            )  # fmt: skip

    def test_without_experience_it_is_the_usual_time(self):
        self.ran("production", 90, 90)
        assert estimated_minutes("production") == USUAL_MINUTES

    def test_it_is_the_median_of_the_same_environment(self):
        self.ran("production", 4, 5.5, 600)
        self.ran("sandbox", 30, 31, 32)
        assert estimated_minutes("production") == 6
        assert estimated_minutes("sandbox") == 31

    def test_an_environment_with_too_few_runs_goes_by_all(self):
        self.ran("production", 4, 5)
        self.ran("sandbox", 30)
        assert estimated_minutes("staging") == 5

    def test_only_the_last_twenty_count(self):
        self.ran("production", *[60] * 12, *[3] * 20)
        assert estimated_minutes("production") == 3

    def test_it_is_at_least_a_minute(self):
        self.ran("production", 0, 0, 0)
        assert estimated_minutes("production") == 1
