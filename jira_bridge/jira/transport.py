"""One HTTP call to Jira: time limits, retries, typed errors.

Reads are repeated after lost connections, time-outs, 5xx and 429. Writes are repeated only after 429 and 503,
where Jira says that it did nothing; a lost answer raises JiraOutcomeUnknown, and no second write follows.
"""

import datetime
import json
import random
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpx

from jira_bridge.jira.budget import Budget
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
_MESSAGE_LENGTH = 500


@dataclass(frozen=True)
class Patience:
    """How often and how long a call is tried again. Seconds; a longer Retry-After is left to the caller."""

    tries: int = 3
    first_pause: float = 0.5
    longest_pause: float = 20.0


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
            timeout=httpx.Timeout(20, connect=5),
            headers={"Accept": "application/json", "User-Agent": "account-vending-portal"},
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
                response = self._http.get(self.base_url + path, params=params, headers=headers)
            except httpx.TransportError as error:
                failure = JiraUnavailable(call, type(error).__name__)
            else:
                if response.status_code != 429 and response.status_code < 500:
                    return self._answer(call, response)
                failure = JiraUnavailable(call, f"HTTP {response.status_code}", retry_after(response))
            self._wait_or_raise(failure, pause)
        raise AssertionError("the last pause raises")

    def write(self, method: str, path: str, body: Any, params: Params | None = None) -> Any:
        """Send and return the JSON (None if there is none). Raises JiraRejected, JiraUnavailable or
        JiraOutcomeUnknown."""
        call = f"{method} {path}"
        for pause in self._pauses():
            self._writes.take()
            try:
                response = self._http.request(method, self.base_url + path, json=body, params=params)
            except _NOT_SENT as error:
                raise JiraUnavailable(call, type(error).__name__) from None
            except httpx.TransportError as error:
                raise JiraOutcomeUnknown(call, f"the answer was lost ({type(error).__name__})") from None
            if response.status_code not in (429, 503):
                return self._written(call, response)
            reason = f"HTTP {response.status_code}"
            self._wait_or_raise(JiraUnavailable(call, reason, retry_after(response)), pause)
        raise AssertionError("the last pause raises")

    def _pauses(self) -> Generator[float | None, None, None]:
        """The pause after each failed try; None after the last."""
        pause = self._patience.first_pause
        for _ in range(self._patience.tries - 1):
            yield pause * random.uniform(0.75, 1.25)  # noqa: S311 jitter, not a secret
            pause *= 2
        yield None

    def _wait_or_raise(self, failure: JiraUnavailable, pause: float | None) -> None:
        longest = self._patience.longest_pause
        if pause is None or (failure.retry_after or 0) > longest:
            raise failure
        self._sleep(max(min(pause, longest), failure.retry_after or 0))

    def _written(self, call: str, response: httpx.Response) -> Any:
        if response.status_code >= 500:
            raise JiraOutcomeUnknown(call, f"HTTP {response.status_code}")
        if response.status_code == 409:
            raise JiraUnavailable(call, "; ".join(self._messages(response)) or "conflict with another change")
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
