"""What of a request can change once its account exists, and which steps a change concerns."""

from collections.abc import Collection, Iterator

from django.utils.translation import gettext_noop as _

from vending.content import Change, RequestContent, clean, difference, of_request
from vending.models import AccountRequest, LateEdit
from vending.rules import FieldFault
from vending.sentences import Sentence
from vending.steps import registry

CHANGEABLE = (
    "organizational_unit", "cost_center", "owner", "approvers", "purpose", "security_contact", "operations_contact",
    "billing_contact", "optional_stack_sets", "monthly_budget",
)  # fmt: skip
"""Not the name, the e-mail address and the environment: the account was made by them."""


def taken_away(before: RequestContent, after: RequestContent) -> Iterator[FieldFault]:
    """What a change would only take away. The steps add and set; they would leave it in AWS without a word."""
    if before.monthly_budget is not None and after.monthly_budget is None and not after.unreadable_budget:
        yield FieldFault("monthly_budget", Sentence(_("A budget can be changed here, but not taken away.")))
    for kind in before.contacts().keys() - after.contacts().keys():
        sentence = Sentence(_("A contact can be replaced here, but not taken away."))
        yield FieldFault(f"{kind.value}_contact", sentence)
    if gone := sorted(set(before.optional_stack_sets) - set(after.optional_stack_sets)):
        sentence = Sentence(
            _("Stack sets can be added here, but not taken away: {names}. Their stacks would stay in the account."),
            names=gone,
        )
        yield FieldFault("optional_stack_sets", sentence)


def edited(request: AccountRequest, edit: LateEdit) -> list[Change]:
    """The fields that the ticket's late edit would change: those it touched, with what the request says now."""
    now = clean(edit.raw)
    touched = {change.field for change in difference(clean(request.raw), now)}
    return [change for change in difference(of_request(request), now) if change.field in touched]


def concerned(fields: Collection[str]) -> set[str]:
    """The names of the steps that work by one of these fields."""
    return {step.name for step in registry.STEPS if not set(step.reads).isdisjoint(fields)}
