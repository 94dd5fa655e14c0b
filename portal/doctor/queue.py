"""The queue: a message went through it lately."""

from collections.abc import Iterator

from django.db import DatabaseError

from portal.doctor.finding import Finding, failed, ok, warning
from portal.selectors import queue_health
from vending.pages import in_words

MANY = 1000


def look() -> Iterator[Finding]:
    try:
        health = queue_health()
    except DatabaseError as problem:
        yield failed("queue", f"not readable ({type(problem).__name__})", "Run manage.py migrate.")
        return
    if health.age is None:
        yield failed("heartbeat", "never", "Start a worker: manage.py worker.")
    elif not health.works:
        advice = "Start manage.py worker, or read its log. Its SECRET_KEY must be the web server's."
        yield failed("heartbeat", f"{in_words(health.age)} ago", advice)
    else:
        yield ok("heartbeat", f"{in_words(health.age)} ago")
    if health.waiting > MANY:
        yield warning("messages due", str(health.waiting), "Start more workers; they share the queue.")
    else:
        yield ok("messages due", str(health.waiting))
