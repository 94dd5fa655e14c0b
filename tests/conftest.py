"""What every test may use: the sandbox AWS in a thread, and the queue worked off in the test itself."""

import os
import pydoc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import translation
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from audit.services import Actor
from jira_bridge.jira.transport import Transport
from sandbox.aws.server import SandboxAws
from sandbox.aws.settings import Settings
from taskqueue import clock


@pytest.fixture(autouse=True)
def english() -> None:
    """Every test begins in English: a request in German leaves its language to the thread, as in a real server."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def nobody_waits_for_jira(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long the client pauses is tested in jira/test_transport.py; everywhere else a pause only costs time."""
    monkeypatch.setitem(Transport.__init__.__kwdefaults__, "sleep", lambda seconds: None)


@pytest.fixture(scope="session")
def aws_world() -> Iterator[SandboxAws]:
    with SandboxAws(time_scale=0, seed=True, settings=Settings(rates=False, few_regions=True)) as world:
        yield world


@pytest.fixture
def aws(aws_world: SandboxAws, monkeypatch: pytest.MonkeyPatch) -> SandboxAws:
    """The sandbox AWS as it is on the first day, and boto3 pointed at it."""
    from vending.aws.session import clients_from_settings

    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_world.url)
    clients_from_settings.cache_clear()
    aws_world.reset()
    return aws_world


@pytest.fixture
def short_baseline(db: None) -> None:
    """The steps that every account needs and no others, for tests about what happens around a run."""
    from vending.services.baselines import import_baseline

    steps = ("create_account", "account_ready", "organizational_unit", "tags")
    text = "steps:\n" + "".join(f"  {step}: {{}}\n" for step in steps)
    import_baseline(text=text, actor=Actor.system("test"), note="Short, for tests.")


@pytest.fixture
def drain() -> Callable[..., int]:
    """Work off the queue as a worker would, message by message; signing and pickling stay real.

    Returns how many messages were run. Not django-q2's sync mode: that runs before the commit.
    """

    def work(limit: int = 500) -> int:
        for count in range(limit):
            message = OrmQ.objects.filter(lock__lte=clock.now()).order_by("lock", "id").first()
            if message is None:
                return count
            task: dict[str, Any] = SignedPackage.loads(message.payload)
            message.delete()
            pydoc.locate(task["func"])(*task["args"], **task["kwargs"])  # type: ignore[operator]
        raise AssertionError(f"The queue is not empty after {limit} messages: something goes round in circles.")

    return work


os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
