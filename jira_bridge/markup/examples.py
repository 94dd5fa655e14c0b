"""A plausible context for every message: for previews, and to try a company's own templates."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_PORTAL_URL = "https://portal.example.com/admin/vending/accountrequest/12/change/"

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "received": {
        "values": [
            ("Account name", "payments-prod"),
            ("E-mail", "aws-payments-prod@example.com"),
            ("Organizational unit", "Workloads/Prod"),
            ("Monthly budget", "1,500.00 USD"),
        ],
        "minutes": 10,
        "portal_url": _PORTAL_URL,
    },
    "to_correct": {
        "faults": [
            ("Account name", "“Zahlungen Köln” has letters that AWS does not accept. Use only A to Z."),
            ("E-mail", "This address belongs to another AWS account. Choose one that is not in use."),
        ],
        "portal_url": _PORTAL_URL,
    },
    "on_hold": {
        "cause": "edited",
        "changed": ["Account name", "Monthly budget"],
        "reason": None,
        "portal_url": _PORTAL_URL,
    },
    "not_approved": {
        "cause": "not_allowed",
        "person": "sam@example.com",
        "reason": None,
        "portal_url": _PORTAL_URL,
    },
    "resumed": {"account_name": "payments-prod", "portal_url": _PORTAL_URL},
    "started": {"account_name": "payments-prod", "minutes": 10, "portal_url": _PORTAL_URL},
    "progress": {
        "account_name": "payments-prod",
        "milestones": [
            ("created", "done"),
            ("access", "running"),
            ("deployed", "waiting"),
            ("checked", "pending"),
        ],
        "portal_url": _PORTAL_URL,
    },
    "ready": {
        "account_id": "123456789012",
        "account_name": "payments-prod",
        "organizational_unit": "Workloads/Prod",
        "monthly_budget": Decimal("1500"),
        "currency": "USD",
        "stack_sets": ["baseline-logging", "baseline-network"],
        "sign_in_url": "https://example.awsapps.com/start",
        "billing_url": "https://portal.example.com/billing/123456789012",
        "guardrails_url": "https://wiki.example.com/guardrails",
        "onboarding_url": "https://wiki.example.com/onboarding",
    },
    "failed": {
        "account_name": "payments-prod",
        "milestone": "deployed",
        "reference": "AVM-12 / 4711",
        "portal_url": _PORTAL_URL,
    },
    "changed": {
        "account_name": "payments-prod",
        "changes": [("Cost center", "4711", "4812"), ("Monthly budget", "1,500.00 USD", "2,000.00 USD")],
        "reason": "The team moved to another department.",
        "portal_url": _PORTAL_URL,
    },
    "left": {
        "account_name": "payments-prod",
        "reason": "The budget is decided in spring.",
        "portal_url": _PORTAL_URL,
    },
    "cancelled": {"reason": "The team uses another account.", "account_id": None, "may_exist": False},
}
