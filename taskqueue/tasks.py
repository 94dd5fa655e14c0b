"""What django-q2 calls."""

from taskqueue import services


def beat(host_id: int) -> None:
    """The heartbeat: a message that does nothing but arrive."""
    services.record_beat(host_id=host_id)
