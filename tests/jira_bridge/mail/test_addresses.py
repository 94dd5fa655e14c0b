"""No value reaches a mail's header that could add another."""

import pytest

from jira_bridge.mail.addresses import checked_address, checked_headers, sender_for, subject_line

BOT = "vending-bot@example.com"


@pytest.mark.parametrize(
    ("assignee", "expected"),
    [
        ("gus@example.com", "gus@example.com"),
        ("gus@EXAMPLE.com", "gus@EXAMPLE.com"),
        *((other, BOT) for other in (None, "", "gus@evil.example", "gus@sub.example.com", "gus@example.com.evil")),
        *((other, BOT) for other in ("Gus <gus@example.com>", "a@b, gus@example.com", "gus@example.com\nBcc: x@y.z")),
        *((other, BOT) for other in ('"a b"@example.com', "gus@evil@example.com", "güs@example.com", "@example.com")),
    ],
)
def test_the_assignee_is_the_sender_only_in_exactly_our_domain(assignee, expected):
    assert sender_for(assignee, "example.com", BOT) == expected


def test_without_a_domain_the_assignee_is_never_the_sender():
    assert sender_for("gus@", "", BOT) == BOT


@pytest.mark.parametrize("key", ["AVM-12\nBcc: x@y.z", "", "avm-1", "AVM", "AVM-1 AVM-2"])
def test_a_key_that_is_none_is_refused(key):
    with pytest.raises(ValueError, match="issue key"):
        subject_line(key, "x")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "a\r\nBcc: x@y.z"},
        {"X-A": "ä"},
        {"X-A": ""},
        {"X-A": "x" * 996},
        {"X-A: b\r\nBcc": "x"},
        {"": "x"},
        {"Auto-Submitted": "auto-generated"},
        {"precedence": "bulk"},
        {"Bcc": "x@y.z"},
    ],
)
def test_headers_that_could_do_harm_are_refused(headers):
    with pytest.raises(ValueError, match="header"):
        checked_headers(headers)


def test_other_headers_are_passed_on():
    assert checked_headers({"X-Vending-Event": "12"}) == [{"Name": "X-Vending-Event", "Value": "12"}]


@pytest.mark.parametrize("address", ["a@b.example\n", "a b@c.example", "<a@b.example>", "a@b.example,c@d.example"])
def test_only_a_bare_address_is_an_address(address):
    with pytest.raises(ValueError, match="mail address"):
        checked_address(address)
