from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vending.content import ContactContent, RequestContent, clean
from vending.rules import faults

GOOD = RequestContent(
    account_name="shop-production",
    email="aws-shop@example.com",
    organizational_unit="Production",
    environment="production",
    cost_center="CC-4711",
    owner="Jane Doe",
    approvers=("jane@example.com", "Rick Roe"),
    purpose="The shop.",
    security_contact=ContactContent("Jane Doe", "CISO", "sec@example.com", "+49 (0)30 1234-5"),
    optional_stack_sets=("vpc-standard",),
    monthly_budget=Decimal("1500.50"),
)


def sentences(**changes):
    found = faults(replace(GOOD, **changes))
    assert {fault.field for fault in found} <= set(changes) | {"monthly_budget"}
    return [fault.sentence for fault in found]


def test_a_good_request_has_no_fault():
    assert faults(GOOD) == []


def test_optional_fields_may_be_empty():
    assert sentences(approvers=(), security_contact=None, optional_stack_sets=(), monthly_budget=None) == []


def test_everything_missing_is_named_in_the_order_of_the_form():
    assert [fault.field for fault in faults(RequestContent())] == [
        "account_name", "email", "organizational_unit", "environment", "cost_center", "owner", "purpose",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("Müller", "Mueller"), ("Übung", "Uebung"), ("Straße", "Strasse"), ("Café", "Cafe"),
     ("A \u2013 B", "A - B"), ("<shop>", "(shop)"), ("Łódź", "Lodz")],
)  # fmt: skip
def test_a_letter_aws_does_not_take_is_named_with_a_suggestion(name, suggestion):
    (sentence,) = sentences(account_name=name)
    assert f"“{suggestion}”" in sentence
    assert not faults(replace(GOOD, account_name=suggestion))


def test_a_letter_without_a_plain_spelling_gets_no_suggestion():
    assert sentences(account_name="店") == [
        "AWS does not take “店” in an account name. Use plain letters and digits (ASCII)."
    ]


def test_a_name_of_50_characters_passes_and_51_are_counted():
    assert sentences(account_name="x" * 50) == []
    assert sentences(account_name="x" * 51) == [
        "The account name has 51 characters, and AWS takes at most 50. Shorten it."
    ]


def test_an_email_of_64_characters_passes_and_65_are_counted():
    assert sentences(email="x" * 58 + "@ab.de") == []
    assert "has 65 characters" in sentences(email="x" * 59 + "@ab.de")[0]


@pytest.mark.parametrize(
    ("address", "why"),
    [("müller@example.com", "“ü”"), ("a@b@example.com", "it has 2"), ("example.com", "it has 0"),
     ("ja ne@example.com", "before the @"), ("a,b@example.com", "“,”"), ("o'neil@example.com", "“'”"),
     ("a&b@example.com", "“&”"), ("@example.com", "nothing before"), (".jane@example.com", "full stop"),
     ("jane@example", "no domain"), ("jane@example..com", "no domain"), ("jane@exa mple.com", "no domain")],
)  # fmt: skip
def test_an_email_aws_refuses_is_refused_with_the_reason(address, why):
    (sentence,) = sentences(email=address)
    assert why in sentence


@pytest.mark.parametrize("address", ["jane+aws@example.com", "j.d@sub.example.co.uk", "a_b-c@example-1.com"])
def test_usual_emails_pass(address):
    assert sentences(email=address) == []


def test_an_unknown_environment_names_the_choices():
    assert sentences(environment="prod") == [
        "The environment “prod” is not known. Choose one of: production, staging, development, sandbox."
    ]


@pytest.mark.parametrize("code", ["CC 1", "x" * 65, "Größe", "a;b"])
def test_a_cost_center_takes_letters_digits_and_few_signs(code):
    assert "The cost center" in sentences(cost_center=code)[0]


@pytest.mark.parametrize("owner", ["12345", "jane@", "a@b.de, c@d.de", "x" * 255])
def test_an_owner_is_a_name_or_one_email(owner):
    assert len(sentences(owner=owner)) == 1


def test_each_bad_approver_gets_a_sentence():
    assert len(sentences(approvers=("jane@example.com", "@", "??"))) == 2


def test_a_purpose_over_2000_characters_is_counted():
    assert "has 2001 characters" in sentences(purpose="x" * 2001)[0]


@pytest.mark.parametrize(
    ("part", "value", "words"),
    [("name", "x" * 65, "64"), ("title", "x" * 51, "50"), ("email", "jane", "“jane”"),
     ("email", "x" * 250 + "@a.de", "longer than 254"), ("phone", "call me", "“call me”"),
     ("phone", "1" * 26, "25 digits"), ("name", "", "no name"), ("phone", "", "no phone")],
)  # fmt: skip
def test_a_part_of_a_contact_that_aws_refuses_is_named(part, value, words):
    (sentence,) = sentences(security_contact=replace(GOOD.security_contact, **{part: value}))
    assert words in sentence
    assert "security contact" in sentence


@pytest.mark.parametrize("name", ["1st", "with_underscore", "x" * 129, "-x"])
def test_a_stack_set_name_follows_cloudformation(name):
    assert len(sentences(optional_stack_sets=("vpc-standard", name))) == 1


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "10000000.01"])
def test_a_budget_is_more_than_nothing_and_at_most_ten_millions(amount):
    assert amount in sentences(monthly_budget=Decimal(amount))[0]


def test_the_largest_budget_passes():
    assert sentences(monthly_budget=Decimal("10000000.00")) == []


def test_a_budget_that_cannot_be_read_is_shown_as_it_was_written():
    (fault,) = faults(clean({"monthly_budget": "1.234"}))[-1:]
    assert fault.field == "monthly_budget"
    assert "“1.234” cannot be read" in fault.sentence


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.text(max_size=70))
def test_a_name_and_an_email_that_pass_are_what_aws_takes(name, email):
    content = clean({"account_name": name, "email": email})
    broken = {fault.field for fault in faults(content)}
    if "account_name" not in broken:
        assert 1 <= len(content.account_name) <= 50
        assert content.account_name.isascii()
        assert content.account_name.isprintable()
    if "email" not in broken:
        assert 6 <= len(content.email) <= 64
        assert content.email.isascii()
        assert content.email.count("@") == 1
