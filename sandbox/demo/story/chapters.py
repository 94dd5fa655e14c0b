"""What happens, and what must be true afterwards."""

import json

from sandbox.demo.story.outside import Json
from sandbox.demo.story.scene import Scene, order
from sandbox.jira import fields

EMAIL = "aws+payments-dev@example.com"
LONG_EMAIL = "aws-accounts+" + "muellers-" * 4 + "team@mail.example.com"  # 70 characters
CORRECTED_EMAIL = "aws+mueller@example.com"
UNLUCKY_EMAIL = "aws+unlucky@example.com"
UNLUCKY_CONTACT = "unlucky-security@example.com"


def vends_an_account(scene: Scene) -> None:
    """Chapters a to d: ordered, approved, vended, told."""
    timeline = scene.timeline
    ticket = scene.rita.order(order("payments-dev", EMAIL, "security@example.com", ("vpc-standard",)))
    timeline.tell(f"Rita orders payments-dev: {ticket}")
    scene.until_ticket_says(ticket, "Ready for approval", "payments-dev", EMAIL)
    delivery = scene.approve(ticket)
    timeline.check("The portal answered 202", delivery["status"] == 202, f"it was {delivery['status']}")
    took = delivery["duration_ms"]
    timeline.check(f"It answered in under a second ({took} ms)", took < 1000)
    scene.until_run(ticket, "succeeded")
    account = _check_account(scene, EMAIL, "payments-dev", ["vpc-standard"])
    comment = scene.until_ticket_says(ticket, "ready to use", account, "payments-dev", "Development")
    for meaning, address in (
        ("sign-in", "awsapps.com/start"), ("billing", "console.aws.amazon.com"),
        ("guardrails", "example.com/guardrails"), ("onboarding", "example.com/onboarding"),
    ):  # fmt: skip
        timeline.check(f"The comment has the {meaning} link", address in comment, comment)
    scene.until_status(ticket, "In Validation")
    _check_marks(scene, ticket, account)
    _check_record(scene, ticket, delivery)


def _check_account(scene: Scene, email: str, name: str, optional: list[str]) -> str:
    """The account as AWS shows it; its id."""
    timeline, aws = scene.timeline, scene.aws
    found = aws.accounts(email)
    timeline.check("AWS has exactly one account with this e-mail address", len(found) == 1, f"{found}")
    account = str(found[0]["Id"])
    timeline.check(f"Account {account} has the name {name}", found[0]["Name"] == name, found[0]["Name"])
    timeline.check("Its access role can be assumed", aws.can_be_entered(account))
    unit = aws.unit_of(account)
    timeline.check("It is in the organizational unit Development", unit == "Development", unit)
    tags = set(aws.tags(account).values())
    timeline.check("It has its tags", {"development", "CC-4711"} <= tags, f"{tags}")
    for kind, person in (("SECURITY", "Sina Secure"), ("OPERATIONS", "Olaf Ops"), ("BILLING", "Bea Bill")):
        contact = aws.contact(account, kind)["Name"]
        timeline.check(f"Its {kind.lower()} contact is {person}", contact == person, contact)
    wanted = [*json.loads(aws.default_stack_sets()), *optional]
    deployed = aws.stack_sets_in(account, wanted)
    timeline.check(
        f"Stack sets are deployed: {', '.join(wanted)}",
        all(deployed.get(each) == "CURRENT" for each in wanted), f"{deployed}",
    )  # fmt: skip
    return account


