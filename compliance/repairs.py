"""Repair what deviates: the findings say which steps, vending does the rest."""

from audit.services import Actor
from compliance.choices import FindingStatus
from compliance.models import Finding
from vending.models import Account, Run
from vending.services import start_repair


def repair_account(*, account: Account, reason: str, actor: Actor) -> Run:
    """Start a run of the steps whose last look found a deviation. Raises vending.services.NotAllowed."""
    deviating = Finding.objects.filter(account=account, status=FindingStatus.DEVIATES).values_list("control", flat=True)
    return start_repair(account=account, steps=set(deviating), reason=reason, actor=actor)
