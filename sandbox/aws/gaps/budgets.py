"""Budgets: moto can make one, but cannot change it or tell whom it warns."""

from typing import Any

from moto.budgets.models import Budget, budgets_backends

from sandbox.aws.protocol import AwsError, Call
from sandbox.aws.world import Handler, World


def _budget(call: Call, name: str) -> Budget:
    budgets = budgets_backends[call.account]["aws"].budgets[call.params["AccountId"]]
    if name not in budgets:
        raise AwsError("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.")
    found: Budget = budgets[name]
    return found


def update_budget(world: World, call: Call) -> dict[str, Any]:
    wanted = call.params["NewBudget"]
    _budget(call, wanted["BudgetName"]).budget.update(wanted)
    return {}


def create_notification(world: World, call: Call) -> None:
    """moto takes the same notification twice."""
    wanted = _key(call.params["Notification"])
    if any(_key(each.details) == wanted for each in _budget(call, call.params["BudgetName"]).notifications):
        raise AwsError("DuplicateRecordException", "The notification already exists.")


def describe_subscribers(world: World, call: Call) -> dict[str, Any]:
    wanted = _key(call.params["Notification"])
    for each in _budget(call, call.params["BudgetName"]).notifications:
        if _key(each.details) == wanted:
            return {"Subscribers": each.subscribers}
    raise AwsError("NotFoundException", "The notification doesn't exist.")


def _key(notification: dict[str, Any]) -> tuple[Any, ...]:
    threshold = float(notification["Threshold"])
    return notification["NotificationType"], notification["ComparisonOperator"], threshold


HANDLERS: dict[tuple[str, str], Handler] = {
    ("budgets", "UpdateBudget"): update_budget,
    ("budgets", "CreateNotification"): create_notification,
    ("budgets", "DescribeSubscribersForNotification"): describe_subscribers,
}
