"""One botocore client for a service in a region, used on behalf of every account.

Making a client costs tens of milliseconds and half a megabyte to a megabyte and a half, and a portal that works in
eighteen regions of every account would make thousands. So the expensive part is made once, and each caller gets a
light copy that carries an account and its credentials: they travel in the request's context and sign it there
(botocore's own `request_credentials`). Connections are shared with the client.
"""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import boto3
import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import Credentials as Keys
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError
from botocore.loaders import Loader, create_loader

from vending.aws.error_tables import CONCURRENCY_OPERATIONS, THROTTLED
from vending.aws.recording import Recorder, is_mutating, watch

UNPACED = "sts"
"""Never slowed down: every way into an account goes through it, and its limit is far."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """One session of an assumed role. Its repr keeps the secrets to itself."""

    access_key: str
    secret_key: str
    token: str
    expires: datetime

    def __repr__(self) -> str:
        return f"Credentials({self.access_key}, expires={self.expires:%H:%M:%S})"


class Pace(Protocol):
    """How fast calls in the management account may go, which all workers share."""

    def before(self, service: str, operation: str) -> None:
        """Wait for the call's turn; may raise Fault."""

    def throttled(self, service: str, operation: str) -> None:
        """AWS asked to slow down."""


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a call is made."""

    account_id: str  # empty where the portal does not know which account it works in
    credentials: Credentials | None  # None: the workload's own, which botocore refreshes by itself
    paced: bool


_caller: ContextVar[Caller] = ContextVar("aws_caller")


class OnBehalf(BaseClient):
    """Becomes the first base of every client class, so that paginators and waiters go through it too."""

    portal_caller: Caller

    def for_caller(self, caller: Caller) -> "OnBehalf":
        """The same client for somebody else; copy.copy would ask botocore's __getattr__ before there is anything."""
        light = object.__new__(type(self))
        light.__dict__.update(self.__dict__)
        light.portal_caller = caller
        return light

    def _make_api_call(self, operation_name: str, api_params: Any) -> Any:
        with _calling(self.portal_caller):
            return super()._make_api_call(operation_name, api_params)  # type: ignore[misc]  # the stubs leave it out


@contextmanager
def _calling(caller: Caller) -> Iterator[None]:
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


class MadeClients:
    """The clients of one process by service, region and number of attempts. Safe for threads."""

    def __init__(self, region: str, on_call: Recorder | None, pace: Pace | None) -> None:
        below = botocore.session.Session()
        below.register_component("data_loader", _loader(below.get_config_variable("data_path")))
        below.register("creating-client-class", _put_on_behalf_first)
        self._session = boto3.Session(botocore_session=below, region_name=region)
        self.partition = self._session.get_partition_for_region(region)  # aws, aws-cn, aws-us-gov
        self._on_call = on_call
        self._pace = pace
        self._made: dict[tuple[str, str, int], OnBehalf] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str, attempts: int, caller: Caller) -> OnBehalf:
        """A client that calls for this caller; attempts=1: one single try, whatever happens."""
        key = (service, region, attempts)
        if key not in self._made:
            with self._lock:  # making a client is not safe for threads, using one is
                if key not in self._made:
                    self._made[key] = self._make(service, region, attempts)
        return self._made[key].for_caller(caller)

    def _make(self, service: str, region: str, attempts: int) -> OnBehalf:
        client: OnBehalf = self._session.client(  # type: ignore[call-overload]  # stubs want literal names
            service, region_name=region, config=_config(attempts)
        )
        name = client.meta.service_model.service_id.hyphenize()
        client.meta.events.register_first(f"before-parameter-build.{name}", _remember_caller)
        client.meta.events.register_first(f"before-sign.{name}", _sign_as_caller)
        _resend_no_lost_mutation(client, name)
        if self._pace is not None and service != UNPACED:
            _keep_pace(client, name, service, self._pace)
        watch(client, lambda context: context["portal_caller"].account_id, self._on_call)
        return client


@functools.cache
def _loader(path: str | None) -> Loader:
    """The descriptions of AWS's services, read once in a process: that of EC2 alone takes a tenth of a second."""
    return create_loader(path)


def _put_on_behalf_first(**event: Any) -> None:
    event["base_classes"].insert(0, OnBehalf)


def _remember_caller(context: dict[str, Any], **_: Any) -> None:
    context["portal_caller"] = _caller.get()


def _sign_as_caller(request: AWSRequest, **_: Any) -> None:
    by = request.context["portal_caller"].credentials
    if by is not None:
        signing = request.context.get("signing", {})
        keys = Keys(by.access_key, by.secret_key, by.token)
        request.context["signing"] = {**signing, "request_credentials": keys}


def _config(attempts: int) -> Config:
    return Config(
        connect_timeout=5,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": attempts},
        user_agent_extra="account-vending-portal",
    )


def _resend_no_lost_mutation(client: BaseClient, name: str) -> None:
    """Keep botocore from resending a change whose answer was lost or broken: it may have been made.

    Resending CreateAccount ends in EMAIL_ALREADY_EXISTS for the account just made. The engine looks before it
    acts again, so it recovers where a resend cannot. A throttled change was not made and may be resent.
    """

    def veto(response: Any, operation: Any, caught_exception: Exception | None, **_: Any) -> bool | None:
        if not is_mutating(operation.name):
            return None
        if caught_exception is not None:
            return None if isinstance(caught_exception, _NEVER_SENT) else False
        http, parsed = response
        throttled = parsed.get("Error", {}).get("Code") in THROTTLED
        return False if http.status_code >= 500 and not throttled else None

    # botocore obeys the first handler that gives an answer; False means "do not resend".
    client.meta.events.register_first(f"needs-retry.{name}", veto)  # type: ignore[arg-type]  # may answer


def _keep_pace(client: BaseClient, name: str, service: str, pace: Pace) -> None:
    """Ask before each call, and tell of each throttled answer, those that botocore resends by itself too.

    Not where TooManyRequests means a full gate: slower calls do not empty it.
    """

    def before(model: Any, context: dict[str, Any], **_: Any) -> None:
        if context["portal_caller"].paced:
            pace.before(service, model.name)

    def listen(response: Any, operation: Any, request_dict: dict[str, Any], **_: Any) -> None:
        parsed = response[1] if response else {}
        code = parsed.get("Error", {}).get("Code")
        paced = request_dict["context"]["portal_caller"].paced
        if paced and code in THROTTLED and operation.name not in CONCURRENCY_OPERATIONS:
            pace.throttled(service, operation.name)

    client.meta.events.register_first(f"before-call.{name}", before)
    client.meta.events.register_first(f"needs-retry.{name}", listen)


_NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
