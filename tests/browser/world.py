"""A world with something on every page, and with what strains a page: long names, errors, many rows."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.utils.timezone import now as django_now
from django_q.models import Failure, OrmQ, Success

from audit.models import Event
from audit.sealing import seal
from audit.services import Actor, record_event
from compliance.choices import FindingStatus
from compliance.models import Finding
from jira_bridge.choices import DivergenceKind, Meaning, RequestField, Source, WebhookStatus
from jira_bridge.jira_fields import remember
from jira_bridge.models import AcceptedType, Divergence, FieldMapping, Refusal, StatusMapping, Ticket, WebhookDelivery
from jira_bridge.storing import store_delivery
from portal.doctor.finding import failed, ok, warning
from portal.doctor.models import Examination
from portal.people.tokens import make_token
from taskqueue import clock
from taskqueue.services import record_beat
from tests.jira_bridge import shapes
from tests.portal import factories
from tests.portal.people.doors import with_app
from vending.choices import RequestStatus, RunStatus, StepStatus
from vending.models import Account, AccountRequest, Closing, GatePlace, LeadTime, Run, StackSet, StackSetPlace, Wave
from vending.services.baselines import import_baseline

UNMAPPED = "customfield_55555"
LONG = "Zahlungsverkehrsabwicklung-und-Rechnungspruefung-1"
MEMBERS = {"Viewer": "vera", "Auditor": "audrey", "GAS engineer": "gus", "GAS admin": "ada"}
DONE, FAILED, BLOCKED = StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.BLOCKED


def everything() -> None:
    """A row for every page of the admin; root sees them all, stranger is in no group, the others in one each."""
    factories.world()
    record_beat()
    root = factories.person("root", superuser=True)
    for group, name in MEMBERS.items():
        factories.person(name, group)
    factories.person("stranger")
    with_app(factories.person("theo", "Viewer"))
    _baseline()
    _long_names()
    _more_accounts()
    _behind_the_runs()
    _jira()
    _machines(root)
    _changed(root)
    _closing()
    long = "It did not end well. " * 12
    record_event(actor=Actor.system("sweeper"), action="run.failed", summary=long, target_kind="run", target_id=1)
    seal()


def _baseline() -> None:
    text = "note: Less.\nsteps:\n  create_account: {}\n  account_ready: {}\n  tags: {}\n"
    import_baseline(text=text, actor=Actor.person("gus"))


def _long_names() -> None:
    row = factories.request(
        7, RequestStatus.FAILED, account_name=LONG, email="x" * 52 + "@example.com", owner="y" * 200,
        organizational_unit="/".join(["Workloads", LONG, "Development"]), purpose="Sehr lang begruendet. " * 40,
        requester="z" * 100 + "@example.com", approvers=[f"approver-{n}@example.com" for n in range(12)],
    )  # fmt: skip
    factories.approve(row)
    account = factories.account(row, 7)
    broken = factories.run(row, [DONE, FAILED, *[BLOCKED] * 3], RunStatus.FAILED, account)
    step = broken.steps.get(status=FAILED)
    step.problem_detail = f"{'A' * 400}\n" + "An error occurred when calling the operation. " * 30
    step.save()


def _more_accounts() -> None:
    """Enough for charts, a second page, and lead times of several weeks."""
    for number in range(20, 50):
        row = factories.request(
            number, RequestStatus.READY, environment=("dev", "test", "prod")[number % 3],
            organizational_unit=f"Workloads/{('Dev', 'Test', 'Prod')[number % 3]}",
            received_at=clock.now() - timedelta(days=number),
        )  # fmt: skip
        ready = clock.now() - timedelta(days=number % 28, hours=1)
        people = timedelta(minutes=number % 7)
        total = people + timedelta(minutes=7, seconds=30)
        LeadTime.objects.create(
            request=row, approved_at=ready - total, ready_at=ready, total=total, people=people,
            gates=timedelta(minutes=2), aws=timedelta(minutes=5), own=timedelta(seconds=30),
        )  # fmt: skip
        factories.account(row, number)


def _behind_the_runs() -> None:
    going = Run.objects.get(status=RunStatus.RUNNING)
    step = going.steps.get(status=StepStatus.WAITING)
    GatePlace.objects.create(gate="create_account", step_run=step, turn=clock.now(), slot=1, entered_at=clock.now())
    stack_set = StackSet.objects.create(name="baseline-logging-and-monitoring", problem="AWS did not answer.")
    wave = Wave.objects.create(
        stack_set=stack_set, operation_id=uuid.uuid4(), regions=["eu-central-1", "us-east-1"], accounts=3,
        started_at=clock.now(), sent=True,
    )  # fmt: skip
    StackSetPlace.objects.create(
        stack_set=stack_set, step_run=step, account_id="210000000003", regions=["eu-central-1"],
        turn=clock.now(), wave=wave, status="in_wave",
    )  # fmt: skip
    for number, status in enumerate(FindingStatus):
        for account in Account.objects.order_by("pk")[:4]:
            Finding.objects.create(
                account=account, control=("tags", "budget", "contacts", "password_policy")[number], status=status,
                evidence="The tag “cost-center” is CC-1, not CC-1001.", checked_at=clock.now(), since=clock.now(),
            )  # fmt: skip


def _jira() -> None:
    document = shapes.native(**{UNMAPPED: "CC-4711"}, customfield_66666='<script>alert("x")</script>' * 20)
    store_delivery(source=Source.AUTOMATION, body=b"not JSON", document={}, headers={})
    WebhookDelivery.objects.update(status=WebhookStatus.FAILED, reason="The body is not JSON.")
    store_delivery(
        source=Source.NATIVE, body=shapes.as_bytes(document), document=document, headers={"User-Agent": "Atlassian"}
    )
    remember([{"id": UNMAPPED, "name": "Cost center of the buyer", "schema": {"type": "string"}}])
    FieldMapping.objects.get_or_create(
        field=RequestField.ACCOUNT_NAME, defaults={"jira_id": "customfield_10101", "note": "As in the form."}
    )
    StatusMapping.objects.get_or_create(jira_status="In Progress", defaults={"meaning": Meaning.APPROVED})
    AcceptedType.objects.get_or_create(name="AWS Account")
    Refusal.objects.create(hour=clock.now(), reason="Wrong key", count=12)
    row = AccountRequest.objects.get(ticket="AVM-4")
    Ticket.objects.create(key="AVM-4", issue_id="10004", status="Waiting for approval", request=row)
    Divergence.objects.create(
        ticket="AVM-4", request=row, kind=DivergenceKind.STATUS, jira_status="In Progress",
        portal_status=RequestStatus.AWAITING_APPROVAL, noticed_at=clock.now(), seen_at=clock.now(),
    )  # fmt: skip


def _changed(root: Any) -> None:
    """What Django's own history shows of the newest person and group."""
    changed = [{"changed": {"fields": ["Email address", "Groups", "Active"]}}]
    for rows in (User.objects, Group.objects):
        LogEntry.objects.log_actions(root.pk, [rows.latest("pk")], CHANGE, change_message=changed)


