"""The workflow of the "AWS Account" issue type: statuses, transitions, who may use which."""

from dataclasses import dataclass

from sandbox.jira.people import Person


@dataclass(frozen=True)
class Category:
    id: int
    key: str
    color: str
    name: str


NEW = Category(2, "new", "blue-gray", "To Do")
ACTIVE = Category(4, "indeterminate", "yellow", "In Progress")
COMPLETE = Category(3, "done", "green", "Done")


@dataclass(frozen=True)
class Status:
    id: str
    name: str
    category: Category
    resolution: str | None = None


@dataclass(frozen=True)
class Transition:
    id: str
    name: str
    sources: tuple[str, ...]
    target: Status
    for_customers: bool = False


WAITING_FOR_APPROVAL = Status("10100", "Waiting for approval", NEW)
IN_PROGRESS = Status("3", "In Progress", ACTIVE)
IN_VALIDATION = Status("10101", "In Validation", ACTIVE)
DONE = Status("10102", "Done", COMPLETE, "Done")
WAITING_FOR_CUSTOMER = Status("10103", "Waiting for customer", ACTIVE)
DECLINED = Status("10104", "Declined", COMPLETE, "Declined")
CANCELED = Status("10105", "Canceled", COMPLETE, "Won't Do")
ON_HOLD = Status("10106", "On hold", ACTIVE)

STATUSES = (
    WAITING_FOR_APPROVAL,
    IN_PROGRESS,
    IN_VALIDATION,
    DONE,
    WAITING_FOR_CUSTOMER,
    DECLINED,
    CANCELED,
    ON_HOLD,
)
BY_ID = {status.id: status for status in STATUSES}


def _transition(id: str, name: str, sources: tuple[Status, ...], target: Status, customers: bool = False) -> Transition:
    return Transition(id, name, tuple(status.id for status in sources), target, customers)


TRANSITIONS = (
    _transition("11", "Start progress", (WAITING_FOR_APPROVAL,), IN_PROGRESS),
    _transition("21", "Respond to customer", (WAITING_FOR_APPROVAL, IN_PROGRESS, ON_HOLD), WAITING_FOR_CUSTOMER),
    _transition("31", "Resubmit", (WAITING_FOR_CUSTOMER,), WAITING_FOR_APPROVAL, customers=True),
    _transition("41", "Start validation", (IN_PROGRESS,), IN_VALIDATION),
    _transition("51", "Mark as done", (IN_PROGRESS, IN_VALIDATION), DONE),
    _transition("61", "Put on hold", (IN_PROGRESS, IN_VALIDATION), ON_HOLD),
    _transition("71", "Resume", (ON_HOLD,), IN_PROGRESS),
    _transition("81", "Decline", (WAITING_FOR_APPROVAL, WAITING_FOR_CUSTOMER), DECLINED),
    _transition("91", "Cancel request", (WAITING_FOR_APPROVAL, WAITING_FOR_CUSTOMER), CANCELED, customers=True),
    _transition("101", "Back to approval", (IN_PROGRESS, ON_HOLD), WAITING_FOR_APPROVAL),
    _transition("111", "Cancel", (IN_PROGRESS, ON_HOLD), CANCELED),
)


def available(status_id: str, person: Person, takes_part: bool = False) -> list[Transition]:
    """Transitions out of this status that the person may use; customers only on tickets they take part in."""
    leaving = [transition for transition in TRANSITIONS if status_id in transition.sources]
    if person.is_agent:
        return leaving
    return [transition for transition in leaving if transition.for_customers and takes_part]
