"""The cast of the vending tests: a requester who asks, and GAS who approves."""

from datetime import UTC, datetime
from typing import Any

from audit.services import Actor
from vending.choices import Decision
from vending.content import clean
from vending.models import AccountRequest
from vending.services import receive_request, record_decision

RITA = Actor.jira("rita@example.com")
GUS = Actor.jira("gus@example.com")

WISH: dict[str, Any] = {
    "account_name": "Payments",
    "email": "payments@example.com",
    "organizational_unit": "Production",
    "environment": "production",
    "cost_center": "4711",
    "owner": "otto@example.com",
    "purpose": "Card payments of the shop",
    "security_contact": "Sina Secure; Head of Security; soc@example.com; +49 30 1234",
    "operations_contact": "Olli Ops; Operations; ops@example.com; +49 30 2345",
    "billing_contact": "Bea Bill; Controlling; billing@example.com; +49 30 3456",
    "monthly_budget": "500",
}


def ask_for(ticket: str, **fields: Any) -> AccountRequest:
    raw = WISH | fields
    return receive_request(ticket=ticket, content=clean(raw), requester="rita@example.com", raw=raw, actor=RITA)


def approve(request: AccountRequest) -> None:
    record_decision(
        request=request, decision=Decision.APPROVED, decided_by="gus@example.com",
        decided_at=datetime.now(UTC), source="test", actor=GUS,
    )  # fmt: skip
