"""AWS Support: cases with AWS, in the management account. Needs a support plan; lives in us-east-1. Untyped.

The support plan of a member cannot be set by an API: a case asks AWS to add the account to the plan.
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from vending.aws.errors import has_code
from vending.aws.session import Clients

REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Case:
    """A case with AWS Support."""

    id: str
    subject: str
    status: str  # opened, pending-customer-action, reopened, unassigned, work-in-progress, resolved


def _client(clients: Clients, *, attempts: int = 3) -> Any:
    return clients.management("support", REGION, attempts=attempts)


def available(clients: Clients) -> bool:
    """DescribeCases: whether the organization's plan allows cases by API."""
    try:
        _client(clients).describe_cases(maxResults=10)
    except ClientError as exc:
        if has_code(exc, "SubscriptionRequiredException"):
            return False
        raise
    return True


def cases_about(clients: Clients, text: str) -> list[Case]:
    """DescribeCases, resolved ones too: those with the text in their subject, the newest first.

    AWS keeps cases for two years. CreateCase has no token, so put the account's id into the subject and look
    before you create. Raises SubscriptionRequiredException without a plan that allows it.
    """
    pages = (
        _client(clients)
        .get_paginator("describe_cases")
        .paginate(includeResolvedCases=True, includeCommunications=False)
    )
    found = [case for page in pages for case in page["cases"] if text in case["subject"]]
    found.sort(key=lambda case: case.get("timeCreated", ""), reverse=True)
    return [Case(case["caseId"], case["subject"], case.get("status", "")) for case in found]


def create_case(
    clients: Clients,
    *,
    subject: str,
    body: str,
    service: str = "account-management",
    category: str = "other-account-issues",
    severity: str = "low",
    emails: tuple[str, ...] = (),
) -> str:
    """CreateCase, sent once and never resent; its id. Raises CaseCreationLimitExceeded."""
    answer = _client(clients, attempts=1).create_case(
        subject=subject,
        communicationBody=body,
        serviceCode=service,
        categoryCode=category,
        severityCode=severity,
        ccEmailAddresses=list(emails),
        issueType="customer-service",
        language="en",
    )
    return str(answer["caseId"])
