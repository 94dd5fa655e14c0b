"""What the dashboard and the machines' pages read."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, Count, OuterRef, Q, Subquery, Sum, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from audit.choices import DeliveryStatus
from audit.models import Delivery
from jira_bridge.models import Refusal
from taskqueue.selectors import heartbeat_age, waiting_messages
from vending.choices import RequestStatus, RunStatus, StepStatus
from vending.models import AccountRequest, LateEdit, Run, StepRun
from vending.pages import with_progress

STALE_AFTER = timedelta(seconds=180)
"""A heartbeat older than this means that no work gets done."""
NEEDS_A_PERSON = (
    RequestStatus.FAILED,
    RequestStatus.ON_HOLD,
    RequestStatus.AWAITING_APPROVAL,
    RequestStatus.TO_CORRECT,
)
SHOWN = 10


@dataclass(frozen=True)
class QueueHealth:
    age: timedelta | None
    waiting: int

    @property
    def works(self) -> bool:
        return self.age is not None and self.age < STALE_AFTER


def requests_by_status() -> dict[str, int]:
    return dict(AccountRequest.objects.order_by().values_list("status").annotate(Count("id")))


def runs_by_status() -> dict[str, int]:
    return dict(Run.objects.order_by().values_list("status").annotate(Count("id")))


def steps_waiting() -> int:
    return StepRun.objects.filter(status__in=[StepStatus.READY, StepStatus.WAITING]).count()


def deliveries_open() -> dict[str, int]:
    """Deliveries that are on their way or have failed, by status; what was sent is not counted."""
    unsent = [DeliveryStatus.PENDING, DeliveryStatus.SENDING, DeliveryStatus.FAILED]
    counted = Delivery.objects.filter(status__in=unsent).order_by().values_list("status").annotate(Count("id"))
    return dict(counted)


def refusals() -> int:
    """How many webhooks were refused so far."""
    return int(Refusal.objects.aggregate(all=Sum("count"))["all"] or 0)


def queue_health() -> QueueHealth:
    return QueueHealth(age=heartbeat_age(), waiting=waiting_messages())


def needs_a_person() -> list[AccountRequest]:
    """Requests that wait for somebody, the failed first, then by state, the longest waiting first.

    Each with `problem`: the sentence of its failed step, that the ticket of a ready account was edited, or nothing.
    """
    urgency = Case(*(When(status=status, then=place) for place, status in enumerate(NEEDS_A_PERSON)))
    failed = StepRun.objects.filter(run__request=OuterRef("pk"), status=StepStatus.FAILED).order_by("id")
    problem = Case(
        When(status__in=[RequestStatus.FAILED, RequestStatus.ON_HOLD], then=Subquery(failed.values("problem")[:1])),
        When(status=RequestStatus.READY, then=Value(gettext("The ticket was edited after the account was ready."))),
        default=Value(""),
        output_field=TextField(),
    )
    # asked for by themselves, since OR with a subquery would read every request
    edited = LateEdit.objects.filter(request__status=RequestStatus.READY).values_list("request", flat=True)[:SHOWN]
    rows = AccountRequest.objects.filter(Q(status__in=NEEDS_A_PERSON) | Q(pk__in=list(edited))).annotate(
        problem=Coalesce(problem, Value(""), output_field=TextField())
    )
    return list(rows.order_by(urgency, "changed_at")[:SHOWN])


def running() -> list[Run]:
    """The newest runs under way, with their progress."""
    newest = Run.objects.filter(status=RunStatus.RUNNING).order_by("-id").values("pk")[:SHOWN]  # else all are counted
    return list(with_progress(Run.objects.filter(pk__in=newest).select_related("request")))
