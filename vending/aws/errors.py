"""The one place that says what an AWS error means: try again, wait, queue, or ask a person."""

import re
from dataclasses import dataclass

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
    SSLError,
    UnknownRegionError,
)
from botocore.parsers import ResponseParserError

from vending.aws import error_tables as tables
from vending.aws.error_tables import Kind

__all__ = ["Fault", "Kind", "classify", "creation_failure", "has_code", "instance_failure"]

_DETAIL_LENGTH = 2000  # characters; some AWS messages carry a whole encoded authorization context


@dataclass(eq=False)
class Fault(Exception):
    """An error in the portal's own words.

    sentence: what happened and what to do, for people. detail: AWS's words, for the folded part of a page.
    retry_after: seconds to leave AWS alone, where AWS's rule is longer than a usual back-off.
    """

    kind: Kind
    code: str
    sentence: str
    detail: str = ""
    request_id: str = ""
    throttled: bool = False
    retry_after: int | None = None

    def __post_init__(self) -> None:
        # All of the fields, so that the exception can be pickled on its way through the queue.
        super().__init__(
            self.kind, self.code, self.sentence, self.detail, self.request_id, self.throttled, self.retry_after
        )

    def __str__(self) -> str:
        return self.sentence

    @property
    def permanent(self) -> bool:
        """Whether a person must act before another attempt can succeed."""
        return self.kind is Kind.PERMANENT


def has_code(exc: ClientError, *codes: str) -> bool:
    """Whether AWS answered with one of these codes; for calls in which absence is an answer."""
    return _code(exc) in codes


def classify(exc: BaseException, *, young_account: bool = False) -> Fault:
    """What an exception of an AWS call means.

    young_account: the account was created minutes ago; then AWS answers AccessDenied and the like although
    nothing is wrong (AWS names some minutes), and the fault is NOT_YET instead of PERMANENT.
    An exception that is none of AWS's is PERMANENT: a defect that must be seen, not retried.
    """
    if isinstance(exc, Fault):
        return exc
    if isinstance(exc, ClientError):
        return _answered(exc, young_account)
    if isinstance(exc, ResponseParserError):
        return Fault(Kind.PERMANENT, "UnreadableAnswer", "AWS's answer could not be read: the endpoint does not "
                     "know this call. Check AWS_ENDPOINT_URL and AWS_REGION.", _detail(exc))  # fmt: skip
    return _unanswered(exc)


def creation_failure(reason: str) -> Fault:
    """The fault for a FailureReason of Organizations' CreateAccountStatus."""
    return _from_reason(tables.CREATION, reason, "AWS could not create the account and gave the reason {reason}. "
                        "Look the reason up in the AWS documentation, then retry.")  # fmt: skip


def instance_failure(reason: str, *, young_account: bool = False) -> Fault:
    """The fault for the StatusReason of one stack instance that a stack-set operation could not deploy.

    The reason is free text of CloudFormation; only what is known to pass by itself is retried.
    """
    if re.search(r"Rate exceeded|Throttl|TooManyRequests|RequestLimitExceeded", reason):
        return Fault(Kind.TRANSIENT, "Throttling", tables.THROTTLED_SENTENCE, reason, throttled=True)
    if re.search(r"OptInRequired|SubscriptionRequired|not signed up|needs a subscription", reason):
        return Fault(Kind.NOT_YET, "OptInRequired", tables.CODES["OptInRequired"][1], reason)
    if young_account and re.search(r"AccessDenied|not authorized|should have .* role|InvalidClientTokenId", reason):
        return Fault(Kind.NOT_YET, "AccessDenied", tables.YOUNG_SENTENCE, reason)
    if re.search(r"Internal ?(Failure|Error)|ServiceUnavailable", reason):
        return Fault(Kind.TRANSIENT, "InternalFailure", tables.CODES["InternalFailure"][1], reason)
    return Fault(Kind.PERMANENT, "StackInstanceFailed", "CloudFormation could not deploy the stack set into this "
                 "account. Correct the cause given in the details, then retry.", reason)  # fmt: skip


