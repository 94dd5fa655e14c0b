"""A file of the mapping: what is wrong in it is said with its line."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_bridge.mapping_file import Document, MappingFault, read

START = "issue_types:\n- AWS Account\nstatuses:\n  approved: [In Progress]\nfields:\n"
FAULTS = {
    "an unknown field": (START + "  nonsense: customfield_1\n", "Line 6, fields.nonsense: “nonsense” is not known"),
    "no field of Jira": (START + "  purpose: summary\n  email: 10102\n", "Line 7, fields.email: “10102” is no field"),
    "a group instead of a text": (START + "  email: {id: x}\n", "Line 6, fields.email: write one text here"),
    "a key twice": (START + "  email: summary\n  email: labels\n", "Line 7, email: it stands twice in its group"),
    "a group twice": (START + "  email: summary\nfields: {}\n", "Line 7, fields: it stands twice in its group"),
    "a part that is missing": ("issue_types: []\nfields: {}\n", "Line 1, statuses: this part is missing"),
    "an unknown part": ("issue_types: []\nstatuses: {}\nfields: {}\nmore: 1\n", "Line 4, more: there is no such part"),
    "no list": ("issue_types: AWS\nstatuses: {}\nfields: {}\n", "Line 1, issue_types: write a list of names"),
    "a status twice": (
        "issue_types: []\nstatuses:\n  approved:\n  - Go\n  done:\n  - go\nfields: {}\n",
        "Line 6, statuses.done.1: “go” stands twice, whatever its case",
    ),
    "a type twice": ("issue_types:\n- A\n- a\nstatuses: {}\nfields: {}\n", "Line 3, issue_types.2: “a” stands twice"),
    "an empty name": ("issue_types:\n- A\n- ' '\nstatuses: {}\nfields: {}\n", "Line 3, issue_types.2: a name must not"),
    "an unclosed bracket": ("issue_types: [A\nstatuses: {}\n", "Line 2: this is not YAML"),
    "a control character": ("issue_types: []\nstatuses: \x00\n", "Line 2: this is not YAML"),
    "a list": ("- a\n", "Line 1: write names with values, one a line"),
    "nothing": ("# empty\n", "The file is empty"),
    "without end": ("[" * 5000, "nested too deeply"),
    "a circle": ("&a [*a]\n", "Line 1: this is not YAML"),
}


@pytest.mark.parametrize(("text", "sentence"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_said_with_its_line(text, sentence):
    with pytest.raises(MappingFault) as fault:
        read(text)
    assert sentence in str(fault.value)


def test_every_fault_is_said_at_once():
    with pytest.raises(MappingFault) as fault:
        read(START + "  nonsense: summary\n  email: 7\n")
    assert [line.partition(",")[0] for line in str(fault.value).splitlines()] == ["Line 6", "Line 7"]


def test_a_name_is_text_even_where_yaml_would_read_something_else():
    document = read("issue_types: [2026-01-01, 007]\nstatuses: {approved: [Yes], done: [On]}\nfields: {}\n")
    assert document.issue_types == ["2026-01-01", "007"]
    assert list(document.statuses.values()) == [["Yes"], ["On"]]


@given(st.text())
def test_no_text_whatever_breaks_the_reader(text):
    with suppress(MappingFault):
        assert isinstance(read(text), Document)
