"""Reads of compliance."""

from django.db.models import Count, QuerySet

from compliance.choices import FindingStatus
from compliance.models import Finding
from vending.models import Account


def deviations() -> QuerySet[Finding]:
    """What deviates now, the longest first."""
    return Finding.objects.filter(status=FindingStatus.DEVIATES).select_related("account").order_by("since")


def counts() -> dict[str, int]:
    """How many findings there are of each status."""
    rows = Finding.objects.order_by().values("status").annotate(number=Count("pk"))
    return {row["status"]: row["number"] for row in rows}


def findings_of(account: Account) -> QuerySet[Finding]:
    """What was last found in one account."""
    return Finding.objects.filter(account=account).order_by("control")
