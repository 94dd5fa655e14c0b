"""Every AWS call leaves a record: which one, where, how it went. Parameters and answers are never kept."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

_READS = (
    "AssumeRo", "BatchGet", "Check", "Describe", "Estimate", "Get", "Head", "List", "Lookup", "Search",
    "Simulate", "Validate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AwsCall:
    """One call as the caller saw it: botocore's own resends are counted in it, not listed."""

    service: str
    operation: str
    account_id: str  # empty where the portal does not know which account it works in
    region: str
    request_id: str
    http_status: int  # 0: no answer
    error_code: str
    duration_ms: int
    at: datetime
    mutating: bool
    resent: int = 0


Recorder = Callable[[AwsCall], None]


class Calls(list[AwsCall]):
    """The calls of one attempt, and how many seconds they have waited for their turn."""

    waited: float = 0.0


_current: ContextVar[Calls | None] = ContextVar("aws_calls", default=None)


@contextmanager
def record_calls() -> Iterator[Calls]:
    """Collect the AWS calls made inside the block by this thread (or task); blocks may be nested."""
    calls = Calls()
    token = _current.set(calls)
    try:
        yield calls
    finally:
        _current.reset(token)
        outer = _current.get()
        if outer is not None:
            outer.extend(calls)


def current_calls() -> Calls | None:
    """The calls that are being collected here; None where nobody does."""
    return _current.get()


def note(call: AwsCall) -> None:
    """Put a call that no AWS client made into the record, such as one to the identity-management system."""
    calls = _current.get()
    if calls is not None:
        calls.append(call)


def is_mutating(operation: str) -> bool:
    """Whether an operation may change something, by its name; an unknown verb counts as a change."""
    return not operation.startswith(_READS)


def watch(client: Any, account_of: Callable[[dict[str, Any]], str], on_call: Recorder | None) -> None:
    """Record every call of this client, by botocore's events; the client may be of any service.

    account_of tells from a request's context in which account it is made.
    """
    service = client.meta.service_model.service_name
    region = client.meta.region_name or ""
    name = client.meta.service_model.service_id.hyphenize()

    def before(context: dict[str, Any], **_: Any) -> None:
        context["portal_started"] = (datetime.now(UTC), time.monotonic())

    def record(operation: str, context: dict[str, Any], answer: dict[str, Any]) -> None:
        at, started = context["portal_started"]
        meta = answer.get("ResponseMetadata", {})
        call = AwsCall(
            service=service,
            operation=operation,
            account_id=account_of(context),
            region=region,
            request_id=meta.get("RequestId", ""),
            http_status=meta.get("HTTPStatusCode", 0),
            error_code=answer.get("Error", {}).get("Code", ""),
            duration_ms=round((time.monotonic() - started) * 1000),
            at=at,
            mutating=is_mutating(operation),
            resent=meta.get("RetryAttempts", 0),
        )
        calls = _current.get()
        if calls is not None:
            calls.append(call)
        if on_call is not None:
            on_call(call)

    def after(model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        record(model.name, context, parsed)

    def lost(event_name: str, exception: Exception, context: dict[str, Any], **_: Any) -> None:
        answer: dict[str, Any] = {"Error": {"Code": type(exception).__name__}}
        if isinstance(exception, ClientError):
            answer |= exception.response
        record(event_name.rsplit(".", 1)[-1], context, answer)

    client.meta.events.register_first(f"before-parameter-build.{name}", before)
    client.meta.events.register_last(f"after-call.{name}", after)
    client.meta.events.register_last(f"after-call-error.{name}", lost)
