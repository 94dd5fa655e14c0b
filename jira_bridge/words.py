"""The words of messages that stand outside their templates: titles, and what our fields are called."""

from collections.abc import Mapping

from django.utils import translation

from vending.content import FIELDS

TITLES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "received": "Ready for approval",
        "to_correct": "Please correct",
        "not_approved": "Not approved",
        "on_hold": "On hold",
        "resumed": "Going on",
        "started": "Started",
        "progress": "Progress",
        "ready": "Account ready",
        "failed": "Stopped",
        "cancelled": "Cancelled",
        "changed": "Account changed",
        "left": "Account unchanged",
    },
    "de": {
        "received": "Bereit zur Genehmigung",
        "to_correct": "Bitte korrigieren",
        "not_approved": "Nicht genehmigt",
        "on_hold": "Angehalten",
        "resumed": "Es geht weiter",
        "started": "Begonnen",
        "progress": "Stand",
        "ready": "Konto bereit",
        "failed": "Stehen geblieben",
        "cancelled": "Abgebrochen",
        "changed": "Konto geändert",
        "left": "Konto unverändert",
    },
}
"""What a mail's subject says after the issue key."""

FIELD_LABELS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "account_name": "Kontoname",
        "email": "E-Mail-Adresse des Kontos",
        "organizational_unit": "Organisationseinheit",
        "environment": "Umgebung",
        "cost_center": "Kostenstelle",
        "owner": "Verantwortlich",
        "approvers": "Genehmigende",
        "purpose": "Zweck",
        "security_contact": "Kontakt für Sicherheit",
        "operations_contact": "Kontakt für Betrieb",
        "billing_contact": "Kontakt für Abrechnung",
        "optional_stack_sets": "Optionale Stack Sets",
        "monthly_budget": "Monatsbudget",
    }
}
"""Other languages use the labels of vending.content, translated as the portal's pages are."""

REQUEST: Mapping[str, str] = {"en": "Request", "de": "Anfrage"}
"""What a fault is listed under that belongs to no field."""


def title(message: str, language: str) -> str:
    """The title of a message; English where a language has none."""
    return TITLES.get(language, TITLES["en"])[message]


def field_label(name: str, language: str) -> str:
    """What a field of the request is called; the request itself for what is no field."""
    if name in FIELD_LABELS.get(language, {}):
        return FIELD_LABELS[language][name]
    with translation.override(language):
        labels = {field.name: str(field.label) for field in FIELDS}
    return labels.get(name) or REQUEST.get(language, REQUEST["en"])