def _machines(root: Any) -> None:
    make_token(user=root, name="nightly report", actor=Actor.person("root"))
    Examination.objects.create(
        asked_at=clock.now(), asked_by="gus", started_at=clock.now(), finished_at=clock.now() + timedelta(seconds=1),
        findings=[
            {"side": "AWS", **ok("organization", "o-abcdefghij, all features").as_json()},
            {"side": "AWS", **warning("quota", "of 10 accounts 9 are used", "Ask AWS for more.").as_json()},
            {"side": "Jira", **failed("sign-in", "Jira answers 401", f"Make a new token. {LONG}").as_json()},
        ],
    )  # fmt: skip
    times = {"started": django_now(), "stopped": django_now()}
    Success.objects.create(id="a" * 32, name="sweep", func="vending.engine.sweeper.sweep", success=True, **times)
    Failure.objects.create(
        id="b" * 32, name="seal", func="audit.sealing.seal", success=False, result="OperationalError", **times
    )
    OrmQ.objects.create(key="portal", payload="signed", lock=django_now())


def _closing() -> None:
    account = Account.objects.get(account_id="210000000009")
    Closing.objects.create(account=account, asked_by="gus", asked_at=clock.now(), reason="The project has ended.")
    assert Event.objects.exists()
    assert WebhookDelivery.objects.exists()
