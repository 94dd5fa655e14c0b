"""The queue: which hosts work on it, whether a message went through lately, whether it piles up."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django_q.status import Stat

from portal.doctor.check import Check, run
from portal.doctor.finding import Finding, failed, ok, warning
from portal.selectors import queue_health
from taskqueue import clock
from taskqueue.selectors import wedged_hosts
from vending.pages import in_words

MANY = 1000
QUIET = timedelta(seconds=30)
"""django-q2's clusters report every half second; their word is kept for three."""


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
    """Each host's own word, left in the cache; it comes only where the cache is shared and the key the same."""
    hosts: defaultdict[str, list[Any]] = defaultdict(list)
    for stat in Stat.get_all():
        hosts[stat.host].append(stat)
    if not hosts and queue_health().works:
        seen = _("messages go through, but no host reports itself")
        yield warning(_("worker hosts"), seen, _("Is the cache shared by all hosts, and their SECRET_KEY the same?"))
    for host, clusters in sorted(hosts.items()):
        yield _host(host, clusters)
    for row in wedged_hosts():
        seen = _("lives and runs nothing, although others may")
        yield failed(_("worker {host}").format(host=row), seen, _("Restart manage.py worker on that host."))


def _host(host: str, clusters: list[Any]) -> Finding:
    age = clock.now() - max(each.timestamp for each in clusters)
    workers = sum(len(each.workers) for each in clusters)
    what = _("worker {host}").format(host=host)
    seen = _("{workers} workers, last word {age} ago").format(workers=workers, age=in_words(age))
    if age > QUIET:
        return failed(what, seen, _("Restart manage.py worker on that host."))
    if workers < settings.Q_CLUSTER["workers"]:
        return warning(what, seen, _("Workers are missing there; read that host's log if they stay away."))
    return ok(what, seen)


def _due() -> Iterator[Finding]:
    waiting = queue_health().waiting
    if waiting > MANY:
        yield warning(_("messages due"), str(waiting), _("Start more workers; they share the queue."))
    else:
        yield ok(_("messages due"), str(waiting))
