"""What django-q2 calls."""

from jira_bridge import processing
from jira_bridge import sweep as sweeping


def process(delivery_id: int) -> None:
    processing.process(delivery_id)


def process_new(public_id: str) -> None:
    processing.process_new(public_id)


def sweep(sweep_id: int) -> None:
    sweeping.sweep(sweep_id)
