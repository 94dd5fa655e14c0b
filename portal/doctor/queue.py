"""The queue: whether a message went through lately, on each worker host, and whether it piles up."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.doctor.check import Check, run
from portal.doctor.finding import Finding, failed, ok, warning
from portal.selectors import queue_health
from taskqueue import clock
from taskqueue.models import WorkerHost
from taskqueue.selectors import living_hosts, wedged_hosts
from vending.pages import in_words

MANY = 1000


def checks() -> list[Check]:
    return [
        Check(_("heartbeat"), _heartbeat),
        Check(_("worker hosts"), _hosts),
        Check(_("messages due"), _due),
    ]


def look() -> Iterator[Finding]:
    return run(checks())


def _heartbeat() -> Iterator[Finding]:
    """Of all hosts together: a message that went the whole way."""
    health, what = queue_health(), _("heartbeat")
    if health.age is None:
        yield failed(what, _("never"), _("Start a worker: manage.py worker."))
        return
    seen = _("{age} ago").format(age=in_words(health.age))
    if health.works:
        yield ok(what, seen)
    else:
        yield failed(what, seen, _("Start manage.py worker, or read its log. Its SECRET_KEY must be the web server's."))


def _hosts() -> Iterator[Finding]:
    """Each living host by a message that was for it alone: the common heartbeat is young while one of them works."""
    wedged = {host.pk for host in wedged_hosts()}
    for host in living_hosts():
        yield _host(host, host.pk in wedged)


def _host(host: WorkerHost, wedged: bool) -> Finding:
    what = _("worker {host}").format(host=host.name)
    if wedged:
        seen = _("lives and runs nothing, although others may")
        return failed(what, seen, _("Restart manage.py worker on that host."))
    if host.beat_at is None:
        return ok(what, _("just started"))
    return ok(what, _("heartbeat {age} ago").format(age=in_words(clock.now() - host.beat_at)))


def _due() -> Iterator[Finding]:
    waiting = queue_health().waiting
    if waiting > MANY:
        yield warning(_("messages due"), str(waiting), _("Start more workers; they share the queue."))
    else:
        yield ok(_("messages due"), str(waiting))
