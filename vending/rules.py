"""What the content of a request must be, whoever asks: AWS's own rules, and this portal's.

AWS's are those of organizations:CreateAccount (name, e-mail), organizations:PutAccountName (`<` and `>`),
account:PutAlternateContact (contacts) and cloudformation:CreateStackSet (names of stack sets).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from vending.content import FIELDS, ContactContent, RequestContent
from vending.sentences import Sentence
from vending.spelling import in_ascii

ENVIRONMENTS = ("production", "staging", "development", "sandbox")
LARGEST_BUDGET = Decimal("10000000")  # US dollars a month
LONGEST_PURPOSE = 2000  # characters

Sentences = Iterator[Sentence]


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One thing to correct: the field's name, and a sentence or two that say what is wrong and what to do."""

    field: str
    sentence: Sentence


def faults(content: RequestContent) -> list[FieldFault]:
    """Everything wrong with the content, in the order of the form. Asks nobody."""
    return [FieldFault(field.name, sentence) for field in FIELDS for sentence in CHECKS[field.name](content)]


def _account_name(content: RequestContent) -> Sentences:
    name = content.account_name
    if not name:
        yield Sentence(_("The account name is missing. Give one of 1 to 50 characters."))
    if len(name) > 50:
        yield Sentence(
            _("The account name has {count} characters, and AWS takes at most 50. Shorten it."), count=len(name)
        )
    barred = "".join(dict.fromkeys(char for char in name if not " " <= char <= "~" or char in "<>"))
    if barred:
        suggestion, shown = in_ascii(name), " ".join(barred)
        if suggestion:
            text = _("AWS does not take “{barred}” in an account name. Write for example “{suggestion}”.")
        else:
            text = _("AWS does not take “{barred}” in an account name. Use plain letters and digits (ASCII).")
        yield Sentence(text, barred=shown, suggestion=suggestion)


def _email(content: RequestContent) -> Sentences:
    address = content.email
    if not address:
        yield Sentence(_("The account's e-mail address is missing. Give one that no other AWS account has."))
        return
    if not 6 <= len(address) <= 64:
        yield Sentence(
            _("The account's e-mail address has {count} characters, and AWS takes 6 to 64. Choose another one."),
            count=len(address),
        )
    if problem := _address_problem(address):
        yield Sentence(
            _("The account's e-mail address “{address}” cannot be used: {problem}. Correct it."),
            address=_short(address),
            problem=problem,
        )


def _address_problem(address: str) -> Sentence | None:
    """What AWS has against an e-mail address, as the end of a sentence."""
    foreign = next((char for char in address if not " " <= char <= "~"), "")
    if foreign:
        return Sentence(_("it contains “{char}”, and only plain letters (ASCII) work"), char=foreign)
    if address.count("@") != 1:
        return Sentence(_("it must have exactly one @, and it has {count}"), count=address.count("@"))
    local, domain = address.split("@")
    barred = re.search(r"""[\s"'()<>\[\]:;,\\|%&]""", local)
    if barred:
        return Sentence(_("AWS does not take “{char}” before the @"), char=barred[0])
    if not local:
        return Sentence(_("there is nothing before the @"))
    if local.startswith("."):
        return Sentence(_("it must not start with a full stop"))
    if not re.fullmatch(r"[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+", domain):
        return Sentence(_("what follows the @ is no domain such as example.com"))
    return None


def _organizational_unit(content: RequestContent) -> Sentences:
    if not content.organizational_unit:
        yield Sentence(_("The organizational unit is missing. Choose the one the account shall live in."))
    if len(content.organizational_unit) > 128:
        yield Sentence(_("The organizational unit is longer than 128 characters. Choose one of the list."))


def _environment(content: RequestContent) -> Sentences:
    if not content.environment:
        yield Sentence(_("The environment is missing. Choose one of: {choices}."), choices=ENVIRONMENTS)
    elif content.environment not in ENVIRONMENTS:
        yield Sentence(
            _("The environment “{given}” is not known. Choose one of: {choices}."),
            given=_short(content.environment),
            choices=ENVIRONMENTS,
        )


def _cost_center(content: RequestContent) -> Sentences:
    if not content.cost_center:
        yield Sentence(_("The cost center is missing. Give the one that pays for the account."))
    elif not re.fullmatch(r"[A-Za-z0-9._/-]{1,64}", content.cost_center):
        yield Sentence(
            _("The cost center “{given}” cannot be used. Write up to 64 letters, digits and the signs . _ - / only."),
            given=_short(content.cost_center),
        )


