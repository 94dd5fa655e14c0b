import json
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, settings
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from vending.cleaning import storable
from vending.content import (
    FIELDS,
    UNORDERED,
    ContactContent,
    RequestContent,
    apply,
    as_json,
    clean,
    content_hash,
    difference,
    of_request,
)
from vending.models import AccountRequest, Contact

WHOLE = {
    "account_name": "shop-production",
    "email": "aws-shop@example.com",
    "organizational_unit": "Production",
    "environment": "Production",
    "cost_center": "CC-4711",
    "owner": "Jane Doe <Jane.Doe@example.com>",
    "approvers": ["jane@example.com", "Rick Roe"],
    "purpose": "The shop.\n\nEU only.",
    "security_contact": "Jane Doe; CISO; sec@example.com; +49 30 1234",
    "optional_stack_sets": ["vpc-standard"],
    "monthly_budget": 1500.5,
}
AWKWARD = (
    " ", "\n", "\t", ",", ";", "@", "<", ">", "[", "]", "|", "mailto:", "* ", "- ", "?", "a@b.de", "+49 30 1",
    "1.234", "$", "Tel. ", "\u200b", "\u202e", "\u00ad", "\ud800", "\x00", "\u0301", "\uff21", "\u00a8",
    "\u0130",
)  # fmt: skip
awkward = st.sampled_from(AWKWARD)
texts = st.one_of(st.text(), st.lists(st.one_of(awkward, st.text(max_size=4))).map("".join))
numbers = st.one_of(st.integers(), st.floats(), st.decimals(), st.booleans())
values = st.one_of(st.none(), texts, numbers, st.lists(st.one_of(texts, numbers)))
anything = st.one_of(values, st.dictionaries(texts, values), st.lists(st.lists(texts)), st.binary())
names = st.sampled_from([field.name for field in FIELDS])
forms = st.dictionaries(names, anything)


def given(*strategies):
    """Hypothesis's own, patient with a busy machine: the first example builds its table of characters."""
    patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    return lambda test: patient(hypothesis_given(*strategies)(test))


def texts_of(value):
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value or ()
    return [text for part in parts for text in texts_of(part)]


def in_one_order(content, backwards=False):
    lists = {name: tuple(sorted(getattr(content, name), reverse=backwards)) for name in UNORDERED}
    return replace(content, **lists)


@given(forms)
def test_cleaning_what_is_clean_changes_nothing(raw):
    content = clean(raw)
    assert clean(as_json(content)) == content


@given(forms)
def test_no_invisible_character_survives(raw):
    for text in texts_of(as_json(clean(raw))):
        assert not [char for char in text if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs")]


@given(forms)
def test_every_clean_text_can_be_stored(raw):
    for text in texts_of(as_json(clean(raw))):
        text.encode()


@given(forms, forms)
def test_hashes_are_equal_only_for_equal_contents(one, other):
    one, other = in_one_order(clean(one)), in_one_order(clean(other))
    assert (content_hash(one) == content_hash(other)) == (one == other) == (difference(one, other) == [])


@given(forms)
def test_the_order_of_approvers_and_stack_sets_does_not_count(raw):
    content = clean(raw)
    for same in (in_one_order(content), in_one_order(content, backwards=True)):
        assert content_hash(same) == content_hash(content)
        assert difference(content, same) == []


def test_another_approver_counts_and_both_lists_are_shown_as_written():
    before = clean(WHOLE | {"approvers": ["Zoe", "Anna"]})
    after = clean(WHOLE | {"approvers": ["Zoe", "Anna", "Mia"]})
    assert content_hash(before) != content_hash(after)
    assert [(change.old, change.new) for change in difference(before, after)] == [("Zoe, Anna", "Zoe, Anna, Mia")]


@given(forms)
def test_nothing_differs_from_itself(raw):
    content = clean(raw)
    assert difference(content, clean(raw)) == []
    assert content_hash(content) == content_hash(clean(raw))


json_values = st.recursive(st.one_of(st.none(), texts, st.floats(), st.integers()), st.lists, max_leaves=5)


@given(st.dictionaries(names, json_values))
@example({"organizational_unit": ["0", "\x00"]})
def test_what_can_be_stored_means_the_same_as_what_came(raw):
    kept = storable(raw)
    assert clean(kept) == clean(raw)
    json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()


def test_what_the_database_refuses_in_json_is_taken_out():
    raw = {"owner": ["J\x00ane \ud800Doe"], "monthly_budget": float("inf")}
    assert storable(raw) == {"owner": ["Jane Doe"], "monthly_budget": "inf"}


def test_the_hash_is_the_same_in_another_process():
    program = (
        "import django; django.setup(); from tests.vending.test_content import WHOLE;"
        "from vending.content import clean, content_hash; print(content_hash(clean(WHOLE)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "", "PYTHONHASHSEED": "7", "HOME": "/"},
    )  # fmt: skip
    assert run.stdout.strip() == content_hash(clean(WHOLE))


def test_there_are_thirteen_fields_and_each_is_part_of_the_content():
    assert len(FIELDS) == 13
    assert [field.name for field in FIELDS] == list(as_json(RequestContent()))


@pytest.mark.parametrize(
    "written",
    ["Jane@Example.com ", "Jane Doe <jane@example.com>", "mailto:jane@example.com", "<jane@example.com>;",
     "[jane@example.com|mailto:jane@example.com]", "[Jane|mailto:jane@example.com|smart-link]",
     "[mailto:jane@example.com]", "jane@\u200bexample.com", "mailto:jane@example.com?subject=Hi"],
)  # fmt: skip
def test_an_email_is_taken_out_of_its_wrapping(written):
    assert clean({"email": written}).email == "jane@example.com"


def test_a_name_keeps_its_letters_and_loses_what_cannot_be_seen():
    content = clean({"account_name": "  Mu\u0308ller\u200b\u00a0\u202e Shop\x00 "})
    assert content.account_name == "M\u00fcller Shop"


def test_the_purpose_keeps_its_line_breaks():
    assert clean({"purpose": " One \r\n\r\n\r\n\r\n two  words\n"}).purpose == "One\n\ntwo words"


def test_a_full_width_code_becomes_plain():
    assert clean({"cost_center": "\uff23\uff23-\uff11"}).cost_center == "CC-1"


def test_a_code_that_jira_sends_as_a_number_has_no_decimals():
    assert clean({"cost_center": 4711.0}).cost_center == "4711"


@pytest.mark.parametrize(
    "written",
    [
        "a@x.de, Bob; a@x.de",
        "* a@x.de\n* Bob",
        ["A <a@x.de>", "Bob", "bob\u200b", ""][:2],
        "a@x.de\r\n\r\nBob",
    ],
)
def test_a_list_is_read_from_text_or_list_in_order_and_each_once(written):
    assert clean({"approvers": written}).approvers == ("a@x.de", "Bob")


def test_a_comma_inside_an_item_of_a_list_parts_nothing():
    assert clean({"approvers": ["Doe, Jane", "Roe, Rick"]}).approvers == ("Doe, Jane", "Roe, Rick")


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1.234,50", "1234.50"), ("1,234.50 USD", "1234.50"), (500, "500.00"), ("500 $", "500.00"),
     ("US$ 1'234'567.8", "1234567.80"), ("1.234.567", "1234567.00"), ("1 500", "1500.00"), (99.999, "100.00"),
     (["700"], "700.00"), ("-5", "-5.00"), ("0", "0.00")],
)  # fmt: skip
def test_an_amount_is_read_however_it_is_written(written, amount):
    content = clean({"monthly_budget": written})
    assert (content.monthly_budget, content.unreadable_budget) == (Decimal(amount), "")


