"""The mailbox of the service desk: mail becomes a comment on the issue its subject names, by JSM's rules."""

import json
import logging
import re
import threading
from email import message_from_string, policy
from email.utils import getaddresses, parseaddr
from typing import Any

import httpx

from sandbox.jira import people, workflow
from sandbox.jira.desk import PROJECT, Desk, JiraError, now
from sandbox.jira.store import Doc

log = logging.getLogger(__name__)

KEY = re.compile(rf"\b{PROJECT}-\d+\b", re.IGNORECASE)
AUTOMATIC = ("auto-generated", "auto-replied", "auto-notified")


def receive(desk: Desk, mail: Doc) -> Doc:
    """Take one mail: comment, new ticket or refusal. The kept mail says which, and why."""
    if "raw" in mail:
        mail = _parsed(mail)
    sender = parseaddr(str(mail.get("from") or ""))[1]
    subject = str(mail.get("subject") or "")
    text = str(mail.get("text") or mail.get("body") or "")
    kept = {"at": now(), "from": str(mail.get("from") or ""), "subject": subject, "text": text}
    kept |= {"foreign_id": mail.get("id"), "outcome": "", "reason": "", "issue": ""}
    try:
        outcome = _deliver(desk, sender, subject, text, _headers(mail.get("headers")))
    except JiraError as problem:
        outcome = {"outcome": "refused", "reason": "; ".join([*problem.messages, *problem.errors.values()])}
    return desk.store.add("mail", kept | outcome)


def _parsed(mail: Doc) -> Doc:
    """A mail that came as its RFC 5322 text."""
    message = message_from_string(str(mail["raw"]), policy=policy.default)
    body = message.get_body(("plain", "html"))
    return {
        "id": mail.get("id"),
        "from": str(message["From"] or mail.get("from") or ""),
        "subject": str(message["Subject"] or ""),
        "text": body.get_content() if body else "",
        "headers": dict(message.items()),
    }


def _headers(given: Any) -> dict[str, str]:
    """Headers from a mapping or from a list of {Name, Value}, with lower-case names."""
    if isinstance(given, list):
        given = {entry.get("Name", entry.get("name")): entry.get("Value", entry.get("value")) for entry in given}
    return {str(name).lower(): str(value).lower() for name, value in (given or {}).items()}


def _deliver(desk: Desk, sender: str, subject: str, text: str, headers: dict[str, str]) -> Doc:
    if any(word in headers.get("auto-submitted", "") for word in AUTOMATIC):
        return {"outcome": "refused", "reason": "Automatic mail: the header Auto-Submitted is set."}
    if headers.get("precedence") == "bulk":
        return {"outcome": "refused", "reason": "Bulk mail: the header Precedence is bulk."}
    person = people.find(sender) if "@" in sender else None
    if not person:
        return {
            "outcome": "refused",
            "reason": f"{sender or 'The sender'} is not a customer of this service desk.",
        }
    key = KEY.search(subject)
    issue = next((doc for doc in desk.store.all("issue") if key and doc["key"] == key[0].upper()), None)
    if issue and desk.may_see(issue, person):
        comment = desk.comment(person, issue, text, via="mail")
        _reopen(desk, person, issue)
        return {"outcome": "comment", "issue": issue["key"], "comment": comment["id"]}
    if not subject.strip():
        return {"outcome": "refused", "reason": "No subject, so no new request can be opened."}
    made = desk.create(person, {}, subject[:255].replace("\n", " "), text)
    reason = f"{sender} takes no part in {issue['key']}." if issue else "The subject names no known issue."
    return {"outcome": "new request", "issue": made["key"], "reason": reason}


def _reopen(desk: Desk, person: people.Person, issue: Doc) -> None:
    """A customer's answer resubmits a ticket that waits for the customer."""
    if issue["status"] == workflow.WAITING_FOR_CUSTOMER.id and person.account_id == issue["reporter"]:
        desk.transition(person, issue, "Resubmit")


class Poller:
    """Fetches the mail that SES "sent" from the sandbox AWS, oldest first, each once.

    With an `address` only mail to it, otherwise all mail.
    """

    def __init__(self, desk: Desk, aws_url: str, address: str = "", seconds: float = 1.0) -> None:
        self.address = address.lower()
        self.desk, self.url, self.seconds = desk, f"{aws_url.rstrip('/')}/sandbox/mail", seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mailbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=3)

    def _run(self) -> None:
        with httpx.Client(timeout=5, trust_env=False) as client:
            complained = False
            while not self._stopping.wait(self.seconds):
                try:
                    self.fetch(client)
                    complained = False
                except (httpx.HTTPError, ValueError) as problem:
                    if not complained:
                        log.warning("No mail from %s: %s", self.url, problem)
                    complained = True

    def fetch(self, client: httpx.Client) -> None:
        """Take what is new. The answer is a list, newest first, or an object that holds one."""
        data = client.get(self.url).raise_for_status().json()
        if isinstance(data, dict):
            data = next((value for value in data.values() if isinstance(value, list)), [])
        known = {mail["foreign_id"] for mail in self.desk.store.all("mail") if mail["foreign_id"] is not None}
        for mail in reversed([entry for entry in data if isinstance(entry, dict)]):
            identity = str(mail.get("id") or json.dumps(mail, sort_keys=True))
            if identity not in known and self._is_for_us(mail):
                receive(self.desk, {**mail, "id": identity})
                known.add(identity)

    def _is_for_us(self, mail: Doc) -> bool:
        given = mail.get("to") or []
        listed = [given] if isinstance(given, str) else given
        recipients = [address.lower() for _, address in getaddresses([str(entry) for entry in listed])]
        return not self.address or self.address in recipients
