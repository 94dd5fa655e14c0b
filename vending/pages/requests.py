"""The request page: the story of a ticket."""

from dataclasses import dataclass
from typing import Any

from audit.models import Delivery, Event
from vending.changing import edited
from vending.choices import Decision
from vending.content import FIELDS, Change, clean, difference, of_request
from vending.models import Account, AccountRequest, Approval, LateEdit, PreflightResult, Run
from vending.pages.reading import events_of, found, with_progress
from vending.pages.words import as_text

LABELS = {field.name: field.label for field in FIELDS}


@dataclass(frozen=True)
class Asked:
    """One field of the content: cleaned, as it came, and what pre-flight says about it."""

    label: Any
    clean: str
    raw: str
    fault: str = ""

    @property
    def was_cleaned(self) -> bool:
        return bool(self.raw) and self.raw != self.clean


@dataclass(frozen=True)
class Checked:
    """One pre-flight result under the label of its field."""

    label: Any
    result: PreflightResult


@dataclass(frozen=True)
class RequestStory:
    request: AccountRequest
    account: Account | None
    asked: list[Asked]
    preflight: list[Checked]
    approvals: list[Approval]
    runs: list[Run]
    deliveries: list[Delivery]
    events: list[Event]

    @property
    def late_edit(self) -> LateEdit | None:
        """What the ticket says since it was edited after its approval, while a person has to decide."""
        return getattr(self.request, "late_edit", None)

    @property
    def edited(self) -> list[Change]:
        return edited(self.request, self.late_edit) if self.late_edit else []

    @property
    def approved_otherwise(self) -> list[Change]:
        """How the request differs from what was approved last."""
        approval = next((known for known in self.approvals if known.decision == Decision.APPROVED), None)
        if approval is None or approval.content_hash == self.request.content_hash:
            return []
        return difference(clean(approval.content), of_request(self.request))


def request_story(pk: str) -> RequestStory | None:
    rows = AccountRequest.objects.select_related("account", "late_edit").prefetch_related("contacts")
    request: AccountRequest | None = found(rows, pk)
    if request is None:
        return None
    preflight = list(request.preflight.filter(content_hash=request.content_hash))
    deliveries = Delivery.objects.filter(event__ticket=request.ticket).select_related("event").order_by("-id")
    return RequestStory(
        request=request,
        account=getattr(request, "account", None),
        asked=_asked(request, preflight),
        preflight=[Checked(LABELS.get(result.field, result.field), result) for result in preflight],
        approvals=list(request.approvals.all()[:20]),
        runs=list(with_progress(request.runs.select_related("request", "change"))[:20]),
        deliveries=list(deliveries[:50]),
        events=events_of(ticket=request.ticket, account_id=""),
    )


def _asked(request: AccountRequest, preflight: list[PreflightResult]) -> list[Asked]:
    faults = {result.field: result.said for result in preflight if not result.passed}
    content = of_request(request)
    return [
        Asked(
            label=field.label,
            clean=as_text(getattr(content, field.name)),
            raw=as_text(request.raw.get(field.name)),
            fault=faults.get(field.name, ""),
        )
        for field in FIELDS
    ]
