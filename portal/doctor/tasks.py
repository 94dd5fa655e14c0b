"""What django-q2 calls."""

from portal.doctor import services


def examine(_row_id: int) -> None:
    services.look()