@pytest.mark.parametrize(
    "written",
    ["1.234", "1,234", "5OO", "about 500", "500 €", "1,2,3", "1.234.5", "inf", float("nan"), 10**12],
)
def test_an_amount_that_would_have_to_be_guessed_is_kept_as_text(written):
    content = clean({"monthly_budget": written})
    assert content.monthly_budget is None
    assert content.unreadable_budget == str(written)


def test_an_edit_from_an_unreadable_amount_to_none_is_a_change():
    changes = difference(clean({"monthly_budget": "5OO"}), clean({}))
    assert [(change.field, change.old, change.new) for change in changes] == [("monthly_budget", "5OO", "")]


@pytest.mark.parametrize(
    "written",
    ["Jane Doe; CISO; jane@x.org; +49 (0)30 1234-5", "jane@x.org, +49 (0)30 1234-5, Jane Doe, CISO",
     "Jane Doe <jane@x.org>; CISO; Tel.: +49 (0)30 1234/5",
     "Jane Doe\nCISO\nE-mail: jane@x.org\nphone +49 (0)30 1234\u20135",
     "Jane Doe; CISO; [jane@x.org|mailto:jane@x.org]; +49 (0)30 1234-5",
     ["Jane Doe", "CISO", "jane@x.org", "+49 (0)30 1234-5"]],
)  # fmt: skip
def test_a_contact_is_read_from_one_line_in_any_order(written):
    found = clean({"billing_contact": written}).billing_contact
    assert found == ContactContent("Jane Doe", "CISO", "jane@x.org", "+49 (0)30 1234-5")


def test_an_empty_contact_is_none():
    assert clean({"billing_contact": " ; ;; "}).billing_contact is None


def test_a_second_email_of_a_contact_is_not_dropped_silently():
    found = clean({"billing_contact": "Jane; CFO; a@x.org; b@x.org; 12345"}).billing_contact
    assert found.email == "a@x.org, b@x.org"


def test_a_difference_names_the_field_and_both_values_for_people():
    changed = WHOLE | {"account_name": "shop", "security_contact": None}
    assert [tuple(map(str, change)) for change in difference(clean(WHOLE), clean(changed))] == [
        ("account_name", "Account name", "shop-production", "shop"),
        ("security_contact", "Security contact", "Jane Doe; CISO; sec@example.com; +49 30 1234", ""),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("budget", [1500.5, None, "5OO", "1.234"])
def test_a_request_gives_back_the_content_that_was_applied(budget):
    raw = WHOLE | {"monthly_budget": budget}
    content = clean(raw)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    request = AccountRequest(ticket="AVM-1", received_at=moment, changed_at=moment, raw=raw)
    contacts = apply(request, content)
    request.content_hash = content_hash(content)
    request.save()
    Contact.objects.bulk_create(contacts)
    stored = AccountRequest.objects.get(ticket="AVM-1")
    assert of_request(stored) == content
    assert content_hash(of_request(stored)) == stored.content_hash
