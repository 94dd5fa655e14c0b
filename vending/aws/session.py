"""Clients for every service in every account, by short sessions along one chain of roles.

workload credentials → management role (optional) → a role in a member account
"""

import copy
import functools
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, Self, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError
from django.conf import settings

from vending.aws.error_tables import CONCURRENCY_OPERATIONS, THROTTLED
from vending.aws.recording import Recorder, is_mutating, watch

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import AssumeRoleRequestTypeDef

MEMBER_ROLE = "OrganizationAccountAccessRole"  # AWS's own default name in accounts made by Organizations
SESSION_SECONDS = 900  # the shortest AWS allows
REFRESH_BEFORE = timedelta(seconds=120)  # so that no call starts on a session about to end
CLIENTS_KEPT = 24  # enough for one step in every region; one of EC2 takes 1.4 MB, others a third of that
SESSIONS_KEPT = 1024

UNPACED = "sts"
"""Never slowed down: every way into an account goes through it, and its limit is far."""

CallAs = Literal["SELF", "DELEGATED_ADMIN"]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Credentials:
    """One session of an assumed role. Its repr keeps the secrets to itself."""

    access_key: str
    secret_key: str
    token: str
    expires: datetime

    def __repr__(self) -> str:
        return f"Credentials({self.access_key}, expires={self.expires:%H:%M:%S})"

    @property
    def fresh(self) -> bool:
        return self.expires - REFRESH_BEFORE > datetime.now(UTC)


class Pace(Protocol):
    """How fast calls in the management account may go, which all workers share."""

    def before(self, service: str, operation: str) -> None:
        """Wait for the call's turn; may raise Fault."""

    def throttled(self, service: str, operation: str) -> None:
        """AWS asked to slow down."""


