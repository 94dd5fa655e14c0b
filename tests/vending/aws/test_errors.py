import pickle

import botocore.session
import pytest
from botocore import exceptions
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from vending.aws import error_tables as tables
from vending.aws.errors import Fault, Kind, classify, creation_failure, has_code, instance_failure


def enum_of(shape):
    return botocore.session.get_session().get_service_model("organizations").shape_for(shape).enum


def refused(code, *, operation="DescribeAccount", status=400, message="Something.", **extra):
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"RequestId": "r-1", "HTTPStatusCode": status},
            **extra,
        },
        operation,
    )


@pytest.mark.parametrize("reason", enum_of("CreateAccountFailureReason"))
def test_every_reason_for_a_failed_creation_has_its_own_sentence(reason):
    fault = creation_failure(reason)
    assert fault.code == reason
    assert reason in tables.CREATION
    sentences = [sentence for _, sentence in tables.CREATION.values()]
    assert sentences.count(fault.sentence) == 1
    assert reason not in fault.sentence


def test_only_what_passes_by_itself_is_tried_again_after_a_failed_creation():
    kinds = {reason: creation_failure(reason).kind for reason in enum_of("CreateAccountFailureReason")}
    again = {reason: kind for reason, kind in kinds.items() if kind is not Kind.PERMANENT}
    assert again == {"CONCURRENT_ACCOUNT_MODIFICATION": Kind.LIMIT, "INTERNAL_FAILURE": Kind.TRANSIENT}


def test_a_reason_of_tomorrow_is_permanent_and_named():
    fault = creation_failure("MOON_PHASE_UNSUITABLE")
    assert fault.permanent
    assert "MOON_PHASE_UNSUITABLE" in fault.sentence


# of calls that the portal never makes: invitations, delegated administrators, billing transfers, marketplaces
NOT_OURS = {
    "HANDSHAKE_RATE_LIMIT_EXCEEDED", "MASTER_ACCOUNT_ADDRESS_DOES_NOT_MATCH_MARKETPLACE",
    "MASTER_ACCOUNT_NOT_GOVCLOUD_ENABLED", "CREATE_ORGANIZATION_IN_BILLING_MODE_UNSUPPORTED_REGION",
    "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED", "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
    "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE",
    "POLICY_TYPE_ENABLED_FOR_THIS_SERVICE", "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR",
    "ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED", "RESPONSIBILITY_TRANSFER_MAX_LEVEL_VIOLATION",
    "RESPONSIBILITY_TRANSFER_MAX_INBOUND_QUOTA_VIOLATION", "RESPONSIBILITY_TRANSFER_MAX_OUTBOUND_QUOTA_VIOLATION",
    "RESPONSIBILITY_TRANSFER_MAX_TRANSFERS_QUOTA_VIOLATION", "ACTIVE_RESPONSIBILITY_TRANSFER_PROCESS",
    "TRANSFER_RESPONSIBILITY_TARGET_DELETION_IN_PROGRESS", "TRANSFER_RESPONSIBILITY_SOURCE_DELETION_IN_PROGRESS",
    "UNSUPPORTED_PRICING", "UNMET_BILLING_PREREQUISITE", "ACCOUNT_NOT_ACTIVE_FOR_TRANSFER_RESPONSIBILITY",
    "TRANSFER_RESPONSIBILITY_UPDATE_NOT_ALLOWED",
}  # fmt: skip


@pytest.mark.parametrize("reason", enum_of("ConstraintViolationExceptionReason"))
def test_a_constraint_that_aws_adds_is_noticed(reason):
    """A reason that is in neither list is new in botocore: decide its kind and write its sentence."""
    assert (reason in tables.CONSTRAINTS) != (reason in NOT_OURS)


def test_as_many_builds_as_codebuild_takes_are_waited_for():
    fault = classify(refused("AccountLimitExceededException", operation="StartBuild"))
    assert fault.kind is Kind.LIMIT
    assert "CodeBuild" in fault.sentence


