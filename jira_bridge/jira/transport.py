"""One HTTP call to Jira: time limits, retries, typed errors.

Reads are repeated after lost connections, time-outs, 5xx and 429. Writes are repeated only after 429 and 503 with a
Retry-After, where Jira itself says that it did nothing: a bare 503 may come from a proxy after Jira has done it. A
caller that can see whether a write was carried out passes `done`: it is asked before each repetition and after a lost
answer, which otherwise raises JiraOutcomeUnknown.
"""

import datetime
import functools
import json
import random
import ssl
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpx

from jira_bridge.jira.budget import Budget
from jira_bridge.jira.deadline import seconds_left
from jira_bridge.jira.errors import (
    JiraNotFound,
    JiraOutcomeUnknown,
    JiraRejected,
    JiraUnauthorized,
    JiraUnavailable,
)

Flavour = Literal["cloud", "datacenter"]
Params = Mapping[str, str | int]

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_NOT_TAKEN = (408, 409, 425)
"""Came too slowly, met another change, came too early: refused as a whole, and worth another try."""
_MESSAGE_LENGTH = 500
_CONNECT, _ANSWER = 5.0, 20.0
"""Seconds until a connection must stand, and between two parts of an answer."""
_TOO_LATE = 1.0
"""Seconds before the end of a time limit at which no call is begun any more."""


@dataclass(frozen=True)
class Patience:
    """How often and how long a call is tried again. Seconds; a longer Retry-After is left to the caller."""

    tries: int = 3
    first_pause: float = 0.5
    longest_pause: float = 20.0


class _PutOff(Exception):
    """Jira did nothing and said when to come back."""

    def __init__(self, failure: JiraUnavailable) -> None:
        self.failure = failure
        super().__init__(str(failure))


