"""What django-q2 calls."""

from jira_bridge import processing


def process(delivery_id: int) -> None:
    processing.process(delivery_id)
