"""Take one delivery to its subscriber: claim, send, finish. The only door to sending."""

import random
import uuid
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest

from audit import subscribers
from audit.choices import DeliveryStatus
from audit.models import Delivery
from taskqueue import clock
from taskqueue.again import send_again
from taskqueue.queue import enqueue

UNDER_WAY = (DeliveryStatus.PENDING, DeliveryStatus.SENDING)
LEASE = timedelta(seconds=90)
FIRST_RETRY = 2.0
LONGEST_RETRY = 900.0
JITTER = random.SystemRandom()
"""Spreads the retries of many deliveries that failed at the same moment."""
ATTEMPTS = 140  # with waits of a quarter hour at most: about a day, as outages may last; then a person decides


def deliver(delivery_id: int) -> None:
    """Send the delivery if it is due and first of its stream; a duplicate message finds nothing to do."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    subscriber = subscribers.active().get(delivery.subscriber)
    if subscriber is None:
        _finish(delivery, DeliveryStatus.SKIPPED, problem="This subscriber is not set up any more.")
        return
    try:
        receipt = subscriber.send(delivery.event, first_attempt=delivery.attempt == 1)
    except subscribers.Unneeded as reason:
        _finish(delivery, DeliveryStatus.SKIPPED, problem=str(reason))
    except subscribers.Refused as problem:
        _finish(delivery, DeliveryStatus.FAILED, problem=str(problem))
    except subscribers.NotNow as problem:
        _postpone(delivery, problem)
    else:
        _finish(delivery, DeliveryStatus.SENT, receipt=receipt)


def _claim(delivery_id: int) -> Delivery | None:
    """Compare-and-set: due, or its lease has run out, and nothing older of its stream is still on the way."""
    now = clock.now()
    due = Q(status=DeliveryStatus.PENDING, due_at__lte=now)
    abandoned = Q(status=DeliveryStatus.SENDING, lease_until__lt=now)
    delivery = Delivery.objects.select_related("event").filter(due | abandoned, pk=delivery_id).first()
    if delivery is None or _earlier(delivery):
        return None
    lease = uuid.uuid4()
    try:
        with transaction.atomic():
            taken = Delivery.objects.filter(due | abandoned, pk=delivery_id).update(
                status=DeliveryStatus.SENDING,
                attempt=F("attempt") + 1,
                lease=lease,
                lease_until=now + LEASE,
            )
    except IntegrityError:
        return None  # another of the stream is being sent at this moment; its end wakes this one
    if not taken:
        return None
    delivery.refresh_from_db()
    return delivery


def _earlier(delivery: Delivery) -> bool:
    if not delivery.stream:
        return False
    return Delivery.objects.filter(
        subscriber=delivery.subscriber,
        stream=delivery.stream,
        pk__lt=delivery.pk,
        status__in=UNDER_WAY,
    ).exists()


@transaction.atomic
def _finish(delivery: Delivery, status: DeliveryStatus, *, receipt: str = "", problem: str = "") -> None:
    finished = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease).update(
        status=status,
        receipt=receipt[:200],
        problem=problem,
        finished_at=clock.now(),
        lease=None,
        lease_until=None,
    )
    if finished:
        _wake_next(delivery)


@transaction.atomic
def _postpone(delivery: Delivery, problem: subscribers.NotNow) -> None:
    if delivery.attempt >= ATTEMPTS:
        _finish(delivery, DeliveryStatus.FAILED, problem=f"Given up after {ATTEMPTS} attempts. {problem}")
        return
    doubled = min(FIRST_RETRY * 2 ** (delivery.attempt - 1), LONGEST_RETRY)
    seconds = max(problem.after or 0, doubled * JITTER.uniform(0.5, 1.0))
    wait = timedelta(seconds=seconds)
    Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease).update(
        status=DeliveryStatus.PENDING,
        due_at=clock.now() + wait,
        problem=str(problem),
        lease=None,
        lease_until=None,
    )
    enqueue("audit.tasks.deliver", delivery.pk, delay=wait)


def _wake_next(delivery: Delivery) -> None:
    if not delivery.stream:
        return
    following = (
        Delivery.objects.filter(subscriber=delivery.subscriber, stream=delivery.stream, status=DeliveryStatus.PENDING)
        .order_by("pk")
        .first()
    )
    if following is not None:
        enqueue("audit.tasks.deliver", following.pk)


def sweep() -> int:
    """Enqueue again what is due, first of its stream, and whose message may be lost; returns how many."""
    late = clock.now() - timedelta(seconds=10)
    due = Q(status=DeliveryStatus.PENDING, due_at__lt=late)
    abandoned = Q(status=DeliveryStatus.SENDING, lease_until__lt=clock.now())
    earlier = Delivery.objects.filter(
        subscriber=OuterRef("subscriber"), stream=OuterRef("stream"), pk__lt=OuterRef("pk"), status__in=UNDER_WAY
    ).exclude(stream="")  # fmt: skip
    rows = Delivery.objects.filter(due | abandoned).exclude(Exists(earlier)).order_by("pk")
    since = rows.annotate(since=Greatest("due_at", "lease_until")).values_list("pk", "since")[:500]
    return send_again("audit.tasks.deliver", dict(since))


@transaction.atomic
def resend(*, delivery: Delivery) -> None:
    """Send a failed or skipped delivery again, as a person asked for it."""
    changed = Delivery.objects.filter(
        pk=delivery.pk, status__in=[DeliveryStatus.FAILED, DeliveryStatus.SKIPPED]
    ).update(status=DeliveryStatus.PENDING, due_at=clock.now(), finished_at=None)
    if changed:
        enqueue("audit.tasks.deliver", delivery.pk)