@pytest.mark.parametrize("reason", enum_of("ConstraintViolationExceptionReason"))
def test_every_constraint_gets_a_sentence_from_the_reason_field(reason):
    fault = classify(refused("ConstraintViolationException", operation="CreateAccount", Reason=reason))
    assert fault.code == reason
    assert fault.request_id == "r-1"
    assert reason in tables.CONSTRAINTS or reason in fault.sentence


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("ACCOUNT_NUMBER_LIMIT_EXCEEDED", Kind.PERMANENT),
        ("ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED", Kind.LIMIT),
        ("CLOSE_ACCOUNT_QUOTA_EXCEEDED", Kind.PERMANENT),
        ("CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED", Kind.LIMIT),
        ("WAIT_PERIOD_ACTIVE", Kind.PERMANENT),
        ("TAG_POLICY_VIOLATION", Kind.PERMANENT),
        ("ACCOUNT_CREATION_NOT_COMPLETE", Kind.NOT_YET),
    ],
)
def test_constraints_that_pass_are_told_from_those_for_a_person(reason, kind):
    message = f"{reason}: You have reached a limit."
    assert classify(refused("ConstraintViolationException", message=message)).kind is kind


@pytest.mark.parametrize(
    ("code", "status", "kind", "throttled"),
    [
        ("ThrottlingException", 400, Kind.TRANSIENT, True),
        ("RequestLimitExceeded", 503, Kind.TRANSIENT, True),
        ("TooManyRequestsException", 400, Kind.TRANSIENT, True),
        ("ServiceException", 500, Kind.TRANSIENT, False),
        ("FinalizingOrganizationException", 400, Kind.TRANSIENT, False),
        ("ExpiredTokenException", 400, Kind.TRANSIENT, False),
        ("OperationInProgressException", 409, Kind.LIMIT, False),
        ("ConcurrentModificationException", 400, Kind.LIMIT, False),
        ("PolicyChangesInProgressException", 400, Kind.LIMIT, False),
        ("OptInRequired", 403, Kind.NOT_YET, False),
        ("SubscriptionRequiredException", 400, Kind.NOT_YET, False),
        ("AccessDenied", 403, Kind.PERMANENT, False),
        ("StackSetNotFoundException", 404, Kind.PERMANENT, False),
        ("DuplicateAccountException", 400, Kind.TRANSIENT, False),
        ("500", 500, Kind.TRANSIENT, False),
        ("NotImplemented", 501, Kind.PERMANENT, False),
    ],
)
def test_an_answer_of_aws_is_classified_by_its_code(code, status, kind, throttled):
    fault = classify(refused(code, status=status))
    assert (fault.kind, fault.code, fault.throttled) == (kind, code, throttled)
    assert fault.detail


@pytest.mark.parametrize("code", sorted(tables.CODES))
def test_every_code_has_a_sentence_that_says_what_to_do_or_what_the_portal_does(code):
    sentence = classify(refused(code)).sentence
    assert sentence.endswith(".")
    assert sentence.count(". ") >= 1 or "portal" in sentence


def test_too_many_requests_is_a_full_gate_for_a_creation_and_a_throttle_for_a_read():
    assert classify(refused("TooManyRequestsException", operation="CreateAccount")).kind is Kind.LIMIT
    assert classify(refused("TooManyRequestsException", operation="ListAccounts")).kind is Kind.TRANSIENT


@pytest.mark.parametrize("code", sorted(tables.YOUNG))
def test_a_young_account_is_waited_for(code):
    assert classify(refused(code, status=403), young_account=True).kind is Kind.NOT_YET


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidClientTokenId", "NoSuchEntity"])
def test_the_same_answer_from_a_grown_account_is_for_a_person(code):
    assert classify(refused(code, status=403)).kind is Kind.PERMANENT


