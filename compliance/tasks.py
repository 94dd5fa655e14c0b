"""What django-q2 calls."""

from compliance import services


def check(account_id: int) -> None:
    services.go_on_checking(account_id=account_id)