class Clients:
    """AWS clients by account, role, service and region. Safe for threads: share one per process.

    Only one boto3 Session lies underneath: a client with explicit credentials costs half a megabyte, a
    Session per account nine. Sessions and clients are kept and replaced before they expire: ask again for a
    client rather than hold one.

    source_identity needs sts:SetSourceIdentity in the trust policy of *every* role of the chain, which
    OrganizationAccountAccessRole does not have by default: leave it empty unless the roles were prepared.
    """

    def __init__(
        self,
        *,
        region: str,
        management_role_arn: str = "",
        external_id: str = "",
        source_identity: str = "",
        call_as: CallAs = "SELF",
        session_name: str = "account-vending",
        on_call: Recorder | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.region = region
        self.call_as = call_as
        self.session_name = session_name
        self.management_account_id = _account_in(management_role_arn)
        self._management_role_arn = management_role_arn
        self._external_id = external_id
        self._source_identity = source_identity
        self._on_call = on_call
        self._pace = pace
        self._session = boto3.Session(region_name=region)
        self.partition = self._session.get_partition_for_region(region)  # aws, aws-cn, aws-us-gov
        self._lock = threading.Lock()
        self._clients: _Kept[tuple[str, Any]] = _Kept(CLIENTS_KEPT)
        self._credentials: _Kept[Credentials] = _Kept(SESSIONS_KEPT)

    def named(self, session_name: str) -> Self:
        """These clients with sessions of another name (the request id), which CloudTrail then shows."""
        named = copy.copy(self)
        named.session_name = re.sub(r"[^\w+=,.@-]", "-", session_name, flags=re.ASCII)[:64].ljust(2, "-")
        return named

    def management(self, service: str, region: str | None = None, *, attempts: int = 3) -> Any:
        """A client in the management account. attempts=1: one single try, whatever happens."""
        return self._client(service, region, self._management_credentials(), self.management_account_id, attempts)

    def member(self, account_id: str, service: str, region: str | None = None, role: str = MEMBER_ROLE) -> Any:
        """A client inside a member account.

        May raise AccessDenied from sts:AssumeRole, which passes in a young account (classify young_account).
        """
        return self._client(service, region, self._member_credentials(account_id, role), account_id, 3)

    def with_credentials(
        self, credentials: Credentials, account_id: str, service: str, region: str | None = None
    ) -> Any:
        """A client on a session that was taken elsewhere (sts:AssumeRoot)."""
        return self._make(service, region or self.region, credentials, account_id, 3)

    def _management_credentials(self) -> Credentials | None:
        """None: the workload's own credentials, which botocore refreshes by itself."""
        if not self._management_role_arn:
            return None
        extra: dict[str, str] = {"ExternalId": self._external_id} if self._external_id else {}
        if self._source_identity:
            extra["SourceIdentity"] = self._source_identity
        return self._assume(self._management_role_arn, None, "", extra)

    def _member_credentials(self, account_id: str, role: str) -> Credentials:
        arn = f"arn:{self.partition}:iam::{account_id}:role/{role}"
        return self._assume(arn, self._management_credentials(), self.management_account_id, {})

    def _assume(self, arn: str, by: Credentials | None, account_id: str, extra: dict[str, str]) -> Credentials:
        """sts:AssumeRole, once per role and session name in a quarter of an hour.

        Two threads may assume the same role at the same moment: harmless, and none waits for another.
        """
        key = (arn, self.session_name)
        kept = self._credentials.get(key)
        if kept is not None and kept.fresh:
            return kept
        sts: STSClient = self._client("sts", None, by, account_id, 3)
        request: AssumeRoleRequestTypeDef = {
            "RoleArn": arn,
            "RoleSessionName": self.session_name,
            "DurationSeconds": SESSION_SECONDS,
            **extra,  # type: ignore[typeddict-item]
        }
        answer = sts.assume_role(**request)["Credentials"]
        return self._credentials.put(
            key,
            Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"], answer["Expiration"]),
        )

    def _client(self, service: str, region: str | None, by: Credentials | None, account_id: str, attempts: int) -> Any:
        region = region or self.region
        access_key = by.access_key if by else ""
        key = (service, region, account_id, self.session_name if by else "", attempts)
        kept = self._clients.get(key)
        if kept is not None and kept[0] == access_key:
            return kept[1]
        client = self._make(service, region, by, account_id, attempts)
        self._clients.put(key, (access_key, client))
        return client

    def _make(self, service: str, region: str, by: Credentials | None, account_id: str, attempts: int) -> Any:
        with self._lock:  # making a client is not safe for threads, using one is
            client = self._session.client(  # type: ignore[call-overload]  # stubs want literal names
                service,
                region_name=region,
                config=_config(attempts),
                aws_access_key_id=by.access_key if by else None,
                aws_secret_access_key=by.secret_key if by else None,
                aws_session_token=by.token if by else None,
            )
        _resend_no_lost_mutation(client)
        if self._pace is not None and account_id == self.management_account_id and service != UNPACED:
            _keep_pace(client, service, self._pace)
        watch(client, account_id, self._on_call)
        return client


@functools.cache
def clients_from_settings() -> Clients:
    """The process's Clients, as the settings say. AWS_ENDPOINT_URL is boto3's own affair."""
    from vending.pace import SharedPace  # not at the top: rows exist only after Django's start

    return Clients(
        region=settings.AWS_REGION,
        management_role_arn=getattr(settings, "AWS_MANAGEMENT_ROLE_ARN", ""),
        external_id=getattr(settings, "AWS_EXTERNAL_ID", ""),
        source_identity=getattr(settings, "AWS_SOURCE_IDENTITY", ""),
        call_as=getattr(settings, "AWS_STACK_SET_CALL_AS", "SELF"),
        pace=SharedPace(),
    )


# A forked worker must not share its parent's connections.
os.register_at_fork(after_in_child=clients_from_settings.cache_clear)


def _config(attempts: int) -> Config:
    return Config(
        connect_timeout=5,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": attempts},
        user_agent_extra="account-vending-portal",
    )


def _resend_no_lost_mutation(client: Any) -> None:
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
    client.meta.events.register_first(f"needs-retry.{client.meta.service_model.service_id.hyphenize()}", veto)


def _keep_pace(client: Any, service: str, pace: Pace) -> None:
    """Ask before each call, and tell of each throttled answer, those that botocore resends by itself too.

    Not where TooManyRequests means a full gate: slower calls do not empty it.
    """

    def before(model: Any, **_: Any) -> None:
        pace.before(service, model.name)

    def listen(response: Any, operation: Any, **_: Any) -> None:
        parsed = response[1] if response else {}
        code = parsed.get("Error", {}).get("Code")
        if code in THROTTLED and operation.name not in CONCURRENCY_OPERATIONS:
            pace.throttled(service, operation.name)

    name = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"before-call.{name}", before)
    client.meta.events.register_first(f"needs-retry.{name}", listen)


_NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)


def _account_in(arn: str) -> str:
    return arn.split(":")[4] if arn else ""


class _Kept(Generic[Value]):
    """The values used last, up to a limit. Safe for threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Hashable, value: Value) -> Value:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)
        return value