def test_a_principal_not_yet_known_everywhere_is_waited_for_and_a_wrong_policy_is_not():
    young = refused("MalformedPolicyDocument", message="Invalid principal in policy: arn:aws:iam::1:role/a")
    wrong = refused("MalformedPolicyDocument", message="Syntax errors in policy.")
    assert classify(young, young_account=True).kind is Kind.NOT_YET
    assert classify(wrong, young_account=True).kind is Kind.PERMANENT


def test_an_unknown_code_is_permanent_and_named_unless_the_server_failed():
    assert "Teapot" in classify(refused("Teapot", status=418)).sentence
    assert classify(refused("Teapot", status=418)).kind is Kind.PERMANENT
    assert classify(refused("Teapot", status=503)).kind is Kind.TRANSIENT


@pytest.mark.parametrize(
    ("exc", "kind"),
    [
        (exceptions.ConnectionClosedError(endpoint_url="u"), Kind.TRANSIENT),
        (exceptions.EndpointConnectionError(endpoint_url="u"), Kind.TRANSIENT),
        (exceptions.ReadTimeoutError(endpoint_url="u"), Kind.TRANSIENT),
        (exceptions.ConnectTimeoutError(endpoint_url="u"), Kind.TRANSIENT),
        (exceptions.ResponseStreamingError(error="e"), Kind.TRANSIENT),
        (exceptions.ProxyConnectionError(proxy_url="u"), Kind.TRANSIENT),
        (exceptions.SSLError(endpoint_url="u", error="e"), Kind.PERMANENT),
        (exceptions.NoCredentialsError(), Kind.PERMANENT),
        (exceptions.NoRegionError(), Kind.PERMANENT),
        (exceptions.ParamValidationError(report="r"), Kind.PERMANENT),
        (ResponseParserError("not xml"), Kind.PERMANENT),
        (ZeroDivisionError("x"), Kind.PERMANENT),
    ],
)
def test_a_call_without_an_answer_is_classified_by_its_exception(exc, kind):
    fault = classify(exc)
    assert (fault.kind, fault.code) == (kind, type(exc).__name__)


def test_values_of_a_refused_parameter_are_hidden():
    report = "Invalid type for parameter Password, value: hunter2, type: <class 'int'>"
    assert "hunter2" not in classify(exceptions.ParamValidationError(report=report)).detail


def test_an_interrupt_is_no_fault():
    with pytest.raises(KeyboardInterrupt):
        classify(KeyboardInterrupt())


def test_a_fault_stays_itself_and_survives_the_queue():
    fault = Fault(Kind.LIMIT, "Busy", "Wait.", "detail", "r-1", True, 60)
    copy = pickle.loads(pickle.dumps(fault))
    assert classify(fault) is fault
    assert str(copy) == "Wait."
    assert vars(copy) == vars(fault)


def test_a_wait_longer_than_a_back_off_is_told():
    assert classify(refused("FinalizingOrganizationException")).retry_after == 300
    assert classify(refused("ThrottlingException")).retry_after is None


@pytest.mark.parametrize(
    ("reason", "young", "kind"),
    [
        ("Rate exceeded (Service: Iam, Status Code: 400)", False, Kind.TRANSIENT),
        ("OptInRequired: You are not subscribed to this service", False, Kind.NOT_YET),
        ("Account 1 should have 'Execution' role with trust relationship", True, Kind.NOT_YET),
        ("Account 1 should have 'Execution' role with trust relationship", False, Kind.PERMANENT),
        ("ResourceLogicalId:Bucket, ResourceStatusReason: already exists", True, Kind.PERMANENT),
    ],
)
def test_the_reason_of_a_failed_stack_instance_is_classified(reason, young, kind):
    fault = instance_failure(reason, young_account=young)
    assert fault.kind is kind
    assert fault.detail == reason


def test_a_code_is_recognised_among_several():
    assert has_code(refused("AccountNotFoundException"), "Other", "AccountNotFoundException")
    assert not has_code(refused("AccountNotFoundException"), "Other")
