"""Everything the sandbox knows beyond moto, and the one lock around both."""

import base64
import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from moto.core.base_backend import BackendDict
from moto.core.common_models import BaseModel
from moto.moto_api._internal import mock_random
from moto.organizations.models import FakeAccount, OrganizationsBackend, organizations_backends

from sandbox.aws.clock import Clock
from sandbox.aws.credentials import MANAGEMENT
from sandbox.aws.faults import Faults
from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.settings import Settings
from sandbox.aws.throttle import Throttle

Item = TypeVar("Item")
Handler = Callable[["World", Call], dict[str, Any] | None]
"""Answers a call (its result), refuses it (AwsError), or leaves it to moto (None)."""


class World:
    """The state of the imitated AWS. Use it while holding `lock`."""

    def __init__(self, time_scale: float, settings: Settings) -> None:
        self.lock = threading.RLock()
        self.settings = settings
        self.clock = Clock(time_scale)
        self.faults = Faults()
        self.throttle = Throttle(self.clock)
        self.replaying = False
        self.replayed_at: float | None = None
        self.forget()

    def forget(self) -> None:
        """Back to nothing: no organization, no resources, no faults."""
        BackendDict.reset()
        organizations_backends.master_accounts.clear()
        for model in _models(BaseModel):
            model.instances = []
        self.clock.clear()
        self.faults.clear()
        self.throttle.buckets.clear()
        self.random = random.Random(self.settings.random_seed)
        self.memory: dict[str, dict[Any, Any]] = {}
        self.calls: deque[dict[str, Any]] = deque(maxlen=5000)
        self.counts: Counter[str] = Counter()
        self.throttled: Counter[str] = Counter()
        self.call_number = 0

    def remember(self, topic: str) -> dict[Any, Any]:
        """A dictionary of that name that lives until the next reset."""
        return self.memory.setdefault(topic, {})

    def seed(self, text: str | None) -> None:
        """Make the ids that moto draws next repeatable (None: unpredictable again)."""
        mock_random.seed(text)

    @property
    def organization(self) -> OrganizationsBackend:
        return organizations_backends[MANAGEMENT]["aws"]

    def account(self, account_id: str) -> FakeAccount:
        """The account in the organization. AwsError where there is none."""
        for account in self.organization.accounts:
            if account.id == account_id:
                return account
        raise AwsError(
            "AccountNotFoundException",
            f"You specified an account that doesn't exist: {account_id}.",
        )

    def timestamp(self) -> float:
        """Now, for an answer; while a journal is replayed, when it happened then."""
        return self.replayed_at if self.replayed_at is not None else self.clock.wall().timestamp()


def page(items: Sequence[Item], params: dict[str, Any], most: int = 20) -> tuple[list[Item], dict[str, str]]:
    """One page of a listing and its NextToken, if there is more."""
    token = params.get("NextToken")
    try:
        start = int(base64.b64decode(token)) if token else 0
    except ValueError:
        raise AwsError("InvalidInputException", "The NextToken is not valid.", Reason="INVALID_NEXT_TOKEN") from None
    end = start + min(int(params.get("MaxResults") or most), most)
    more = {"NextToken": base64.b64encode(str(end).encode()).decode()} if end < len(items) else {}
    return list(items[start:end]), more


def _models(base: type) -> list[Any]:
    """Every model class below this one that counts its instances."""
    children: list[Any] = base.__subclasses__()
    below = [kind for child in children for kind in (child, *_models(child))]
    return [kind for kind in below if "instances" in vars(kind)]
