"""Comments that reach Jira as mail through Amazon SES (API version 2)."""

import datetime
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from jira_bridge.mail.addresses import checked_address, checked_headers, subject_line
from jira_bridge.mail.errors import MailOutcomeUnknown, MailRejected, MailUnavailable
from jira_bridge.markup import Document, fit, to_plain, to_wiki

Notation = Literal["plain", "wiki"]

_THROTTLED = frozenset({"TooManyRequestsException", "LimitExceededException", "Throttling", "ThrottlingException"})
_WRITERS: dict[str, Callable[[Document], str]] = {"plain": to_plain, "wiki": to_wiki}
_ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=10)
"""A delivery is tried again by itself; together the calls end before its worker would be stopped."""
_SESSION_SECONDS = 900
_RENEWED_BEFORE = datetime.timedelta(seconds=120)


@dataclass(frozen=True)
class DomainIdentity:
    """What SES says about the sending domain. Mails pass DMARC only if `signed`."""

    domain: str
    verified: bool
    dkim_status: str
    dkim_enabled: bool

    @property
    def signed(self) -> bool:
        return self.verified and self.dkim_enabled and self.dkim_status == "SUCCESS"


class SesConnection:
    """A client of SES, with the credentials of `role_arn` (renewed in time, 900 s each) where one is given.

    No call is repeated by botocore: a mail whose answer was lost may have gone out.
    """

    def __init__(
        self,
        region: str,
        role_arn: str = "",
        clock: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._region, self._role_arn, self._clock = region, role_arn, clock
        self._client: Any = None
        self._renew_at: datetime.datetime | None = None
        self._lock = threading.Lock()

    def client(self) -> Any:
        """The sesv2 client. Raises MailUnavailable or MailRejected if the role cannot be assumed."""
        with self._lock:
            if self._client is None or (self._renew_at and self._clock() >= self._renew_at):
                self._client = self._connected()
            return self._client

    def _connected(self) -> Any:
        if not self._role_arn:
            return boto3.Session(region_name=self._region).client("sesv2", config=_ONCE)
        credentials = self._assumed()
        self._renew_at = credentials["Expiration"] - _RENEWED_BEFORE
        session = boto3.Session(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            region_name=self._region,
        )
        return session.client("sesv2", config=_ONCE)

    def _assumed(self) -> Any:
        sts = boto3.Session(region_name=self._region).client("sts", config=_ONCE)
        try:
            answer = sts.assume_role(
                RoleArn=self._role_arn,
                RoleSessionName="account-vending-mail",
                DurationSeconds=_SESSION_SECONDS,
            )
        except ClientError as error:
            raise MailRejected(f"The role for sending mail cannot be assumed: {_said(error)}.") from error
        except BotoCoreError as error:
            raise MailUnavailable(f"STS cannot be reached: {type(error).__name__}.") from error
        return answer["Credentials"]


def send_comment_mail(
    client: Any,
    *,
    issue_key: str,
    sender: str,
    to: str,
    title: str,
    document: Document,
    reference: str = "",
    notation: Notation = "plain",
    headers: Mapping[str, str] | None = None,
) -> str:
    """Send the document as a comment for `issue_key` and return SES's MessageId.

    `reference` becomes the last line, by which the comment is found again (see jira.reference_line).
    `notation` is "wiki" for a Jira that renders mails as wiki markup (Data Center), otherwise "plain". Jira
    drops automatic mail: neither Auto-Submitted nor Precedence is set. Raises ValueError for an address or
    header that could break out of its line, MailRejected, MailUnavailable or MailOutcomeUnknown.
    """
    write = _WRITERS[notation]
    body = write(fit(document, lambda shorter: len(write(shorter)) + len(reference) + 2))
    text = f"{body}\n\n{reference}" if reference else body
    message = {
        "Subject": {"Data": subject_line(issue_key, title), "Charset": "UTF-8"},
        "Body": {"Text": {"Data": text + "\n", "Charset": "UTF-8"}},
        "Headers": checked_headers(headers or {}),
    }
    request = {
        "FromEmailAddress": checked_address(sender),
        "Destination": {"ToAddresses": [checked_address(to)]},
        "Content": {"Simple": message},
    }
    try:
        return str(client.send_email(**request)["MessageId"])
    except ClientError as error:
        raise _refusal(error) from error
    except (EndpointConnectionError, ConnectTimeoutError) as error:
        raise MailUnavailable(f"SES cannot be reached: {type(error).__name__}.") from error
    except BotoCoreError as error:
        raise MailOutcomeUnknown(f"SES did not answer: {type(error).__name__}.") from error


def domain_identity(client: Any, domain: str) -> DomainIdentity:
    """The state of the domain in SES. Raises MailRejected if SES does not know the domain."""
    try:
        answer = client.get_email_identity(EmailIdentity=domain)
    except ClientError as error:
        raise _refusal(error) from error
    except BotoCoreError as error:
        raise MailUnavailable(f"SES cannot be reached: {type(error).__name__}.") from error
    dkim = answer.get("DkimAttributes") or {}
    return DomainIdentity(
        domain=domain,
        verified=bool(answer.get("VerifiedForSendingStatus")),
        dkim_status=str(dkim.get("Status", "NOT_STARTED")),
        dkim_enabled=bool(dkim.get("SigningEnabled")),
    )


def _refusal(error: ClientError) -> Exception:
    """SES's own error: 5xx leaves open whether the mail went out, throttling does not."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if error.response["Error"].get("Code") in _THROTTLED or status == 429:
        return MailUnavailable(f"SES is limiting mails: {_said(error)}.")
    if status >= 500:
        return MailOutcomeUnknown(f"SES had an error of its own: {_said(error)}.")
    return MailRejected(f"SES refused the mail: {_said(error)}.")


def _said(error: ClientError) -> str:
    told = error.response["Error"]
    return f"{told.get('Code', 'error')}, {told.get('Message', '')}".rstrip(" .,")
