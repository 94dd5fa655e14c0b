"""Who took an evidence sheet of an account, and when: written down like everything else."""

from django.db import transaction

from audit.models import Event
from audit.services import Actor, record_event
from vending.models import Account


@transaction.atomic
def issue_evidence(*, account: Account, actor: Actor) -> Event:
    """Record that a person takes the sheet out of the house; the event's id is the sheet's number."""
    return record_event(
        actor=actor, action="evidence.issued", summary=f"An evidence sheet of {account} was printed.",
        target_kind="account", target_id=account.pk, account_id=account.account_id,
        ticket=account.request.ticket if account.request else "",
    )  # fmt: skip
