"""Sessions that ended: Django keeps their rows until somebody clears them, so the rounds do."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from taskqueue import clock

AT_ONCE = 1000


@transaction.atomic
def forget_ended() -> int:
    """Remove up to a thousand sessions that ended, and what was noted of their browsers; returns how many."""
    ended = Session.objects.filter(expire_date__lt=clock.now()).order_by("expire_date")
    keys = list(ended.values_list("pk", flat=True)[:AT_ONCE])
    UserSession.objects.filter(session_key__in=keys).delete()
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)
