"""Asking for a look in the background, and keeping what it found."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from audit.services import Actor, record_event
from portal.doctor.examination import examine
from portal.doctor.models import Examination
from taskqueue import clock
from taskqueue.queue import enqueue
from vending.services import NotAllowed

SECONDS = 35.0
"""A task of the queue is ended after 45 seconds."""
PATIENCE = timedelta(minutes=2)
"""After that a look that was asked for is taken for lost, and may be asked for again."""


@transaction.atomic
def ask(*, actor: Actor, language: str = "en") -> None:
    """Have a worker look. Raises NotAllowed while a look is under way."""
    now = clock.now()
    row, new = Examination.objects.select_for_update().get_or_create(
        id=1, defaults={"asked_at": now, "asked_by": actor.name, "language": language}
    )
    if not new and row.open and now - row.asked_at < PATIENCE:
        raise NotAllowed(_("The doctor is looking already; the result comes in a moment."))
    row.asked_at, row.asked_by, row.language, row.started_at = now, actor.name[:200], language, None
    row.save()
    record_event(
        actor=actor, action="doctor.asked", summary=f"{actor.name} had the doctor look.",
        target_kind="examination", target_id=row.pk,
    )  # fmt: skip
    enqueue("portal.doctor.tasks.examine", row.pk)


def look() -> None:
    """Do the look that was asked for and keep what it found; nothing if none is open or another worker does it."""
    asked = Q(finished_at=None) | Q(finished_at__lt=F("asked_at"))
    now = clock.now()
    taken = Examination.objects.filter(asked, id=1, started_at=None).update(started_at=now)
    if not taken:
        return
    with translation.override(Examination.objects.values_list("language", flat=True).get(id=1)):
        findings = [
            {"side": str(side.title), **finding.as_json()}
            for side, found in examine(seconds=SECONDS)
            for finding in found
        ]
    Examination.objects.filter(id=1, started_at=now).update(finished_at=clock.now(), findings=findings)