def _check_marks(scene: Scene, ticket: str, account: str) -> None:
    """One comment of progress that went along, a link, labels, and a state for machines."""
    timeline, tickets = scene.timeline, scene.tickets
    timeline.until(
        "The ticket's state for machines is ready", 20,
        lambda: tickets.state(ticket)["state"] == "ready" and f"aws-{account}" in tickets.labels(ticket),
        lambda: f"{tickets.state(ticket)}, labels {tickets.labels(ticket)}",
    )  # fmt: skip
    progress = [text for text in tickets.comments(ticket) if "Progress of the AWS account" in text]
    timeline.check("Progress is one comment", len(progress) == 1, f"there are {len(progress)}")
    timeline.check("It was updated to the last milestone", progress and progress[0].count("✓") == 4, f"{progress}")
    links = tickets.links(ticket)
    timeline.check("The ticket links to its request in the portal once", len(links) == 1, f"{links}")
    state = tickets.state(ticket)
    timeline.check("The state names the account", state["account_id"] == account, f"{state}")


def _check_record(scene: Scene, ticket: str, delivery: Json) -> None:
    """What must be written down, and that the same webhook again changes nothing."""
    timeline, rows = scene.timeline, scene.rows
    approval = rows.one(
        "SELECT approval.* FROM vending_approval approval JOIN vending_accountrequest request"
        " ON request.id = approval.request_id WHERE ticket = %s AND decision = 'approved'",
        ticket,
    )
    timeline.check(
        "The approval is kept: who, when, and the hash of the content",
        approval.get("decided_by") and approval.get("decided_at") and len(approval["content_hash"]) == 64,
        f"{approval}",
    )
    calls = rows.one(
        "SELECT count(*) AS number FROM vending_awscallrecord call JOIN vending_stepattempt attempt"
        " ON attempt.id = call.attempt_id JOIN vending_steprun step ON step.id = attempt.step_run_id"
        " WHERE step.run_id = %s AND call.mutating AND call.request_id <> ''",
        scene.run_of(ticket)["id"],
    )
    timeline.check(f"{calls['number']} changing AWS calls are kept with their request ids", calls["number"])
    timeline.check("The database refuses to change an event", rows.refuses("UPDATE audit_event SET summary = 'x'"))
    timeline.check("The database refuses to delete an event", rows.refuses("DELETE FROM audit_event"))
    kept = rows.one("SELECT body, headers FROM jira_bridge_webhookdelivery WHERE body = %s", delivery["raw"].encode())
    timeline.check("The webhook is kept byte for byte", kept)
    names = {name.lower() for name in kept.get("headers", {})}
    timeline.check("Its headers are kept without the key", names and "x-api-key" not in names, f"{names}")
    before = len(scene.tickets.deliveries(ticket))
    scene.tickets.send_again(delivery)
    timeline.tell("The same webhook is sent once more")
    timeline.until(
        "The portal answered 202", 20,
        lambda: [d for d in scene.tickets.deliveries(ticket)[before:] if d["status"] == 202],
        lambda: f"{scene.tickets.deliveries(ticket)[before:]}",
    )  # fmt: skip
    timeline.stand_still(2.0)
    runs = rows.one(
        "SELECT count(*) AS number FROM vending_run run JOIN vending_accountrequest request"
        " ON request.id = run.request_id WHERE ticket = %s",
        ticket,
    )
    timeline.check("There is still one run", runs["number"] == 1, f"there are {runs['number']}")
    timeline.check("CreateAccount was called once", scene.aws.creations(EMAIL) == 1)


def says_what_to_correct(scene: Scene) -> None:
    """Chapter e: an umlaut and an e-mail address that AWS would refuse, found before approval."""
    timeline = scene.timeline
    ticket = scene.rita.order(order("Müller-Team", LONG_EMAIL, "security@example.com"))
    timeline.tell(f"Rita orders Müller-Team with an e-mail address of {len(LONG_EMAIL)} characters: {ticket}")
    scene.until_ticket_says(ticket, "cannot be approved yet", "Account name: ", "Account e-mail: ", "64")
    timeline.check("Nothing was vended", not scene.run_of(ticket))
    scene.until_status(ticket, "Waiting for customer")
    corrected = {fields.ACCOUNT_NAME.id: "Mueller-Team", fields.ACCOUNT_EMAIL.id: CORRECTED_EMAIL}
    scene.rita.edit(ticket, {**corrected})
    scene.rita.move(ticket, "Resubmit")
    timeline.tell("Rita corrects both and resubmits")
    scene.until_ticket_says(ticket, "Ready for approval", "Mueller-Team", CORRECTED_EMAIL)
    scene.approve(ticket)
    scene.until_run(ticket, "succeeded")
    account = _check_account(scene, CORRECTED_EMAIL, "Mueller-Team", [])
    scene.until_ticket_says(ticket, "ready to use", account)
    scene.until_status(ticket, "In Validation")


