"""What the chapters share: the people, the looks from outside, and what every vending must show."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.demo.story.outside import Aws, Json, Rows, Tickets
from sandbox.demo.story.people import Engineer, Form, JiraUser
from sandbox.demo.story.timeline import Timeline
from sandbox.jira import fields
from sandbox.jira.people import ANNA, OTTO

VENDING = 180.0  # real seconds that one vending may take at most
ANSWER = 40.0  # real seconds until the ticket says something new


@dataclass
class Scene:
    timeline: Timeline
    rita: JiraUser
    gus: JiraUser
    engineer: Callable[[], Engineer]
    tickets: Tickets
    aws: Aws
    rows: Rows

    def until_ticket_says(self, ticket: str, *words: str) -> str:
        """Wait for a comment that has all the words; the comment."""

        def look() -> str | None:
            said = self.tickets.comments(ticket)
            return next((text for text in said[::-1] if all(word in text for word in words)), None)

        quoted = ", ".join(f"“{word}”" for word in words)
        return self.timeline.until(
            f"{ticket} says {quoted}", ANSWER, look, lambda: f"comments: {self.tickets.comments(ticket)}"
        )

    def until_status(self, ticket: str, status: str) -> None:
        self.timeline.until(
            f"{ticket} is {status}", ANSWER, lambda: self.tickets.status(ticket) == status,
            lambda: f"it is {self.tickets.status(ticket)}",
        )  # fmt: skip

    def approve(self, ticket: str) -> Json:
        """Gus moves the ticket to In Progress; the webhook that this sent, once it was answered."""
        before = len(self.tickets.deliveries(ticket))
        self.gus.move(ticket, "Start progress")
        self.timeline.tell(f"Gus moves {ticket} to In Progress")
        return self.timeline.until(
            "The automation rule sent the ticket to the portal", 20,
            lambda: next((d for d in self.tickets.deliveries(ticket)[before:] if d["status"]), None),
            lambda: f"deliveries: {self.tickets.deliveries(ticket)}",
        )  # fmt: skip

    def until_run(self, ticket: str, status: str) -> Json:
        """Wait for the ticket's run to get there; its row."""

        def look() -> Json | None:
            row = self.run_of(ticket)
            return row if row.get("status") == status else None

        return self.timeline.until(f"The run of {ticket} is {status}", VENDING, look, lambda: self.state_of_run(ticket))

    def run_of(self, ticket: str) -> Json:
        return self.rows.one(
            "SELECT run.* FROM vending_run run JOIN vending_accountrequest request ON request.id = request_id"
            " WHERE ticket = %s ORDER BY run.id DESC",
            ticket,
        )

    def steps_of(self, run_id: int) -> list[Json]:
        """The steps of the run with the number of their attempts, in order."""
        return self.rows.all(
            "SELECT step.step, step.status, step.problem, step.waiting_for, count(attempt.id) AS tries"
            " FROM vending_steprun step"
            " LEFT JOIN vending_stepattempt attempt ON attempt.step_run_id = step.id"
            " WHERE step.run_id = %s GROUP BY step.id ORDER BY step.position",
            run_id,
        )

    def state_of_run(self, ticket: str) -> str:
        run = self.run_of(ticket)
        if not run:
            request = self.rows.one("SELECT status FROM vending_accountrequest WHERE ticket = %s", ticket)
            return f"there is no run; the request is {request.get('status', 'unknown to the portal')}"
        steps = [f"{s['step']} {s['status']} {s['problem'] or s['waiting_for']}" for s in self.steps_of(run["id"])]
        return f"it is {run['status']}: " + "; ".join(steps)


def order(name: str, email: str, security: str, stack_sets: tuple[str, ...] = ()) -> Form:
    """The form “AWS Account”, filled in."""
    return {
        fields.ACCOUNT_NAME.id: name,
        fields.ACCOUNT_EMAIL.id: email,
        fields.ORGANIZATIONAL_UNIT.id: "Development",
        fields.ENVIRONMENT.id: "development",
        fields.COST_CENTER.id: "CC-4711",
        fields.OWNER.id: OTTO.account_id,
        fields.APPROVERS.id: [ANNA.account_id],
        fields.PURPOSE.id: "Payments of the web shop, for the checkout team.",
        fields.SECURITY_CONTACT.id: f"Sina Secure; Security Lead; {security}; +49 30 1234567",
        fields.OPERATIONS_CONTACT.id: "Olaf Ops; On Call; ops@example.com; +49 30 7654321",
        fields.BILLING_CONTACT.id: "Bea Bill; Controller; billing@example.com; +49 30 5550100",
        fields.OPTIONAL_STACK_SETS.id: list(stack_sets),
        fields.MONTHLY_BUDGET.id: "500",
    }
