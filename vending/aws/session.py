"""Clients for every service in every account, by short sessions along one chain of roles.

workload credentials → management role (optional) → a role in a member account
"""

import copy
import functools
import os
import re
import threading
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Self

from django.conf import settings

from vending.aws.made import Caller, Credentials, MadeClients, Pace
from vending.aws.recording import Recorder

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import AssumeRoleRequestTypeDef

MEMBER_ROLE = "OrganizationAccountAccessRole"  # AWS's own default name in accounts made by Organizations
SESSION_SECONDS = 900  # the shortest AWS allows
REFRESH_BEFORE = timedelta(seconds=120)  # so that no call starts on a session about to end
SESSIONS_KEPT = 1024

CallAs = Literal["SELF", "DELEGATED_ADMIN"]


class Clients:
    """AWS clients by account, role, service and region. Safe for threads: share one per process.

    Sessions are kept and replaced before they expire: ask again for a client, which costs nothing (made.py),
    rather than hold one.

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
        self._made = MadeClients(region, on_call, pace)
        self.partition = self._made.partition
        self._sessions = _Sessions(SESSIONS_KEPT)

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
        return self._client(service, region, credentials, account_id, 3)

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
        kept = self._sessions.get(key)
        if kept is not None and kept.expires - REFRESH_BEFORE > datetime.now(UTC):
            return kept
        sts: STSClient = self._client("sts", None, by, account_id, 3)
        request: AssumeRoleRequestTypeDef = {
            "RoleArn": arn,
            "RoleSessionName": self.session_name,
            "DurationSeconds": SESSION_SECONDS,
            **extra,  # type: ignore[typeddict-item]
        }
        answer = sts.assume_role(**request)["Credentials"]
        return self._sessions.put(
            key,
            Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"], answer["Expiration"]),
        )

    def _client(self, service: str, region: str | None, by: Credentials | None, account_id: str, attempts: int) -> Any:
        caller = Caller(account_id, by, paced=account_id == self.management_account_id)
        return self._made.client(service, region or self.region, attempts, caller)


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


def _account_in(arn: str) -> str:
    return arn.split(":")[4] if arn else ""


class _Sessions:
    """The sessions used last, up to a limit, by role and session name. Safe for threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[tuple[str, str], Credentials] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str]) -> Credentials | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: tuple[str, str], value: Credentials) -> Credentials:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)
        return value
