"""AWS Budgets inside a member account: one monthly cost budget and whom it warns."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from botocore.exceptions import ClientError

from vending.aws.errors import has_code
from vending.aws.session import Clients


@dataclass(frozen=True, slots=True)
class Alert:
    """A notification of a budget: at this share of the limit, to these addresses (ten at most; None: unreadable)."""

    percent: int
    emails: tuple[str, ...] | None
    on: Literal["ACTUAL", "FORECASTED"] = "ACTUAL"


@dataclass(frozen=True, slots=True)
class Budget:
    """A monthly cost budget."""

    name: str
    limit: Decimal
    currency: str = "USD"


def _client(clients: Clients, account_id: str) -> Any:
    """Untyped: no stubs for this service are installed."""
    return clients.member(account_id, "budgets")


def budget(clients: Clients, account_id: str, name: str) -> Budget | None:
    """DescribeBudget; None if there is none of this name."""
    try:
        found = _client(clients, account_id).describe_budget(AccountId=account_id, BudgetName=name)["Budget"]
    except ClientError as exc:
        if has_code(exc, "NotFoundException"):
            return None
        raise
    limit = found["BudgetLimit"]
    return Budget(found["BudgetName"], Decimal(limit["Amount"]), limit["Unit"])


def create_budget(clients: Clients, account_id: str, wanted: Budget, alerts: Sequence[Alert]) -> None:
    """CreateBudget with its notifications. Raises DuplicateRecordException, CreationLimitExceeded."""
    _client(clients, account_id).create_budget(
        AccountId=account_id,
        Budget=_shape(wanted),
        NotificationsWithSubscribers=[
            {"Notification": _notification(alert), "Subscribers": _subscribers(alert)} for alert in alerts
        ],
    )


def update_budget(clients: Clients, account_id: str, wanted: Budget) -> None:
    """UpdateBudget: a new limit; the notifications stay. Raises NotFoundException."""
    _client(clients, account_id).update_budget(AccountId=account_id, NewBudget=_shape(wanted))


def alerts(clients: Clients, account_id: str, name: str) -> list[Alert]:
    """DescribeNotificationsForBudget and DescribeSubscribersForNotification, by e-mail only."""
    client = _client(clients, account_id)
    found = client.describe_notifications_for_budget(AccountId=account_id, BudgetName=name)
    return [
        Alert(
            round(notification["Threshold"]),
            _recipients(client, account_id, name, notification),
            notification["NotificationType"],
        )
        for notification in found.get("Notifications", [])
    ]


def _recipients(client: Any, account_id: str, name: str, notification: Any) -> tuple[str, ...] | None:
    """None where the endpoint cannot say, after its retries: simulators know the warning but not its recipients."""
    try:
        subscribers = client.describe_subscribers_for_notification(
            AccountId=account_id, BudgetName=name, Notification=notification
        )["Subscribers"]
    except ClientError as exc:
        if exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
            return None
        raise
    return tuple(each["Address"] for each in subscribers if each["SubscriptionType"] == "EMAIL")


def create_alert(clients: Clients, account_id: str, name: str, alert: Alert) -> None:
    """CreateNotification on a budget. Raises DuplicateRecordException, CreationLimitExceededException."""
    _client(clients, account_id).create_notification(
        AccountId=account_id,
        BudgetName=name,
        Notification=_notification(alert),
        Subscribers=_subscribers(alert),
    )


def delete_alert(clients: Clients, account_id: str, name: str, alert: Alert) -> None:
    """DeleteNotification with its subscribers. Raises NotFoundException."""
    _client(clients, account_id).delete_notification(
        AccountId=account_id, BudgetName=name, Notification=_notification(alert)
    )


def _shape(wanted: Budget) -> dict[str, Any]:
    return {
        "BudgetName": wanted.name,
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": str(wanted.limit), "Unit": wanted.currency},
    }


def _notification(alert: Alert) -> dict[str, Any]:
    return {
        "NotificationType": alert.on,
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": float(alert.percent),
        "ThresholdType": "PERCENTAGE",
    }


def _subscribers(alert: Alert) -> list[dict[str, str]]:
    return [{"SubscriptionType": "EMAIL", "Address": email} for email in alert.emails or ()]
