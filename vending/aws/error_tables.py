"""What AWS error codes and failure reasons mean, as literal tables; vending.aws.errors looks them up.

Sources: the error shapes of botocore's service models and the AWS API references of Organizations,
CloudFormation, STS, IAM and Account Management. A row is (kind, sentence).
"""

# ruff: noqa: E501 - a table is read row by row
# fmt: off

from enum import StrEnum

from botocore.exceptions import (
    BotoCoreError,
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


class Kind(StrEnum):
    """What the engine does about an error."""

    TRANSIENT = "transient"  # throttled, 5xx, connection lost: back off, look again
    NOT_YET = "not_yet"  # a young account is not consistent or not ready: wait, look again
    LIMIT = "limit"  # another operation is in progress: queue at the gate
    PERMANENT = "permanent"  # a person must act


Row = tuple[Kind, str]
T, N, L, P = Kind.TRANSIENT, Kind.NOT_YET, Kind.LIMIT, Kind.PERMANENT

THROTTLED = frozenset({
    "BandwidthLimitExceeded", "EC2ThrottledException", "ProvisionedThroughputExceededException",
    "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "Throttling",
    "ThrottledException", "ThrottlingException", "TooManyRequestsException", "PriorRequestNotComplete",
})
THROTTLED_SENTENCE = "AWS asked us to slow down. The portal tries again by itself."

# Organizations says TooManyRequests also for "another request is already in progress"; for these operations
# it means a full gate rather than a fast caller.
CONCURRENCY_OPERATIONS = frozenset({"CreateAccount", "CloseAccount", "EnableRegion", "DisableRegion"})
CONCURRENCY_SENTENCE = "AWS is still working on as many requests of this sort as it allows at once. The portal waits for its turn."

_EXISTS = "AWS says that this exists already. The portal looks again and adopts what is there."
_BUSY = "Another change is in progress in AWS. The portal waits for it to finish and tries again."
_SERVER = "AWS had an internal problem. The portal tries again by itself."
_DENIED = (
    "AWS refused this call for lack of permission. "
    "Check the portal's role and the service control policies on this account, then retry."
)
_CREDENTIALS = "AWS did not accept the portal's credentials. Check the role the portal runs as, then retry."
_EXPIRED = "The portal's AWS session had expired. It takes a new one and tries again."
_UNKNOWN_CALL = "The AWS endpoint does not know this call. Check AWS_ENDPOINT_URL and AWS_REGION, then retry."
_ACTIVATING = (
    "AWS is still activating this account or region for the service. The portal waits and tries again."
)

CODES: dict[str, Row] = {
    # transient
    "ExpiredToken": (T, _EXPIRED),
    "ExpiredTokenException": (T, _EXPIRED),
    "RequestExpired": (T, _EXPIRED),
    "RequestTimeout": (T, _SERVER),
    "RequestTimeoutException": (T, _SERVER),
    "InternalError": (T, _SERVER),
    "InternalFailure": (T, _SERVER),
    "InternalServerError": (T, _SERVER),
    "InternalServerException": (T, _SERVER),
    "InternalServiceException": (T, _SERVER),
    "ServiceException": (T, _SERVER),
    "ServiceFailure": (T, _SERVER),
    "ServiceFailureException": (T, _SERVER),
    "ServiceUnavailable": (T, _SERVER),
    "ServiceUnavailableException": (T, _SERVER),
    "Unavailable": (T, _SERVER),
    "FinalizingOrganizationException": (T, "AWS is still finishing the set-up of the organization, which can last an hour. The portal waits and tries again."),
    # "exists already" is evidence: the next look finds it
    "AlreadyExistsException": (T, _EXISTS),
    "DuplicateAccountException": (T, _EXISTS),
    "DuplicateOrganizationalUnitException": (T, _EXISTS),
    "DuplicatePolicyAttachmentException": (T, _EXISTS),
    "DuplicatePolicyException": (T, _EXISTS),
    "DuplicateRecordException": (T, _EXISTS),
    "EntityAlreadyExists": (T, _EXISTS),
    "NameAlreadyExistsException": (T, _EXISTS),
    "OperationIdAlreadyExistsException": (T, "AWS already has this operation from an earlier attempt. The portal reads its outcome."),
    "PolicyTypeAlreadyEnabledException": (T, _EXISTS),
    "ResourceAlreadyExistsException": (T, _EXISTS),
    "ResourceConflictException": (T, _EXISTS),
    # not yet
    "OptInRequired": (N, _ACTIVATING),
    "SubscriptionRequired": (N, _ACTIVATING),
    "SubscriptionRequiredException": (N, _ACTIVATING),
    "PendingVerification": (N, _ACTIVATING),
    "AccountNotYetActive": (N, _ACTIVATING),
    "ResourceUnavailableException": (N, _ACTIVATING),
    # another operation in progress
    "ConcurrentModification": (L, _BUSY),
    "ConcurrentModificationException": (L, _BUSY),
    "ConcurrentResourcesLimitExceeded": (L, _BUSY),
    "ConflictException": (L, _BUSY),
    "EntityTemporarilyUnmodifiable": (L, _BUSY),
    "OperationInProgressException": (L, _BUSY),
    "OrganizationPolicyChangesInProgress": (L, _BUSY),
    "PolicyChangesInProgressException": (L, _BUSY),
    "ResourceInUseException": (L, _BUSY),
    "StaleRequestException": (L, _BUSY),
    "AccountLimitExceededException": (L, "CodeBuild runs as many builds as this account may run at once. The portal waits for its turn."),
    # a person must act
    "AccessDenied": (P, _DENIED),
    "AccessDeniedException": (P, _DENIED),
    "AccessDeniedForDependencyException": (P, _DENIED),
    "UnauthorizedOperation": (P, _DENIED),
    "UnauthorizedException": (P, _DENIED),
    "AuthFailure": (P, _CREDENTIALS),
    "InvalidClientTokenId": (P, _CREDENTIALS),
    "InvalidSignatureException": (P, _CREDENTIALS),
    "SignatureDoesNotMatch": (P, _CREDENTIALS),
    "UnrecognizedClientException": (P, _CREDENTIALS),
    "RegionDisabledException": (P, "AWS STS is switched off in this region. Activate it in the account's settings, then retry."),
    "AWSOrganizationsNotInUseException": (P, "The portal's AWS account belongs to no organization. Point AWS_MANAGEMENT_ROLE_ARN at the management account."),
    "UnsupportedAPIEndpointException": (P, "AWS does not offer this call in the portal's region. Check AWS_REGION."),
    "AccountNotFoundException": (P, "AWS knows no such account in this organization. It may have been closed or removed."),
    "AccountAlreadyClosedException": (P, "The account is closed already. Nothing more can be done to it."),
    "ChildNotFoundException": (P, "The account or organizational unit is not in this organization any more. Cancel the run, or bring it back and retry."),
    "TargetNotFoundException": (P, "The account or organizational unit is not in this organization any more. Cancel the run, or bring it back and retry."),
    "ParentNotFoundException": (P, "The organizational unit does not exist. Check the parameter with the organizational units."),
    "DestinationParentNotFoundException": (P, "The organizational unit the account should move to does not exist. Check the parameter with the organizational units."),
    "SourceParentNotFoundException": (T, "The account has moved meanwhile. The portal looks again."),
    "OrganizationalUnitNotFoundException": (P, "The organizational unit does not exist. Check the parameter with the organizational units."),
    "CreateAccountStatusNotFoundException": (P, "AWS does not know this creation request any more. Check in AWS Organizations whether the account exists."),
    "PolicyNotFoundException": (P, "The policy does not exist in this organization. Check the policy's id."),
    "PolicyNotAttachedException": (T, "The policy is not attached any more. The portal looks again."),
    "PolicyTypeNotEnabledException": (P, "This type of policy is not enabled in the organization. Enable it on the root, then retry."),
    "StackSetNotFoundException": (P, "The stack set does not exist. Create it, or correct its name in the stack-set parameters."),
    "StackInstanceNotFoundException": (T, "The stack instance is gone. The portal looks again."),
    "OperationNotFoundException": (T, "AWS does not know this stack-set operation yet. The portal looks again."),
    "InvalidOperationException": (P, "AWS does not allow this operation in the present state. See the details, correct the cause, then retry."),
    "InvalidAction": (P, _UNKNOWN_CALL),
    "NotImplemented": (P, _UNKNOWN_CALL),
    "UnknownOperationException": (P, _UNKNOWN_CALL),
    "LimitExceeded": (P, "A quota of this AWS account is used up. Ask AWS for a higher one, then retry."),
    "LimitExceededException": (P, "A quota of this AWS account is used up. Ask AWS for a higher one, then retry."),
    "ServiceQuotaExceededException": (P, "A quota of this AWS account is used up. Ask AWS for a higher one, then retry."),
    "MalformedPolicyDocument": (P, "AWS refused a policy document as malformed. Correct the policy in the portal's settings, then retry."),
    "DeleteConflict": (P, "AWS refused to delete something that is still in use. See the details for what uses it."),
    "NoSuchEntity": (P, "Something this step builds on is missing in the account. See the details, restore it, then retry."),
    "InvalidInputException": (P, "AWS refused a value as invalid. Correct the request, then retry."),
    "InvalidParameterValue": (P, "AWS refused a value as invalid. Correct the request, then retry."),
    "ValidationError": (P, "AWS refused a value as invalid. Correct the request, then retry."),
    "ValidationException": (P, "AWS refused a value as invalid. Correct the request, then retry."),
    "ParameterNotFound": (P, "A parameter in the SSM Parameter Store is missing. Create it as the manual says, then retry."),
}

# In its first minutes an account answers these although nothing is wrong: wait instead of failing.
YOUNG = frozenset({
    "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthFailure", "InvalidClientTokenId",
    "UnrecognizedClientException", "NoSuchEntity", "AccountNotFoundException", "ChildNotFoundException",
    "TargetNotFoundException", "InvalidAccessException", "RegionDisabledException",
})
YOUNG_SENTENCE = "AWS is still preparing the new account. The portal waits and tries again."

# CreateAccountStatus.FailureReason
CREATION: dict[str, Row] = {
    "ACCOUNT_LIMIT_EXCEEDED": (P, "The organization has as many accounts as AWS allows. Ask AWS Support for a higher quota, then retry."),
    "EMAIL_ALREADY_EXISTS": (P, "Another AWS account already uses this e-mail address, perhaps a closed one. Choose another address, then retry."),
    "INVALID_ADDRESS": (P, "The postal address of the management account is not valid. Correct it in the billing console, then retry."),
    "INVALID_EMAIL": (P, "AWS does not accept this e-mail address. Correct it in the request, then retry."),
    "CONCURRENT_ACCOUNT_MODIFICATION": (L, "AWS was changing other accounts at the same time and gave this one up. The portal tries again."),
    "INTERNAL_FAILURE": (T, "AWS had an internal problem while it created the account. The portal tries again."),
    "GOVCLOUD_ACCOUNT_ALREADY_EXISTS": (P, "An account of the same name exists in the AWS GovCloud partition. Use that one, or choose another name."),
    "MISSING_BUSINESS_VALIDATION": (P, "AWS has not validated the company behind the management account. Start the validation with AWS, then retry."),
    "FAILED_BUSINESS_VALIDATION": (P, "AWS could not validate the company behind the management account. Settle it with AWS Support, then retry."),
    "PENDING_BUSINESS_VALIDATION": (P, "AWS is still validating the company behind the management account. Retry when the validation is done."),
    "UNKNOWN_BUSINESS_VALIDATION": (P, "AWS reports a problem with the validation of the company and does not say which. Ask AWS Support, then retry."),
    "INVALID_IDENTITY_FOR_BUSINESS_VALIDATION": (P, "AWS does not accept the identity given for the company's validation. Correct it with AWS, then retry."),
    "MISSING_PAYMENT_INSTRUMENT": (P, "The management account has no payment method. Add one in the billing console, then retry."),
    "INVALID_PAYMENT_INSTRUMENT": (P, "The management account's payment method is not valid. Correct it in the billing console, then retry."),
    "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED": (P, "The organization's resource policy cannot be extended by tags. Review that policy, then retry."),
}

# ConstraintViolationException.Reason; those that vending can meet. Others are named in the sentence.
CONSTRAINTS: dict[str, Row] = {
    "ACCOUNT_NUMBER_LIMIT_EXCEEDED": CREATION["ACCOUNT_LIMIT_EXCEEDED"],
    "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED": (L, "AWS allows no more new accounts today. The portal waits and goes on when AWS allows it again."),
    "ACCOUNT_CREATION_NOT_COMPLETE": (N, YOUNG_SENTENCE),
    "CLOSE_ACCOUNT_QUOTA_EXCEEDED": (P, "AWS allows no more closures within 30 days. Retry later, or ask AWS Support for a higher quota."),
    "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED": (L, "AWS closes only a few accounts at once. The portal waits for its turn."),
    "CANNOT_CLOSE_MANAGEMENT_ACCOUNT": (P, "This is the management account, which cannot be closed. Correct the request."),
    "WAIT_PERIOD_ACTIVE": (P, "AWS keeps a waiting period of some days for this change. Retry when it is over."),
    "TAG_POLICY_VIOLATION": (P, "A tag of the request breaks the organization's tag policy. Correct the tag or the policy, then retry."),
    "MAX_TAG_LIMIT_EXCEEDED": (P, "An account can have 50 tags at most. Remove some, then retry."),
    "OU_NUMBER_LIMIT_EXCEEDED": (P, "The organization has as many organizational units as AWS allows. Remove unused ones."),
    "OU_DEPTH_LIMIT_EXCEEDED": (P, "Organizational units can be nested five deep at most. Choose one higher up."),
    "POLICY_NUMBER_LIMIT_EXCEEDED": (P, "The organization has as many policies as AWS allows. Remove unused ones."),
    "POLICY_CONTENT_LIMIT_EXCEEDED": (P, "The policy is longer than AWS allows. Shorten it, then retry."),
    "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED": (P, "The account or organizational unit has as many policies attached as AWS allows. Detach one, then retry."),
    "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED": (P, "One policy must stay attached. Attach the new one before this one is detached."),
    "ACCOUNT_CANNOT_LEAVE_ORGANIZATION": (P, "This account may not leave the organization. See the details for why."),
    "ACCOUNT_CANNOT_LEAVE_WITHOUT_EULA": (P, "The account must accept the AWS customer agreement before it can leave the organization."),
    "ACCOUNT_CANNOT_LEAVE_WITHOUT_PHONE_VERIFICATION": (P, "The account must verify a telephone number before it can leave the organization."),
    "MASTER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED": CREATION["MISSING_PAYMENT_INSTRUMENT"],
    "INVALID_PAYMENT_INSTRUMENT": CREATION["INVALID_PAYMENT_INSTRUMENT"],
    "MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED": (P, "The account needs a payment method of its own. Add one, then retry."),
    "MASTER_ACCOUNT_MISSING_CONTACT_INFO": (P, "The management account's contact information is incomplete. Complete it in the account settings, then retry."),
    "MASTER_ACCOUNT_MISSING_BUSINESS_LICENSE": (P, "The management account has no business licence on file with AWS. Supply it, then retry."),
    "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE": (P, "The organization has consolidated billing only. Enable all features in AWS Organizations, then retry."),
    "SERVICE_ACCESS_NOT_ENABLED": (P, "Trusted access for this service is off in the organization. Enable it in AWS Organizations, then retry."),
    "EMAIL_VERIFICATION_CODE_EXPIRED": (P, "The one-time code has expired. Ask for a new one, then retry."),
}

# Where a table has no row.
UNKNOWN_CODE = "AWS refused the call {operation} with {code}. See the details, correct the cause, then retry."
UNKNOWN_REASON = "AWS refused this with the reason {reason}. Look the reason up in the AWS documentation, then retry."
SERVER_ERROR = CODES["InternalError"]

# What a stack instance could not deploy for, by what its free text holds; looked through in order.
INSTANCE: tuple[tuple[str, str, Row], ...] = (
    (r"Rate exceeded|Throttl|TooManyRequests|RequestLimitExceeded", "Throttling", (T, THROTTLED_SENTENCE)),
    (r"OptInRequired|SubscriptionRequired|not signed up|needs a subscription", "OptInRequired", (N, _ACTIVATING)),
    (r"Internal ?(Failure|Error)|ServiceUnavailable", "InternalFailure", SERVER_ERROR),
)
INSTANCE_YOUNG = r"AccessDenied|not authorized|should have .* role|InvalidClientTokenId"
INSTANCE_FAILED: Row = (P, "CloudFormation could not deploy the stack set into this account. Correct the cause given in the details, then retry.")

# Calls that AWS did not answer, or that were never sent; the first row that fits counts.
UNANSWERED: tuple[tuple[tuple[type[Exception], ...], Row], ...] = (
    ((ResponseParserError,), (P, "AWS's answer could not be read: the endpoint does not know this call. Check AWS_ENDPOINT_URL and AWS_REGION.")),
    ((NoCredentialsError, PartialCredentialsError, CredentialRetrievalError), (P, "The portal has no usable AWS credentials. Check the role or the keys it runs with.")),
    ((NoRegionError, UnknownRegionError), (P, "No valid AWS region is set. Set AWS_REGION.")),
    ((ParamValidationError,), (P, "A value has a form that AWS does not accept, so the call was not sent. Correct the request, then retry.")),
    ((SSLError,), (P, "The certificate of the AWS endpoint was not accepted. Check the proxy and the trusted certificates.")),
    ((ProxyConnectionError,), (T, "The proxy on the way to AWS did not answer. The portal tries again by itself.")),
    ((ConnectionError, HTTPClientError), (T, "The connection to AWS was lost, so the outcome is unknown. The portal looks again before it acts.")),
    ((BotoCoreError,), (P, "The AWS library refused the call. See the details, correct the cause, then retry.")),
    ((Exception,), (P, "An unexpected error stopped this step. See the details, correct the cause, then retry.")),
)

# How long to leave AWS alone, in seconds, where a usual back-off would only waste attempts.
RETRY_AFTER: dict[str, int] = {
    "FinalizingOrganizationException": 300,
    "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED": 3600,
}
