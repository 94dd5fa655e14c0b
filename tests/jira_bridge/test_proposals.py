"""Which of our fields a field of Jira is, by its name and kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_bridge.choices import RequestField
from jira_bridge.kinds import Kind
from jira_bridge.proposals import Candidate, likeness, propose

ENGLISH = {
    "AWS account name": ("account_name", Kind.TEXT),
    "Account e-mail": ("email", Kind.TEXT),
    "Organisational Unit (OU)": ("organizational_unit", Kind.SELECT),
    "Environment": ("environment", Kind.RADIO),
    "Cost Centre": ("cost_center", Kind.TEXT),
    "Account owner": ("owner", Kind.USER),
    "Approver(s)": ("approvers", Kind.USERS),
    "Business purpose": ("purpose", Kind.PARAGRAPH),
    "Security contact (24/7)": ("security_contact", Kind.TEXT),
    "Operations Contact": ("operations_contact", Kind.TEXT),
    "Billing contact": ("billing_contact", Kind.TEXT),
    "Optional stack sets": ("optional_stack_sets", Kind.CHECKBOXES),
    "Monthly budget (USD)": ("monthly_budget", Kind.NUMBER),
}
GERMAN = {
    "Name des Kontos": ("account_name", Kind.TEXT),
    "E-Mail-Adresse (AWS-Konto)": ("email", Kind.TEXT),
    "Organisationseinheit": ("organizational_unit", Kind.SELECT),
    "Umgebung": ("environment", Kind.SELECT),
    "Kostenstelle (SAP)": ("cost_center", Kind.TEXT),
    "Eigentümer": ("owner", Kind.USER),
    "Genehmiger": ("approvers", Kind.USERS),
    "Verwendungszweck": ("purpose", Kind.PARAGRAPH),
    "Ansprechpartner für Sicherheit": ("security_contact", Kind.TEXT),
    "Betriebs-Kontakt": ("operations_contact", Kind.TEXT),
    "Rechnungskontakt": ("billing_contact", Kind.TEXT),
    "Optionale Stack-Sets": ("optional_stack_sets", Kind.MULTI_SELECT),
    "Monatliches Budget in USD": ("monthly_budget", Kind.NUMBER),
}


@pytest.mark.parametrize("form", [ENGLISH, GERMAN], ids=["English", "German"])
def test_a_whole_form_is_recognised_whatever_stands_beside(form):
    candidates = [Candidate(f"customfield_{n}", name, kind) for n, (name, (_, kind)) in enumerate(form.items())]
    beside = [Candidate("summary", "Summary", Kind.TEXT), Candidate("customfield_77", "Start date", Kind.DATE)]
    found = propose([*beside, *reversed(candidates)], list(RequestField))
    assert {ours.value: field.name for ours, field in found.items()} == {ours: name for name, (ours, _) in form.items()}


@pytest.mark.parametrize("name", ["Owner's e-mail", "Name", "Description", "Konto", "", "???", "Budget approved by"])
def test_a_name_that_could_be_anything_is_proposed_for_nothing(name):
    assert [ours for ours in RequestField if likeness(ours, name)] == []


def test_a_field_of_a_kind_that_cannot_hold_it_is_not_proposed():
    assert propose([Candidate("customfield_1", "Cost center", Kind.DATE)], [RequestField.COST_CENTER]) == {}


def test_the_surest_pair_wins_and_a_field_is_used_once():
    exact = Candidate("customfield_2", "Environment", Kind.SELECT)
    vague = Candidate("customfield_1", "Environment of the previous account", Kind.SELECT)
    assert propose([vague, exact], [RequestField.ENVIRONMENT, RequestField.OWNER]) == {RequestField.ENVIRONMENT: exact}


@given(st.text(), st.sampled_from(RequestField))
def test_no_name_whatever_breaks_the_matching(name, ours):
    assert likeness(ours, name) >= 0
