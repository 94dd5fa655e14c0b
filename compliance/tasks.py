"""What django-q2 calls."""

from compliance import services


def check(account_id: int) -> None:
    services.check_account(account_id=account_id)
