"""The one place that says what an AWS error means: try again, wait, queue, or ask a person."""

import re
from dataclasses import dataclass

from botocore.exceptions import ClientError, ParamValidationError

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
            self.kind,
            self.code,
            self.sentence,
            self.detail,
            self.request_id,
            self.throttled,
            self.retry_after,
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
    detail = _detail(exc)
    if isinstance(exc, ParamValidationError):
        detail = re.sub(r"value: [^,\n]*", "value: (hidden)", detail)
    for types, (kind, sentence) in tables.UNANSWERED:
        if isinstance(exc, types):
            return Fault(kind, type(exc).__name__, sentence, detail)
    raise exc  # KeyboardInterrupt and SystemExit are no faults


def creation_failure(reason: str) -> Fault:
    """The fault for a FailureReason of Organizations' CreateAccountStatus."""
    return _from_reason(tables.CREATION, reason)


def instance_failure(reason: str, *, young_account: bool = False) -> Fault:
    """The fault for the StatusReason of one stack instance that a stack-set operation could not deploy.

    The reason is free text of CloudFormation: only what is known to pass by itself is tried again.
    """
    detail = reason[:_DETAIL_LENGTH]
    for pattern, code, (kind, sentence) in tables.INSTANCE:
        if re.search(pattern, reason):
            return Fault(kind, code, sentence, detail, throttled=code == "Throttling")
    if young_account and re.search(tables.INSTANCE_YOUNG, reason):
        return Fault(Kind.NOT_YET, "AccessDenied", tables.YOUNG_SENTENCE, detail)
    kind, sentence = tables.INSTANCE_FAILED
    return Fault(kind, "StackInstanceFailed", sentence, detail)


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
    if row is None and (status >= 500 or code.startswith("5")):
        row = tables.SERVER_ERROR
    if row is None:
        row = (Kind.PERMANENT, tables.UNKNOWN_CODE.format(operation=exc.operation_name, code=code))
    kind, sentence = row
    return Fault(kind, code, sentence, detail, request_id, retry_after=tables.RETRY_AFTER.get(code))


def _constraint(exc: ClientError, detail: str, request_id: str) -> Fault:
    # The reason is a modelled field of the error; some endpoints give it in the message only.
    reason = str(exc.response.get("Reason", ""))
    if not reason:
        named = re.search(r"\b[A-Z]+(?:_[A-Z]+)+\b", detail)
        reason = named.group() if named else "ConstraintViolationException"
    fault = _from_reason(tables.CONSTRAINTS, reason)
    fault.detail, fault.request_id = detail, request_id
    return fault


def _from_reason(table: dict[str, tables.Row], reason: str) -> Fault:
    kind, sentence = table.get(reason) or (Kind.PERMANENT, tables.UNKNOWN_REASON.format(reason=reason))
    return Fault(kind, reason, sentence, retry_after=tables.RETRY_AFTER.get(reason))


def _principal_not_yet_known(code: str, detail: str) -> bool:
    # IAM calls a policy malformed while a principal that was made a second ago is not known everywhere.
    return code.startswith("MalformedPolicyDocument") and "rincipal" in detail


def _code(exc: ClientError) -> str:
    return str(exc.response.get("Error", {}).get("Code", "Unknown"))


def _detail(exc: BaseException) -> str:
    return str(exc)[:_DETAIL_LENGTH]
