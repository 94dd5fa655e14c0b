"""The one clock: what time it is, and how long an AWS second lasts here."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The current time (UTC, aware)."""
    return timezone.now()


def scaled(seconds: float) -> timedelta:
    """A wait of so many AWS seconds as real time.

    TIME_SCALE is 1 in production. The demo and the benchmarks run sandbox and portal on the same smaller
    scale, so that every wait shrinks alike and ratios stay honest.
    """
    return timedelta(seconds=seconds * settings.TIME_SCALE)
