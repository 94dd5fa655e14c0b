"""Which of our fields a field of Jira probably is, by its name in English or German and by its kind."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from jira_bridge.choices import RequestField
from jira_bridge.kinds import Kind

NAMES: dict[RequestField, tuple[str, ...]] = {
    RequestField.ACCOUNT_NAME: (
        "account name", "name of account", "aws account", "kontoname", "konto name", "name konto", "accountname",
        "name account", "name kontos", "name accounts", "bezeichnung konto",
    ),
    RequestField.EMAIL: (
        "account email", "email", "root email", "root user email", "email address", "account email address",
        "email adresse", "emailadresse", "konto email", "email konto", "email adresse konto", "email account",
        "mailadresse", "mail adresse",
    ),
    RequestField.ORGANIZATIONAL_UNIT: (
        "organizational unit", "organization unit", "ou", "target ou", "organisationseinheit",
        "organisatorische einheit", "ziel ou",
    ),
    RequestField.ENVIRONMENT: ("environment", "account environment", "stage", "umgebung", "zielumgebung", "stufe"),
    RequestField.COST_CENTER: ("cost center", "costcenter", "charge code", "kostenstelle", "kontierung"),
    RequestField.OWNER: (
        "owner", "account owner", "product owner", "eigentumer", "eigentuemer", "inhaber", "kontoinhaber", "besitzer",
        "verantwortlich", "verantwortliche", "verantwortlicher", "verantwortliche person", "kontoverantwortlicher",
        "konto verantwortlicher",
    ),
    RequestField.APPROVERS: (
        "approvers", "approver", "approving persons", "genehmiger", "genehmigende", "genehmigung durch", "freigeber",
        "freigebende", "freigabe durch",
    ),
    RequestField.PURPOSE: (
        "purpose", "business purpose", "account purpose", "use case", "zweck", "verwendungszweck", "einsatzzweck",
        "zweck konto",
    ),
    RequestField.SECURITY_CONTACT: (
        "security contact", "sicherheitskontakt", "kontakt sicherheit", "ansprechpartner sicherheit",
        "ansprechpartnerin sicherheit", "sicherheit ansprechpartner",
    ),
    RequestField.OPERATIONS_CONTACT: (
        "operations contact", "operational contact", "betriebskontakt", "kontakt betrieb", "ansprechpartner betrieb",
        "ansprechpartnerin betrieb", "betrieb ansprechpartner",
    ),
    RequestField.BILLING_CONTACT: (
        "billing contact", "finance contact", "rechnungskontakt", "abrechnungskontakt", "kontakt abrechnung",
        "kontakt rechnung", "ansprechpartner abrechnung", "ansprechpartner rechnung",
    ),
    RequestField.OPTIONAL_STACK_SETS: (
        "optional stack sets", "stack sets", "optional stacksets", "stacksets", "optionale stack sets",
        "optionale stacksets", "optional features", "zusatzpakete",
    ),
    RequestField.MONTHLY_BUDGET: (
        "monthly budget", "budget", "budget per month", "monatsbudget", "monatliches budget", "budget pro monat",
        "budget monat",
    ),
}  # fmt: skip

_CHOICE = {Kind.SELECT, Kind.RADIO, Kind.CASCADING}
_WRITTEN = {Kind.TEXT, Kind.PARAGRAPH}
SUITABLE: dict[RequestField, set[Kind]] = {
    RequestField.ACCOUNT_NAME: {Kind.TEXT},
    RequestField.EMAIL: {Kind.TEXT},
    RequestField.ORGANIZATIONAL_UNIT: {Kind.TEXT, *_CHOICE},
    RequestField.ENVIRONMENT: {Kind.TEXT, *_CHOICE},
    RequestField.COST_CENTER: {Kind.TEXT, Kind.NUMBER, Kind.ASSETS, *_CHOICE},
    RequestField.OWNER: {Kind.USER, Kind.GROUP, Kind.TEXT},
    RequestField.APPROVERS: {Kind.USERS, Kind.USER, *_WRITTEN},
    RequestField.PURPOSE: _WRITTEN,
    RequestField.SECURITY_CONTACT: _WRITTEN,
    RequestField.OPERATIONS_CONTACT: _WRITTEN,
    RequestField.BILLING_CONTACT: _WRITTEN,
    RequestField.OPTIONAL_STACK_SETS: {Kind.CHECKBOXES, Kind.MULTI_SELECT, Kind.LABELS, *_WRITTEN},
    RequestField.MONTHLY_BUDGET: {Kind.NUMBER, Kind.TEXT, *_CHOICE},
}
"""The kinds that can hold each of our fields."""

NOISE = {
    "aws", "the", "a", "of", "for", "in", "usd", "us", "eur", "your", "new",
    "der", "die", "das", "des", "den", "fur", "fuer", "ihr", "ihre", "im",
}  # fmt: skip
"""Words that say nothing about which field it is."""

SPELLINGS = (("centre", "center"), ("organisation", "organization"), ("e mail", "email"), ("e-mail", "email"))
TELLING = 8
"""Letters from which on one word may say it among others: “Kostenstelle (SAP)”, but not “Owner's e-mail”."""


@dataclass(frozen=True)
class Candidate:
    """A field of Jira that could hold one of ours."""

    jira_id: str
    name: str
    kind: Kind


def suits(field: RequestField, kind: Kind) -> bool:
    """Whether such a field can hold ours. An unknown kind may."""
    return kind == Kind.UNKNOWN or kind in SUITABLE[field]


def likeness(field: RequestField, name: str) -> int:
    """How well the name says this field: 0 not at all, 100 and more exactly."""
    said = _words(name)
    best = 0
    for phrase in NAMES[field]:
        wanted = _words(phrase)
        if said == wanted or "".join(said) == "".join(wanted):
            best = max(best, 100 + len(wanted))
        elif set(wanted) <= set(said) and (len(wanted) > 1 or len(wanted[0]) >= TELLING):
            best = max(best, 10 * len(wanted) - (len(said) - len(wanted)))
    return best


def propose(candidates: Iterable[Candidate], fields: Iterable[RequestField]) -> dict[RequestField, Candidate]:
    """The most probable field of Jira for each of ours; each is used once, the surest pairs first."""
    pairs = [
        (likeness(field, candidate.name), field, candidate)
        for field in fields
        for candidate in candidates
        if suits(field, candidate.kind)
    ]
    found: dict[RequestField, Candidate] = {}
    taken: set[str] = set()
    for likely, field, candidate in sorted(pairs, key=lambda pair: -pair[0]):
        if likely > 0 and field not in found and candidate.jira_id not in taken:
            found[field] = candidate
            taken.add(candidate.jira_id)
    return found


def probable(candidate: Candidate, fields: Iterable[RequestField]) -> RequestField | None:
    """Which of these fields of ours one field of Jira most probably is."""
    ranked = [(likeness(ours, candidate.name), ours) for ours in fields if suits(ours, candidate.kind)]
    best = max(ranked, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] else None


def _words(name: str) -> list[str]:
    """The words that count, without marks and brackets' units: “E-Mail-Adresse (für AWS)” → email adresse."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(char))
    for written, meant in SPELLINGS:
        plain = plain.replace(written, meant)
    words = re.findall(r"[a-z0-9]+", plain)
    return [word for word in words if word not in NOISE] or words