def goes_on_after_a_failure(scene: Scene) -> None:
    """Chapter f: AWS refuses in the middle; Retry goes on from there."""
    timeline = scene.timeline
    scene.aws.inject(
        kind="error", service="account", operation="PutAlternateContact", contains=UNLUCKY_CONTACT,
        code="ValidationException", message="Injected by the story.", times=-1,
    )  # fmt: skip
    timeline.tell("AWS is told to refuse the security contact of the next account, for good")
    ticket = scene.rita.order(order("unlucky-dev", UNLUCKY_EMAIL, UNLUCKY_CONTACT))
    timeline.tell(f"Rita orders unlucky-dev: {ticket}")
    scene.until_ticket_says(ticket, "Ready for approval", "unlucky-dev")
    scene.approve(ticket)
    run = scene.until_run(ticket, "failed")
    scene.until_ticket_says(ticket, "has stopped", "unlucky-dev")
    timeline.until(
        "What could go on without the contact is done", 120,
        lambda: not [s for s in scene.steps_of(run["id"]) if s["status"] in ("ready", "running", "waiting")],
        lambda: scene.state_of_run(ticket),
    )  # fmt: skip
    before = {step["step"]: step for step in scene.steps_of(run["id"])}
    failed = [name for name, step in before.items() if step["status"] == "failed"]
    timeline.check("Only the step of the contacts failed", failed == ["alternate_contacts"], f"{failed}")
    problem = before["alternate_contacts"]["problem"]
    timeline.check("The step says in a sentence what went wrong", len(problem) > 20, problem)
    scene.aws.heal()
    timeline.tell("The fault is gone; a GAS engineer signs in to the portal and presses Retry")
    scene.engineer().retry(run["id"])
    again = scene.until_run(ticket, "succeeded")
    timeline.check("It is the same run", again["id"] == run["id"])
    _check_nothing_was_repeated(scene, before, run["id"])
    account = _check_account(scene, UNLUCKY_EMAIL, "unlucky-dev", [])
    scene.until_ticket_says(ticket, "ready to use", account)
    scene.until_status(ticket, "In Validation")


def _check_nothing_was_repeated(scene: Scene, before: dict[str, Json], run_id: int) -> None:
    timeline = scene.timeline
    after = {step["step"]: step for step in scene.steps_of(run_id)}
    repeated = [
        name for name, step in before.items()
        if step["status"] == "succeeded" and after[name]["tries"] != step["tries"]
    ]  # fmt: skip
    timeline.check("No finished step ran again", not repeated, f"these did: {repeated}")
    tries = after["alternate_contacts"]["tries"]
    timeline.check("The failed step did", tries > before["alternate_contacts"]["tries"])
    timeline.check("CreateAccount was called once", scene.aws.creations(UNLUCKY_EMAIL) == 1)
    event = scene.rows.one(
        "SELECT actor FROM audit_event WHERE action IN ('run.retried', 'step.retried') AND run_id = %s",
        run_id,
    )
    timeline.check("The record says who pressed Retry", event.get("actor") == "gas", f"{event}")


CHAPTERS = (
    ("An order becomes an account", vends_an_account),
    ("A mistake is found before approval", says_what_to_correct),
    ("A failure in the middle, and Retry", goes_on_after_a_failure),
)
