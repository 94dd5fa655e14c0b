"""Mail to the service desk, by JSM's rules."""

import httpx

from sandbox.jira import mailbox
from sandbox.jira.server import SandboxJira


def post(bot: httpx.Client, **mail: object) -> dict[str, str]:
    return bot.post("/sandbox/mail", json={"from": "vending-bot@example.com", "text": "h3. Done", **mail}).json()


def test_a_key_in_the_subject_makes_a_comment(bot: httpx.Client, ticket: str) -> None:
    assert post(bot, subject=f"[{ticket}] ready AVM-99")["outcome"] == "comment"
    (comment,) = bot.get(f"/rest/api/2/issue/{ticket}/comment").json()["comments"]
    assert comment["body"] == "h3. Done"


def test_a_mail_without_a_key_opens_a_request(bot: httpx.Client, ticket: str) -> None:
    assert post(bot, subject="An account please")["issue"] == "AVM-2"


def test_a_customer_who_takes_no_part_opens_a_new_request(bot: httpx.Client, ticket: str) -> None:
    assert post(bot, subject=ticket, **{"from": "Sam <stranger@example.com>"})["outcome"] == "new request"


def test_an_unknown_sender_is_refused(bot: httpx.Client, ticket: str) -> None:
    mail = post(bot, subject=ticket, **{"from": "x@evil.example"})
    assert (mail["outcome"], "not a customer" in mail["reason"]) == ("refused", True)


def test_automatic_mail_is_refused_and_kept(bot: httpx.Client, ticket: str) -> None:
    assert post(bot, subject=ticket, headers={"Auto-Submitted": "auto-generated"})["outcome"] == "refused"
    assert post(bot, subject=ticket, headers=[{"Name": "Precedence", "Value": "bulk"}])["outcome"] == "refused"
    assert len(bot.get("/sandbox/mail").json()) == 2


def test_the_poller_takes_each_mail_once_and_oldest_first(jira: SandboxJira, ticket: str) -> None:
    mails = [
        {"id": "b", "from": "gus@example.com", "subject": ticket, "body": "second"},
        {"id": "a", "from": "gus@example.com", "subject": ticket, "body": "first"},
    ]
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"messages": mails}))
    poller = mailbox.Poller(jira.desk, "http://aws.example")
    with httpx.Client(transport=transport) as client:
        poller.fetch(client)
        poller.fetch(client)
    (issue,) = jira.store.all("issue")
    assert [comment["body"] for comment in jira.store.all("comment", issue["id"])] == ["first", "second"]


def test_raw_mail_is_read_and_mail_to_others_is_left_alone(jira: SandboxJira, ticket: str) -> None:
    raw = f"From: Gus <gus@example.com>\nTo: desk@example.com\nSubject: Re: {ticket}\n\nfrom raw text\n"
    mails = [
        {
            "id": "1",
            "from": "gus@example.com",
            "to": ["rita@example.com"],
            "subject": ticket,
            "body": "private",
        },
        {"id": "2", "from": "gus@example.com", "to": ["Desk <desk@example.com>"], "raw": raw},
    ]
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=mails))
    with httpx.Client(transport=transport) as client:
        mailbox.Poller(jira.desk, "http://aws.example", "desk@example.com").fetch(client)
    (issue,) = jira.store.all("issue")
    assert [comment["body"] for comment in jira.store.all("comment", issue["id"])] == ["from raw text\n"]
