"""Give the account its monthly budget, with warnings to the owner before the money is gone.

Source: AWS Budgets, CreateBudget (at most ten addresses for a notification, and no two notifications of the same
threshold and type). Proved against moto, and against the sandbox where moto cannot change a budget.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from django.utils.translation import gettext_noop as _
from pydantic import Field

from vending.aws import budgets
from vending.aws.budgets import Alert
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters
from vending.steps.account_ready import AccountReady

MOST_SUBSCRIBERS = 10
Percent = Annotated[int, Field(ge=1, le=1000)]


class Warnings(StepParameters):
    """The budget's name in AWS, and who is warned at which shares of it."""

    name: str = Field("account-vending-monthly", pattern=r"^[^:\\]{1,100}$")
    actual: list[Percent] = [80, 100]
    """Shares in percent, warned of when they are spent."""
    forecast: list[Percent] = [100]
    """Shares in percent, warned of when AWS expects them to be spent by the end of the month."""
    also_notify: list[str] = Field([], max_length=MOST_SUBSCRIBERS - 1)
    """E-mail addresses besides the owner's."""


@dataclass(frozen=True)
class Change:
    """One thing that is not as wanted, and the call that mends it."""

    wrong: str
    did: str
    mend: Callable[[], None]


class Budget(Step):
    name = "budget"
    title = _("Set the monthly budget")
    needs = (AccountReady,)
    reads = ("monthly_budget", "owner")

    class Parameters(Warnings):
        """The warnings."""

    def look(self, ctx: Context) -> Seen:
        if ctx.wanted.monthly_budget is None:
            return Seen(True, "The request names no monthly budget, so there is none to set.")
        change = self._next_change(ctx)
        if change:
            return Seen(False, change.wrong)
        wanted = self._wanted(ctx)
        whom = ", ".join(_subscribers(ctx)) or "nobody"
        return Seen(True, f"The budget is {wanted.limit} {wanted.currency} a month; warned are {whom}.")

    def act(self, ctx: Context) -> Done:
        change = self._next_change(ctx)
        if change is None:
            return Done("Nothing was left to change.")
        change.mend()
        return Done(change.did)

    def _next_change(self, ctx: Context) -> Change | None:
        wanted, alerts = self._wanted(ctx), _alerts(ctx)
        found = budgets.budget(ctx.clients, ctx.account_id, wanted.name)
        if found is None:
            return Change(
                f"There is no budget {wanted.name}.",
                f"Set the budget to {wanted.limit} {wanted.currency} a month.",
                lambda: budgets.create_budget(ctx.clients, ctx.account_id, wanted, alerts),
            )
        if found != wanted:
            return Change(
                f"The budget is {found.limit} {found.currency}, not {wanted.limit} {wanted.currency}.",
                f"Changed the budget to {wanted.limit} {wanted.currency} a month.",
                lambda: budgets.update_budget(ctx.clients, ctx.account_id, wanted),
            )
        present = {(each.on, each.percent): each for each in budgets.alerts(ctx.clients, ctx.account_id, wanted.name)}
        for alert in alerts:
            change = _change_of_alert(ctx, wanted.name, alert, present.get((alert.on, alert.percent)))
            if change:
                return change
        return None

    def _wanted(self, ctx: Context) -> budgets.Budget:
        limit = ctx.wanted.monthly_budget
        if limit is None:
            raise LookupError("The request names no monthly budget.")
        return budgets.Budget(ctx.parameters.name, limit)


def _alerts(ctx: Context) -> list[Alert]:
    kinds: list[tuple[Literal["ACTUAL", "FORECASTED"], list[int]]] = [
        ("ACTUAL", ctx.parameters.actual),
        ("FORECASTED", ctx.parameters.forecast),
    ]
    emails = _subscribers(ctx)
    if not emails:
        return []  # AWS refuses a warning that goes to nobody
    return [Alert(percent, emails, on) for on, percents in kinds for percent in dict.fromkeys(percents)]


def _subscribers(ctx: Context) -> tuple[str, ...]:
    """The owner and whom the baseline adds, each once; an owner known by name only cannot be mailed."""
    given = [ctx.wanted.owner, *ctx.parameters.also_notify]
    return tuple(dict.fromkeys(email.strip().lower() for email in given if "@" in email))


def _change_of_alert(ctx: Context, name: str, wanted: Alert, present: Alert | None) -> Change | None:
    """A warning that is missing is made; one that goes to others is taken away first. Others are left alone."""
    what = f"the warning at {wanted.percent} % ({wanted.on.lower()})"
    if present is None:
        return Change(
            f"Missing is {what}.",
            f"Added {what}.",
            lambda: budgets.create_alert(ctx.clients, ctx.account_id, name, wanted),
        )
    if present.emails is None:
        return None
    if {email.lower() for email in present.emails} == set(wanted.emails or ()):
        return None
    wrong = present
    return Change(
        f"To others than wanted goes {what}.",
        f"Took {what} away, to be made anew.",
        lambda: budgets.delete_alert(ctx.clients, ctx.account_id, name, wrong),
    )