def _answered(exc: ClientError, young_account: bool) -> Fault:
    code = _code(exc)
    meta = exc.response.get("ResponseMetadata", {})
    request_id = meta.get("RequestId", "")
    status = int(meta.get("HTTPStatusCode", 400))
    detail = _detail(exc)
    if code == "ConstraintViolationException":
        return _constraint(exc, detail, request_id)
    if code in tables.THROTTLED:
        if code == "TooManyRequestsException" and exc.operation_name in tables.CONCURRENCY_OPERATIONS:
            return Fault(Kind.LIMIT, code, tables.CONCURRENCY_SENTENCE, detail, request_id, throttled=True)
        return Fault(Kind.TRANSIENT, code, tables.THROTTLED_SENTENCE, detail, request_id, throttled=True)
    if young_account and (code in tables.YOUNG or _principal_not_yet_known(code, detail)):
        return Fault(Kind.NOT_YET, code, tables.YOUNG_SENTENCE, detail, request_id)
    row = tables.CODES.get(code)
    if row is None and (status >= 500 or code.isdigit() and int(code) >= 500):
        row = tables.CODES["InternalError"]
    if row is None:
        row = (Kind.PERMANENT, f"AWS refused the call {exc.operation_name} with {code}. "
               "See the details, correct the cause, then retry.")  # fmt: skip
    kind, sentence = row
    return Fault(kind, code, sentence, detail, request_id, retry_after=tables.RETRY_AFTER.get(code))


def _constraint(exc: ClientError, detail: str, request_id: str) -> Fault:
    # The reason is a modelled field of the error; some endpoints give it in the message only.
    reason = str(exc.response.get("Reason", ""))
    if not reason:
        named = re.search(r"\b[A-Z]+(?:_[A-Z]+)+\b", detail)
        reason = named.group() if named else "ConstraintViolationException"
    fault = _from_reason(tables.CONSTRAINTS, reason, "AWS Organizations refused this with the reason {reason}. "
                         "Look the reason up in the AWS documentation, then retry.")  # fmt: skip
    fault.detail, fault.request_id = detail, request_id
    return fault


def _unanswered(exc: BaseException) -> Fault:
    """Errors of botocore for calls that AWS did not answer, or that were never sent."""
    code, detail = type(exc).__name__, _detail(exc)
    if isinstance(exc, NoCredentialsError | PartialCredentialsError | CredentialRetrievalError):
        return Fault(Kind.PERMANENT, code, "The portal has no usable AWS credentials. "
                     "Check the role or the keys it runs with.", detail)  # fmt: skip
    if isinstance(exc, NoRegionError | UnknownRegionError):
        return Fault(Kind.PERMANENT, code, "No valid AWS region is set. Set AWS_REGION.", detail)
    if isinstance(exc, ParamValidationError):
        detail = re.sub(r"value: [^,\n]*", "value: (hidden)", detail)
        return Fault(Kind.PERMANENT, code, "A value has a form that AWS does not accept, so the call was not sent. "
                     "Correct the request, then retry.", detail)  # fmt: skip
    if isinstance(exc, SSLError):
        return Fault(Kind.PERMANENT, code, "The certificate of the AWS endpoint was not accepted. "
                     "Check the proxy and the trusted certificates.", detail)  # fmt: skip
    if isinstance(exc, ProxyConnectionError):
        return Fault(Kind.TRANSIENT, code, "The proxy on the way to AWS did not answer. The portal tries again.", detail)
    if isinstance(exc, ConnectionError | HTTPClientError):
        return Fault(Kind.TRANSIENT, code, "The connection to AWS was lost, so the outcome is unknown. "
                     "The portal looks again before it acts.", detail)  # fmt: skip
    if isinstance(exc, BotoCoreError):
        return Fault(Kind.PERMANENT, code, "The AWS library refused the call. See the details.", detail)
    return Fault(Kind.PERMANENT, code, "An unexpected error stopped this step. See the details.", detail)


def _from_reason(table: dict[str, tables.Row], reason: str, otherwise: str) -> Fault:
    kind, sentence = table.get(reason) or (Kind.PERMANENT, otherwise.format(reason=reason))
    return Fault(kind, reason, sentence, retry_after=tables.RETRY_AFTER.get(reason))


def _principal_not_yet_known(code: str, detail: str) -> bool:
    # IAM calls a policy malformed while a principal that was made a second ago is not known everywhere.
    return code.startswith("MalformedPolicyDocument") and "rincipal" in detail


def _code(exc: ClientError) -> str:
    return str(exc.response.get("Error", {}).get("Code", "Unknown"))


def _detail(exc: BaseException) -> str:
    return str(exc)[:_DETAIL_LENGTH]