def _owner(content: RequestContent) -> Sentences:
    if not content.owner:
        yield Sentence(_("The owner is missing. Name the person or team that answers for the account."))
    elif len(content.owner) > 254:
        yield Sentence(
            _("The owner has {count} characters, and 254 are possible. Name one person or team."),
            count=len(content.owner),
        )
    elif _is_bad_person(content.owner):
        yield Sentence(
            _("The owner “{given}” is neither a name nor one e-mail address. Correct it."), given=_short(content.owner)
        )


def _approvers(content: RequestContent) -> Sentences:
    for approver in content.approvers:
        if _is_bad_person(approver):
            yield Sentence(
                _("The approver “{given}” is neither a name nor an e-mail address. Correct it."), given=_short(approver)
            )


def _is_bad_person(text: str) -> bool:
    if "@" in text:
        return bool(_address_problem(text)) or len(text) > 254
    return not any(char.isalpha() for char in text) or len(text) > 254


def _purpose(content: RequestContent) -> Sentences:
    if not content.purpose:
        yield Sentence(_("The purpose is missing. Say in a sentence or two what the account is for."))
    if len(content.purpose) > LONGEST_PURPOSE:
        yield Sentence(
            _("The purpose has {count} characters, and {most} are possible. Shorten it."),
            count=len(content.purpose),
            most=LONGEST_PURPOSE,
        )


def _security_contact(content: RequestContent) -> Sentences:
    return _contact(Sentence(_("security contact")), content.security_contact)


def _operations_contact(content: RequestContent) -> Sentences:
    return _contact(Sentence(_("operations contact")), content.operations_contact)


def _billing_contact(content: RequestContent) -> Sentences:
    return _contact(Sentence(_("billing contact")), content.billing_contact)


def _contact(which: Sentence, contact: ContactContent | None) -> Sentences:
    """AWS wants all four parts of a contact; a request may also leave the whole contact out."""
    if contact is None:
        return
    labels = (Sentence(_("name")), Sentence(_("title")), Sentence(_("e-mail")), Sentence(_("phone")))
    missing = [label for label, value in zip(labels, astuple(contact), strict=True) if not value]
    if missing:
        yield Sentence(
            _("The {contact} has no {missing}. Write all four: name; title; e-mail; phone. Or leave it empty."),
            contact=which,
            missing=missing,
        )
    for label, value, most in ((Sentence(_("name")), contact.name, 64), (Sentence(_("title")), contact.title, 50)):
        if len(value) > most:
            yield Sentence(
                _("The {part} of the {contact} has {count} characters, AWS takes {most}. Shorten it."),
                part=label,
                contact=which,
                count=len(value),
                most=most,
            )
    if contact.email and len(contact.email) > 254:
        yield Sentence(_("The e-mail of the {contact} is longer than 254 characters. Shorten it."), contact=which)
    elif contact.email and (problem := _address_problem(contact.email)):
        yield Sentence(
            _("The e-mail “{given}” of the {contact} cannot be used: {problem}. Correct it."),
            given=_short(contact.email),
            contact=which,
            problem=problem,
        )
    if contact.phone and not re.fullmatch(r"[\s0-9()+-]{1,25}", contact.phone):
        yield Sentence(
            _(
                "The phone number “{given}” of the {contact} cannot be used. "
                "Write up to 25 digits, spaces and the signs + - ( ) only."
            ),
            given=_short(contact.phone),
            contact=which,
        )


def _stack_sets(content: RequestContent) -> Sentences:
    for name in content.optional_stack_sets:
        if not re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9]{0,127}", name):
            yield Sentence(
                _(
                    "“{given}” cannot be the name of a stack set. Choose from the list; a name has letters, "
                    "digits and hyphens, starts with a letter and has at most 128 characters."
                ),
                given=_short(name),
            )


def _budget(content: RequestContent) -> Sentences:
    if content.unreadable_budget:
        yield Sentence(
            _(
                "The monthly budget “{given}” cannot be read without guessing. "
                "Write US dollars like 1500 or 1500.50, without separators between thousands."
            ),
            given=_short(content.unreadable_budget),
        )
    elif content.monthly_budget is not None and not 0 < content.monthly_budget <= LARGEST_BUDGET:
        yield Sentence(
            _(
                "The monthly budget must be more than 0 and at most 10,000,000 US dollars, not {given}. "
                "Correct it, or leave it empty for none."
            ),
            given=content.monthly_budget,
        )


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


CHECKS: dict[str, Callable[[RequestContent], Sentences]] = {
    "account_name": _account_name,
    "email": _email,
    "organizational_unit": _organizational_unit,
    "environment": _environment,
    "cost_center": _cost_center,
    "owner": _owner,
    "approvers": _approvers,
    "purpose": _purpose,
    "security_contact": _security_contact,
    "operations_contact": _operations_contact,
    "billing_contact": _billing_contact,
    "optional_stack_sets": _stack_sets,
    "monthly_budget": _budget,
}
