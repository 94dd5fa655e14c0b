"""Value, label and colour of every choice of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    TO_CORRECT = "to_correct", _("To correct")
    AWAITING_APPROVAL = "awaiting_approval", _("Awaiting approval")
    APPROVED = "approved", _("Approved")
    VENDING = "vending", _("Vending")
    ON_HOLD = "on_hold", _("On hold")
    FAILED = "failed", _("Failed")
    READY = "ready", _("Ready")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")

    @property
    def colour(self) -> str:
        return _REQUEST_COLOURS[self]


_REQUEST_COLOURS = {
    RequestStatus.RECEIVED: "default",
    RequestStatus.TO_CORRECT: "warning",
    RequestStatus.AWAITING_APPROVAL: "info",
    RequestStatus.APPROVED: "info",
    RequestStatus.VENDING: "primary",
    RequestStatus.ON_HOLD: "warning",
    RequestStatus.FAILED: "danger",
    RequestStatus.READY: "success",
    RequestStatus.DECLINED: "default",
    RequestStatus.CANCELLED: "default",
}

R = RequestStatus
REQUEST_TRANSITIONS: dict[RequestStatus, tuple[RequestStatus, ...]] = {
    R.RECEIVED: (R.TO_CORRECT, R.AWAITING_APPROVAL, R.DECLINED, R.CANCELLED),
    R.TO_CORRECT: (R.AWAITING_APPROVAL, R.DECLINED, R.CANCELLED),
    R.AWAITING_APPROVAL: (R.TO_CORRECT, R.APPROVED, R.DECLINED, R.CANCELLED),
    R.APPROVED: (R.VENDING, R.ON_HOLD, R.TO_CORRECT, R.AWAITING_APPROVAL, R.DECLINED, R.CANCELLED),
    R.VENDING: (R.READY, R.FAILED, R.ON_HOLD, R.CANCELLED),
    R.ON_HOLD: (R.VENDING, R.APPROVED, R.AWAITING_APPROVAL, R.TO_CORRECT, R.DECLINED, R.CANCELLED),
    R.FAILED: (R.VENDING, R.ON_HOLD, R.CANCELLED),
    R.READY: (),
    R.DECLINED: (R.RECEIVED,),
    R.CANCELLED: (R.RECEIVED,),
}
EDITABLE = (R.RECEIVED, R.TO_CORRECT, R.AWAITING_APPROVAL)
REOPENABLE = (R.DECLINED, R.CANCELLED)


class Decision(models.TextChoices):
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ContactKind(models.TextChoices):
    """The three alternate contacts of an AWS account (account:PutAlternateContact)."""

    SECURITY = "security", _("Security")
    OPERATIONS = "operations", _("Operations")
    BILLING = "billing", _("Billing")


class AccountState(models.TextChoices):
    """`State` of an account in AWS Organizations."""

    PENDING_ACTIVATION = "PENDING_ACTIVATION", _("Pending activation")
    ACTIVE = "ACTIVE", _("Active")
    SUSPENDED = "SUSPENDED", _("Suspended")
    PENDING_CLOSURE = "PENDING_CLOSURE", _("Pending closure")
    CLOSED = "CLOSED", _("Closed")

    @property
    def colour(self) -> str:
        return "success" if self is AccountState.ACTIVE else "default"


class AccountOrigin(models.TextChoices):
    VENDED = "vended", _("Vended here")
    ADOPTED = "adopted", _("Adopted")


class RecipeName(models.TextChoices):
    VEND = "vend", _("Vend")
    CHANGE = "change", _("Change")
    CLOSE = "close", _("Close")
    REPAIR = "repair", _("Repair")


class RunStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    ON_HOLD = "on_hold", _("On hold")
    FAILED = "failed", _("Failed")
    SUCCEEDED = "succeeded", _("Succeeded")
    CANCELLED = "cancelled", _("Cancelled")

    @property
    def colour(self) -> str:
        return _RUN_COLOURS[self]


_RUN_COLOURS = {
    RunStatus.RUNNING: "primary",
    RunStatus.ON_HOLD: "warning",
    RunStatus.FAILED: "danger",
    RunStatus.SUCCEEDED: "success",
    RunStatus.CANCELLED: "default",
}
OPEN_RUN = (RunStatus.RUNNING, RunStatus.ON_HOLD, RunStatus.FAILED)
RUN_TRANSITIONS: dict[RunStatus, tuple[RunStatus, ...]] = {
    RunStatus.RUNNING: (RunStatus.ON_HOLD, RunStatus.FAILED, RunStatus.SUCCEEDED, RunStatus.CANCELLED),
    RunStatus.ON_HOLD: (RunStatus.RUNNING, RunStatus.CANCELLED),
    RunStatus.FAILED: (RunStatus.RUNNING, RunStatus.ON_HOLD, RunStatus.CANCELLED),
    RunStatus.SUCCEEDED: (),
    RunStatus.CANCELLED: (),
}


class StepStatus(models.TextChoices):
    BLOCKED = "blocked", _("Not yet")
    READY = "ready", _("Ready")
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")
    CANCELLED = "cancelled", _("Cancelled")

    @property
    def colour(self) -> str:
        return _STEP_COLOURS[self]


_STEP_COLOURS = {
    StepStatus.BLOCKED: "default",
    StepStatus.READY: "info",
    StepStatus.RUNNING: "primary",
    StepStatus.WAITING: "info",
    StepStatus.SUCCEEDED: "success",
    StepStatus.FAILED: "danger",
    StepStatus.SKIPPED: "warning",
    StepStatus.CANCELLED: "default",
}
S = StepStatus
DONE_STEP = (S.SUCCEEDED, S.SKIPPED)
LIVE_STEP = (S.READY, S.WAITING, S.RUNNING)
UNDONE_STEP = (S.BLOCKED, S.READY, S.RUNNING, S.WAITING, S.FAILED, S.SKIPPED, S.CANCELLED)
STEP_TRANSITIONS: dict[StepStatus, tuple[StepStatus, ...]] = {
    S.BLOCKED: (S.READY, S.SKIPPED, S.CANCELLED),
    S.READY: (S.RUNNING, S.SKIPPED, S.CANCELLED),
    S.RUNNING: (S.SUCCEEDED, S.WAITING, S.FAILED, S.READY, S.CANCELLED),
    S.WAITING: (S.RUNNING, S.READY, S.SKIPPED, S.CANCELLED),
    S.FAILED: (S.READY, S.SKIPPED, S.CANCELLED),
    S.SUCCEEDED: (),
    S.SKIPPED: (),
    S.CANCELLED: (),
}


class Outcome(models.TextChoices):
    """How one attempt of a step ended."""

    UNFINISHED = "unfinished", _("Unfinished")
    DONE = "done", _("Done")
    WAITING = "waiting", _("Waiting")
    TRANSIENT = "transient", _("Will be tried again")
    PERMANENT = "permanent", _("Failed")
    OVERTAKEN = "overtaken", _("Overtaken")


class WaveAction(models.TextChoices):
    """What a wave does: AWS has one operation for new stacks and another for those that are there."""

    CREATE = "create", _("Create")
    UPDATE = "update", _("Update")


class WaveStatus(models.TextChoices):
    """One operation of a stack set, for all accounts that waited for it."""

    OPEN = "open", _("Open")
    ENDED = "ended", _("Ended")


class PlaceStatus(models.TextChoices):
    """One account's place in the waves of a stack set."""

    QUEUED = "queued", _("Queued")
    IN_WAVE = "in_wave", _("In a wave")
    DEPLOYED = "deployed", _("Deployed")
    FAILED = "failed", _("Failed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
