"""What people type into the search of findings, and the rows they mean."""

from django.db.models import QuerySet

from compliance.models import Finding
from vending.searching import account_ids
from vending.steps import registry


def findings_found(rows: QuerySet[Finding], term: str) -> QuerySet[Finding]:
    """Findings of the accounts that the words mean; the name of a control means that control."""
    others = []
    for word in term.split():
        if word.lower() in registry.BY_NAME:
            rows = rows.filter(control=word.lower())
        else:
            others.append(word)
    return rows.filter(account__in=account_ids(" ".join(others))) if others else rows
