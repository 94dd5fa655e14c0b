"""The account page and the evidence sheet: what an auditor asks about an account."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from pydantic import ValidationError

from audit.models import Event, Seal
from vending.aws import links
from vending.aws.session import MEMBER_ROLE
from vending.choices import ContactKind, Decision, RecipeName, RunStatus
from vending.content import FIELDS
from vending.models import Account, AccountRequest, Approval, Baseline, Contact, Run, StackSetPlace, StepRun
from vending.pages.reading import EVENTS_SHOWN, events_of, found, with_progress
from vending.pages.words import as_text
from vending.steps import registry
from vending.tagging import tags_for

EVENTS_PRINTED = 1000
ACCESS_STEPS = ("saml_access", "identity_center", "identity_portal", "stack_set_role", "root_access")


@dataclass(frozen=True)
class AccountSheet:
    account: Account
    approvals: list[Approval]
    runs: list[Run]
    built: list[StepRun]
    places: list[StackSetPlace]
    contacts: list[tuple[ContactKind, dict[str, str]]]
    events: list[Event]

    @property
    def request(self) -> AccountRequest | None:
        return self.account.request

    @property
    def approval(self) -> Approval | None:
        """The decision it stands on: the newest approval."""
        return next((known for known in self.approvals if known.decision == Decision.APPROVED), None)

    @property
    def approved(self) -> list[tuple[Any, str]]:
        """The content that was approved, field by field."""
        if self.approval is None:
            return []
        return [(label, as_text(self.approval.content.get(name))) for name, label in FIELDS]

    @property
    def changes(self) -> list[Run]:
        """The newest changes of the account since it was ready."""
        return [run for run in self.runs if run.recipe == RecipeName.CHANGE]

    @property
    def baseline(self) -> Baseline | None:
        """The version it was built by: that of the newest run that succeeded, else of the newest run."""
        built = [run for run in self.runs if run.status == RunStatus.SUCCEEDED] or self.runs
        return built[0].baseline if built else None

    @property
    def tags(self) -> dict[str, str]:
        """The tags that its step sets, filled from the request; empty where no run has set any."""
        step = self._step("tags")
        if step is None or self.request is None:
            return {}
        try:
            parameters: Any = registry.BY_NAME["tags"].Parameters(**step.parameters)
            return tags_for(self.request, parameters.tags)
        except (ValidationError, KeyError):
            return {}  # the plan of an old version, which this one reads no more; the step's evidence stays

    @property
    def access(self) -> list[StepRun]:
        return [step for step in self.built if step.step in ACCESS_STEPS]

    @property
    def budget(self) -> StepRun | None:
        return self._step("budget")

    @property
    def unit(self) -> StepRun | None:
        return self._step("organizational_unit")

    @property
    def member_role(self) -> str:
        return MEMBER_ROLE

    @property
    def dashed_id(self) -> str:
        number = self.account.account_id
        return f"{number[:4]}-{number[4:8]}-{number[8:]}"

    @property
    def sign_in_address(self) -> str:
        if settings.SIGN_IN_URL:
            return links.from_template(settings.SIGN_IN_URL, account_id=self.account.account_id)
        return links.switch_role(self.account.account_id, MEMBER_ROLE, self.account.name)

    @property
    def billing_address(self) -> str:
        return links.billing()

    def _step(self, name: str) -> StepRun | None:
        return next((step for step in self.built if step.step == name), None)


def account_sheet(pk: str, *, events: int = EVENTS_SHOWN) -> AccountSheet | None:
    contacts = Contact.objects.filter(request=OuterRef("request")).order_by("kind")
    lines = contacts.values(line=JSONObject(kind="kind", name="name", title="title", email="email", phone="phone"))
    rows = (
        Account.objects.select_related("request")
        .prefetch_related("findings")  # the page and one of its buttons ask for them
        .annotate(contact_lines=ArraySubquery(lines))
    )
    account: Account | None = found(rows, pk)
    if account is None:
        return None
    request = account.request
    newest = StepRun.objects.filter(run__account=account).order_by("step", "-id").distinct("step")
    return AccountSheet(
        account=account,
        approvals=list(request.approvals.all()[:20]) if request else [],
        runs=list(with_progress(account.runs.select_related("request", "baseline", "change"))[:20]),
        built=_by_position(newest),
        places=list(
            StackSetPlace.objects.filter(step_run__run__account=account)
            .select_related("stack_set", "wave")
            .order_by("stack_set__name", "-id")
            .distinct("stack_set__name")
        ),
        contacts=[(ContactKind(line.pop("kind")), line) for line in account.contact_lines],  # type: ignore[attr-defined]
        events=events_of(ticket=request.ticket if request else "", account_id=account.account_id, limit=events),
    )


def chain_head() -> Seal | None:
    """The last seal of the record: what a sheet names so that it can be held against the chain later."""
    return Seal.objects.order_by("-number").first()


def _by_position(steps: Iterable[StepRun]) -> list[StepRun]:
    return sorted(steps, key=lambda step: (step.position, step.pk))