class Credentials(httpx.Auth):
    """Basic (user and API token) on Cloud; Bearer for a personal access token or where there is no user."""

    def __init__(self, flavour: Flavour, user: str, token: str) -> None:
        self._token = token
        self._basic = httpx.BasicAuth(user, token) if flavour == "cloud" and user else None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._basic:
            yield from self._basic.auth_flow(request)
        else:
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def redact(self, text: str) -> str:
        """The text without the token, should Jira or a proxy ever echo it."""
        return text.replace(self._token, "***") if self._token else text

    def __repr__(self) -> str:
        return "Credentials(***)"


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The authorities that certificates are checked by, read once for the process: they are a file of 300 kB."""
    return httpx.create_ssl_context()


class Transport:
    """Carries calls to one Jira. `base_url` may have a path (/ex/jira/<cloudId>, a Data Center context)."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        reads_per_second: float = 10,
        writes_per_second: float = 5,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        http: httpx.BaseTransport | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._credentials = credentials
        self._patience = patience or Patience()
        self._sleep = sleep
        self._reads = Budget(reads_per_second, burst=20, clock=clock, sleep=sleep)
        self._writes = Budget(writes_per_second, burst=10, clock=clock, sleep=sleep)
        self._http = httpx.Client(
            auth=credentials,
            timeout=httpx.Timeout(_ANSWER, connect=_CONNECT),
            headers={"Accept": "application/json", "User-Agent": "account-vending-portal"},
            verify=_trusted(),
            transport=http,
        )

    def __repr__(self) -> str:
        return f"Transport({self.base_url!r})"

    def close(self) -> None:
        self._http.close()

    def read(self, path: str, params: Params | None = None, headers: Mapping[str, str] | None = None) -> Any:
        """GET and return the JSON. Raises JiraRejected or JiraUnavailable."""
        call = f"GET {path}"
        for pause in self._pauses():
            self._reads.take()
            try:
                response = self._request(call, "GET", path, params=params, headers=headers)
            except httpx.TransportError as error:
                failure = JiraUnavailable(call, type(error).__name__)
            else:
                if response.status_code not in (*_NOT_TAKEN, 429) and response.status_code < 500:
                    return self._answer(call, response)
                failure = JiraUnavailable(call, f"HTTP {response.status_code}", retry_after(response))
            self._wait_or_raise(failure, pause)
        raise AssertionError("the last pause raises")

    def write(
        self, method: str, path: str, body: Any, params: Params | None = None, done: Callable[[], Any] | None = None
    ) -> Any:
        """Send and return the JSON (None if there is none), or what `done` returns unless that is None.

        Raises JiraRejected, JiraUnavailable or JiraOutcomeUnknown.
        """
        call = f"{method} {path}"
        for pause in self._pauses():
            self._writes.take()
            try:
                return self._written(call, self._request(call, method, path, json=body, params=params))
            except _NOT_SENT as error:
                raise JiraUnavailable(call, type(error).__name__) from None
            except httpx.TransportError as error:
                lost = JiraOutcomeUnknown(call, f"the answer was lost ({type(error).__name__})", under_way=True)
                return self._seen(done, lost)
            except JiraOutcomeUnknown as unknown:
                return self._seen(done, unknown)
            except _PutOff as put_off:
                self._wait_or_raise(put_off.failure, pause)
            if done and (found := done()) is not None:
                return found
        raise AssertionError("the last pause raises")

    def _seen(self, done: Callable[[], Any] | None, unknown: JiraOutcomeUnknown) -> Any:
        if done and (found := done()) is not None:
            return found
        raise unknown from None

    def _request(self, call: str, method: str, path: str, **options: Any) -> httpx.Response:
        """Raises JiraUnavailable when the time limit of the caller leaves no time for the call."""
        left = seconds_left()
        if left < _TOO_LATE:
            raise JiraUnavailable(call, "the time for this attempt is up")
        timeout = httpx.Timeout(min(_ANSWER, left), connect=min(_CONNECT, left))
        return self._http.request(method, self.base_url + path, timeout=timeout, **options)

    def _pauses(self) -> Generator[float | None, None, None]:
        """The pause after each failed try; None after the last."""
        pause = self._patience.first_pause
        for _ in range(self._patience.tries - 1):
            yield pause * random.uniform(0.75, 1.25)  # noqa: S311 jitter, not a secret
            pause *= 2
        yield None

    def _wait_or_raise(self, failure: JiraUnavailable, pause: float | None) -> None:
        longest = min(self._patience.longest_pause, seconds_left() - _TOO_LATE)
        if pause is None or longest <= 0 or (failure.retry_after or 0) > longest:
            raise failure
        self._sleep(max(min(pause, longest), failure.retry_after or 0))

    def _written(self, call: str, response: httpx.Response) -> Any:
        wait = retry_after(response)
        if response.status_code == 429 or (response.status_code == 503 and wait is not None):
            failure = JiraUnavailable(call, f"HTTP {response.status_code}", wait)
            if wait is None:
                raise failure
            raise _PutOff(failure)
        if response.status_code >= 500:
            by_a_proxy = response.status_code != 500
            raise JiraOutcomeUnknown(call, f"HTTP {response.status_code}", under_way=by_a_proxy)
        if response.status_code in _NOT_TAKEN:
            reason = "; ".join(self._messages(response)) or f"HTTP {response.status_code}"
            raise JiraUnavailable(call, reason, wait)
        return self._answer(call, response)

    def _answer(self, call: str, response: httpx.Response) -> Any:
        if not response.is_success:
            kinds = {401: JiraUnauthorized, 403: JiraUnauthorized, 404: JiraNotFound}
            raise kinds.get(response.status_code, JiraRejected)(call, response.status_code, self._messages(response))
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError:
            raise JiraRejected(call, response.status_code, ("the answer was not JSON",)) from None

    def _messages(self, response: httpx.Response) -> tuple[str, ...]:
        """Jira's own sentences, from the shapes of the platform API and of the service desk API."""
        try:
            body = response.json()
        except (json.JSONDecodeError, UnicodeDecodeError):
            return ()
        if not isinstance(body, dict):
            return ()
        said = [str(text) for text in body.get("errorMessages") or ()]
        if isinstance(body.get("errors"), dict):
            said += [f"{field}: {text}" for field, text in body["errors"].items()]
        said += [str(body[name]) for name in ("errorMessage", "message") if body.get(name)]
        return tuple(self._credentials.redact(text)[:_MESSAGE_LENGTH].rstrip(".") for text in said)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds from a Retry-After header, a number or an HTTP date; None if absent or unreadable."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal() and value.isascii():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return max(0.0, (moment - datetime.datetime.now(datetime.UTC)).total_seconds())
