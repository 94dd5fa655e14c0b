"""The service desk: everything that can be done with a ticket. REST, pages and mail all come through here."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.jira import fields, workflow
from sandbox.jira.changes import change_of, item
from sandbox.jira.lacking import lacks
from sandbox.jira.people import Person
from sandbox.jira.store import Doc, Store

PROJECT = "AVM"
PROJECT_NAME = "Cloud accounts"
COMMENT_LIMIT = 32_767


class JiraError(Exception):
    """An answer other than 2xx, in Jira's own shape."""

    def __init__(self, status: int, *messages: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(status, messages, errors)
        self.status, self.messages, self.errors = status, list(messages), errors or {}


@dataclass(frozen=True)
class Event:
    """Something happened to a ticket; `issue` is the ticket right after it."""

    # issue_created, issue_transitioned, issue_updated, approval_completed, comment_created or comment_updated
    name: str
    issue: Doc
    person: Person
    change: Doc | None = None
    comment: Doc | None = None
    at: int = field(default_factory=lambda: now())


def now() -> int:
    """Milliseconds since 1970, as Jira counts."""
    return time.time_ns() // 1_000_000


class Desk:
    def __init__(self, store: Store, notify: Callable[[Event], None] = lambda event: None) -> None:
        """`notify` is called with each event after its transaction was committed."""
        self.store = store
        self.notify = notify

    # Reading

    def issue(self, key: str, person: Person) -> Doc:
        """The ticket with this key or id, if the person may see it. Otherwise 404, as in Jira."""
        number = key.upper().removeprefix(f"{PROJECT}-")
        issue = next((doc for doc in self.store.all("issue") if doc["key"] == key.upper()), None)
        if not issue and number == key and key.isdigit():
            issue = self.store.get("issue", int(key))
        if not issue or not self.may_see(issue, person):
            raise JiraError(404, "Issue does not exist or you do not have permission to see it.")
        return issue

    def takes_part(self, issue: Doc, person: Person) -> bool:
        return person.account_id in (
            issue["reporter"],
            issue["values"].get(fields.OWNER.id),
            *(issue["values"].get(fields.APPROVERS.id) or ()),
            *issue["participants"],
        )

    def may_see(self, issue: Doc, person: Person) -> bool:
        return person.is_agent or self.takes_part(issue, person)

    def transitions(self, issue: Doc, person: Person) -> list[workflow.Transition]:
        open_ones = workflow.available(issue["status"], person, self.takes_part(issue, person))
        return [each for each in open_ones if not lacks(self.store, f"transition:{each.id}")]

    def comments(self, issue: Doc, person: Person) -> list[Doc]:
        """Internal comments are for agents only."""
        every = self.store.all("comment", issue["id"])
        return every if person.is_agent else [comment for comment in every if not comment["internal"]]

    def comment_of(self, issue: Doc, comment_id: str, person: Person) -> Doc:
        for comment in self.comments(issue, person):
            if str(comment["id"]) == comment_id:
                return comment
        raise JiraError(404, f"Can not find a comment for the id: {comment_id}.")

    def approvals(self, issue: Doc) -> list[Doc]:
        return self.store.all("approval", issue["id"])

    def pending_approval(self, issue: Doc) -> Doc | None:
        return next((approval for approval in self.approvals(issue) if approval["decision"] == "pending"), None)

    # Writing

    def create(self, person: Person, values: Doc, summary: str = "", description: Any = None, **more: Any) -> Doc:
        """Open a ticket. `values` are stored forms by field id; `more`: reporter, labels, participants."""
        moment = now()
        issue: Doc = {
            "summary": summary or f"AWS account {values.get(fields.ACCOUNT_NAME.id) or ''}".strip(),
            "description": description,
            "status": workflow.WAITING_FOR_APPROVAL.id,
            "status_at": moment,
            "created": moment,
            "updated": moment,
            "reporter": (more.get("reporter") or person).account_id,
            "creator": person.account_id,
            "assignee": None,
            "labels": more.get("labels") or [],
            "participants": more.get("participants") or [],
            "resolution": None,
            "resolved_at": None,
            "values": {name: values.get(name) for name in fields.EDITABLE},
        }
        with self.store.transaction():
            issue = self.store.add("issue", issue)
            issue["key"] = f"{PROJECT}-{issue['id'] - 10000}"
            self.store.save("issue", issue)
            self._ask_approvers(issue)
        self.notify(Event("issue_created", issue, person))
        return issue

    def edit(self, person: Person, issue: Doc, values: Doc) -> Doc:
        """Set summary, description, labels, assignee or custom fields (stored forms). No change, no event."""
        with self.store.transaction():
            issue = self._fresh(issue)
            items = []
            for name, value in values.items():
                place = issue["values"] if name in fields.EDITABLE else issue
                if place.get(name) != value:
                    items.append(change_of(name, place.get(name), value))
                    place[name] = value
            change = self._record(issue, person, items) if items else None
            if change and issue["status"] == workflow.WAITING_FOR_APPROVAL.id and not self.approvals(issue):
                self._ask_approvers(issue)
        if change:
            self.notify(Event("issue_updated", issue, person, change))
        return issue

    def transition(self, person: Person, issue: Doc, wanted: str, values: Doc | None = None) -> Doc:
        """Move the ticket. `wanted` is the id, name or target of a transition that is open to the person."""
        with self.store.transaction():
            issue = self._fresh(issue)
            open_ones = self.transitions(issue, person)
            chosen = next((t for t in open_ones if wanted in (t.id, t.name, t.target.name)), None)
            if not chosen:
                raise JiraError(
                    400,
                    "It seems that you have tried to perform an illegal workflow operation. "
                    f"The transition {wanted} is not valid for this issue in its current status.",
                )
            if chosen.target is workflow.IN_PROGRESS and not issue["assignee"] and person.role == "agent":
                values = {"assignee": person.account_id, **(values or {})}  # who takes it up, looks after it
            change = self._move(issue, person, chosen.target, values)
        self.notify(Event("issue_transitioned", issue, person, change))
        return issue

    def approve(self, person: Person, issue: Doc, approval_id: int, decision: str) -> Doc:
        """Answer an approval; one approver is enough. A decline also moves the ticket to Declined."""
        if decision not in ("approve", "decline"):
            raise JiraError(400, "The decision must be 'approve' or 'decline'.")
        change = None
        with self.store.transaction():
            issue = self._fresh(issue)
            approval = next((doc for doc in self.approvals(issue) if doc["id"] == approval_id), None)
            if not approval:
                raise JiraError(404, "The approval you are looking for does not exist.")
            if person.account_id not in approval["approvers"]:
                raise JiraError(403, "You are not an approver for this request.")
            if approval["decision"] != "pending":
                raise JiraError(409, "The approval has already been answered.")
            word = {"approve": "approved", "decline": "declined"}[decision]
            approval["approvers"][person.account_id] = approval["decision"] = word
            approval["completed"] = now()
            self.store.save("approval", approval)
            items = [item(fields.APPROVALS.name, fields.APPROVALS.id, "pending", word)]
            if word == "declined":
                change = self._move(issue, person, workflow.DECLINED, {}, items)
            else:
                change = self._record(issue, person, items)
        self.notify(Event("issue_transitioned" if word == "declined" else "approval_completed", issue, person, change))
        return approval

    def comment(self, person: Person, issue: Doc, body: Any, internal: bool = False, **more: Any) -> Doc:
        """Add a comment: wiki text or an Atlassian document. `more` may hold visibility and properties."""
        if not body or len(str(body)) > COMMENT_LIMIT:
            problem = "Comment body can not be empty!" if not body else "The entered text is too long."
            raise JiraError(400, errors={"comment": problem})
        moment = now()
        comment = {
            "author": person.account_id,
            "body": body,
            "internal": internal,
            "visibility": more.get("visibility"),
            "properties": more.get("properties") or [],
            "via": more.get("via", ""),
            "created": moment,
            "updated": moment,
        }
        with self.store.transaction():
            comment = self.store.add("comment", comment, issue["id"])
            issue = self._touch(issue)
        self.notify(Event("comment_created", issue, person, comment=comment))
        return comment

    def edit_comment(self, person: Person, issue: Doc, comment: Doc, body: Any) -> Doc:
        with self.store.transaction():
            comment = {**comment, "body": body, "updated": now(), "edited_by": person.account_id}
            self.store.save("comment", comment)
            issue = self._touch(issue)
        self.notify(Event("comment_updated", issue, person, comment=comment))
        return comment

    def add_participant(self, person: Person, issue: Doc, newcomers: list[str]) -> Doc:
        with self.store.transaction():
            issue = self._fresh(issue)
            issue["participants"] = list(dict.fromkeys([*issue["participants"], *newcomers]))
            self.store.save("issue", issue)
        return issue

    # Inside a transaction

    def _fresh(self, issue: Doc) -> Doc:
        fresh = self.store.get("issue", issue["id"])
        if not fresh:
            raise JiraError(404, "Issue does not exist or you do not have permission to see it.")
        return fresh

    def _touch(self, issue: Doc) -> Doc:
        issue = {**self._fresh(issue), "updated": now()}
        self.store.save("issue", issue)
        return issue

    def _record(self, issue: Doc, person: Person, items: list[Doc]) -> Doc:
        issue["updated"] = now()
        self.store.save("issue", issue)
        return self.store.add(
            "change", {"author": person.account_id, "created": issue["updated"], "items": items}, issue["id"]
        )

    def _move(
        self,
        issue: Doc,
        person: Person,
        target: workflow.Status,
        values: Doc | None,
        items: list[Doc] | None = None,
    ) -> Doc:
        before = workflow.BY_ID[issue["status"]]
        items = [*(items or []), item("status", "status", before.id, target.id, before.name, target.name)]
        for name, value in (values or {}).items():
            place = issue["values"] if name in fields.EDITABLE else issue
            items.append(change_of(name, place.get(name), value))
            place[name] = value
        moment = now()
        if issue["resolution"] != target.resolution:
            items.append(item("resolution", "resolution", issue["resolution"], target.resolution))
        issue.update(
            status=target.id,
            status_at=moment,
            resolution=target.resolution,
            resolved_at=moment if target.resolution else None,
        )
        change = self._record(issue, person, items)
        if target is workflow.WAITING_FOR_APPROVAL:
            self._ask_approvers(issue)
        return change

    def _ask_approvers(self, issue: Doc) -> None:
        """A new round of approval, which replaces one that nobody has answered."""
        approvers = issue["values"].get(fields.APPROVERS.id)
        pending = self.pending_approval(issue)
        if pending:
            self.store.delete("approval", pending["id"])
        if approvers:
            round_ = {
                "decision": "pending",
                "approvers": dict.fromkeys(approvers, "pending"),
                "created": now(),
            }
            self.store.add("approval", {**round_, "completed": None}, issue["id"])
