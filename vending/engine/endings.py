"""What the end of a run means for the request and the account, by recipe.

Only a vending is the ticket's affair. The others belong to the account: they leave the request's state as it is.
"""

from datetime import datetime

from vending.choices import AccountState, RecipeName, RequestStatus
from vending.models import AccountRequest, Run


def settle(run: Run, moment: datetime) -> str:
    """Write down what the run achieved; returns the sentence of its event."""
    account = run.account
    if run.recipe == RecipeName.VEND:
        AccountRequest.objects.filter(pk=run.request_id).update(status=RequestStatus.READY, changed_at=moment)
        if account is not None:
            account.ready_at = moment
            account.save(update_fields=["ready_at"])
            return f"Account {account.account_id} is ready."
    elif account is not None and run.recipe == RecipeName.REPAIR:
        return f"Account {account.account_id} is repaired."
    elif account is not None and run.recipe == RecipeName.CHANGE:
        return f"Account {account.account_id} is as it is wanted now."
    elif account is not None:
        account.state = AccountState.SUSPENDED  # what AWS calls it for 90 days, until it is gone for good
        account.save(update_fields=["state"])
        return f"Account {account.account_id} is closed. AWS can reopen it for 90 days."
    return "The run is complete."
