"""What a ticket asks for, as plain values: cleaned, comparable, with a hash that an approval can name."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vending import cleaning
from vending.choices import ContactKind
from vending.models import AccountRequest, Contact


class Field(NamedTuple):
    """A field of the content: its name in code and mappings, its label for people."""

    name: str
    label: str | Promise


FIELDS: tuple[Field, ...] = (
    Field("account_name", _("Account name")),
    Field("email", _("Account e-mail")),
    Field("organizational_unit", _("Organizational unit")),
    Field("environment", _("Environment")),
    Field("cost_center", _("Cost center")),
    Field("owner", _("Owner")),
    Field("approvers", _("Approvers")),
    Field("purpose", _("Purpose")),
    Field("security_contact", _("Security contact")),
    Field("operations_contact", _("Operations contact")),
    Field("billing_contact", _("Billing contact")),
    Field("optional_stack_sets", _("Optional stack sets")),
    Field("monthly_budget", _("Monthly budget")),
)


UNORDERED = ("approvers", "optional_stack_sets")
"""Lists whose order means nothing: any approver may approve, and stack sets are independent. Jira may reorder them."""


@dataclass(frozen=True, slots=True)
class ContactContent:
    """An alternate contact of the future account."""

    name: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class RequestContent:
    """A request's content: cleaned, but not necessarily valid (vending.rules says what is not).

    monthly_budget is in US dollars. What was written there but is no amount is unreadable_budget instead; it
    counts for the hash, so that an edit from or to such a text is a change like any other.
    """

    account_name: str = ""
    email: str = ""
    organizational_unit: str = ""
    environment: str = ""
    cost_center: str = ""
    owner: str = ""
    approvers: tuple[str, ...] = ()
    purpose: str = ""
    security_contact: ContactContent | None = None
    operations_contact: ContactContent | None = None
    billing_contact: ContactContent | None = None
    optional_stack_sets: tuple[str, ...] = ()
    monthly_budget: Decimal | None = None
    unreadable_budget: str = ""

    def contacts(self) -> dict[ContactKind, ContactContent]:
        """The contacts that were given."""
        given = {kind: getattr(self, f"{kind.value}_contact") for kind in ContactKind}
        return {kind: contact for kind, contact in given.items() if contact is not None}


class Change(NamedTuple):
    """One field whose value differs, with both values as text for people."""

    field: str
    label: str | Promise
    old: str
    new: str


def clean(raw: Mapping[str, object]) -> RequestContent:
    """The content of a form: field name → text, number, list of texts, or None. Never raises.

    Names keep their letters (NFC); e-mail addresses and codes, which machines compare, lose every look-alike
    (NFKC).
    """
    budget = raw.get("monthly_budget")
    return RequestContent(
        account_name=cleaning.line(raw.get("account_name")),
        email=cleaning.email(raw.get("email")),
        organizational_unit=cleaning.line(raw.get("organizational_unit")),
        environment=cleaning.code(raw.get("environment")).lower(),
        cost_center=cleaning.code(raw.get("cost_center")),
        owner=cleaning.person(raw.get("owner")),
        approvers=cleaning.items(raw.get("approvers"), cleaning.person),
        purpose=cleaning.lines(raw.get("purpose")),
        security_contact=_contact(raw.get("security_contact")),
        operations_contact=_contact(raw.get("operations_contact")),
        billing_contact=_contact(raw.get("billing_contact")),
        optional_stack_sets=cleaning.items(raw.get("optional_stack_sets"), cleaning.code),
        monthly_budget=cleaning.amount(budget),
        unreadable_budget=_unreadable(budget),
    )


def as_json(content: RequestContent) -> dict[str, Any]:
    """The thirteen fields as JSON values; `clean` makes the same content of them again."""
    values = asdict(content)
    unreadable = values.pop("unreadable_budget")
    if content.monthly_budget is None:
        values["monthly_budget"] = unreadable or None
    else:
        values["monthly_budget"] = f"{content.monthly_budget:.2f}"
    return values


def content_hash(content: RequestContent) -> str:
    """SHA-256 of the canonical JSON: the same in every process, equal only for contents without a difference."""
    canonical = json.dumps(_comparable(content), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def difference(old: RequestContent, new: RequestContent) -> list[Change]:
    """The fields that differ, in the order of the form. The mere order of UNORDERED lists is no difference."""
    before, after = _comparable(old), _comparable(new)
    written, now = as_json(old), as_json(new)
    return [
        Change(name, label, value_text(written[name]), value_text(now[name]))
        for name, label in FIELDS
        if before[name] != after[name]
    ]


def of_request(request: AccountRequest) -> RequestContent:
    """The content that the request's row and its contacts hold.

    `raw` must be what `clean` was given: a budget that is no amount has no other place in the row.
    """
    unreadable = _unreadable(request.raw.get("monthly_budget")) if request.monthly_budget is None else ""
    contacts = {
        f"{row.kind}_contact": ContactContent(row.name, row.title, row.email, row.phone)
        for row in request.contacts.all()
    }
    return RequestContent(
        account_name=request.account_name,
        email=request.email,
        organizational_unit=request.organizational_unit,
        environment=request.environment,
        cost_center=request.cost_center,
        owner=request.owner,
        approvers=tuple(request.approvers),
        purpose=request.purpose,
        optional_stack_sets=tuple(request.optional_stack_sets),
        monthly_budget=request.monthly_budget,
        unreadable_budget=unreadable,
        **contacts,
    )


def apply(request: AccountRequest, content: RequestContent) -> list[Contact]:
    """Set the row's attributes, without saving, and return the contacts that shall replace its own."""
    request.account_name = content.account_name
    request.email = content.email
    request.organizational_unit = content.organizational_unit
    request.environment = content.environment
    request.cost_center = content.cost_center
    request.owner = content.owner
    request.approvers = list(content.approvers)
    request.purpose = content.purpose
    request.optional_stack_sets = list(content.optional_stack_sets)
    request.monthly_budget = content.monthly_budget
    contacts = content.contacts().items()
    return [Contact(request=request, kind=kind, **asdict(given)) for kind, given in contacts]


def _comparable(content: RequestContent) -> dict[str, Any]:
    """The content as JSON values in which only what counts can differ."""
    values = as_json(content)
    return values | {name: sorted(values[name]) for name in UNORDERED}


def _contact(value: object) -> ContactContent | None:
    parts = cleaning.contact(value)
    return ContactContent(*parts) if any(parts) else None


def _unreadable(budget: object) -> str:
    return cleaning.code(budget) if cleaning.amount(budget) is None else ""


def value_text(value: Any) -> str:
    """A JSON value of a field as text for people."""
    if isinstance(value, dict):
        return "; ".join(part for part in value.values() if part)
    if isinstance(value, list | tuple):
        return ", ".join(value)
    return value or ""
