"""The account a run made, written down."""

from django.db import transaction

from audit.services import Actor, record_event
from taskqueue import clock
from vending.choices import AccountOrigin
from vending.models import Account, Run


@transaction.atomic
def record_account(*, run: Run, account_id: str) -> Account:
    """Write down the account AWS made for this run; again changes nothing.

    Raises django.db.IntegrityError if the account belongs to another request: that must never pass.
    """
    request = run.request
    account, created = Account.objects.get_or_create(
        account_id=account_id,
        defaults={
            "name": request.account_name,
            "email": request.email,
            "origin": AccountOrigin.VENDED,
            "request": request,
            "organizational_unit": request.organizational_unit,
            "environment": request.environment,
            "cost_center": request.cost_center,
            "owner": request.owner,
            "created_at": clock.now(),
        },
    )
    if not created and account.request_id != request.pk:
        account.request = request
        account.save(update_fields=["request"])
    Run.objects.filter(pk=run.pk).update(account=account)
    run.account = account
    if created:
        record_event(
            actor=Actor.system("engine"),
            action="account.created",
            summary=f"AWS account {account_id} was created for {request.account_name}.",
            target_kind="account",
            target_id=account.pk,
            ticket=request.ticket,
            run_id=run.pk,
            account_id=account_id,
        )
    return account
