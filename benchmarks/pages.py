"""Every page on an empty database and on a full one, asked in turns over HTTP, as a signed-in engineer.

A page about one row has nothing to show on an empty database; it is compared with a small one (100 accounts), which
also tells what the rows of a page cost by themselves.
"""

import http.client
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks.report import Report, Row, percentile
from benchmarks.seed import Sizes, seed
from benchmarks.world import World

GOAL_RATIO, GOAL_MS = 2.0, 200.0
LISTS = (
    "vending/accountrequest", "vending/run", "vending/account", "vending/steprun", "vending/stepattempt",
    "vending/awscallrecord", "vending/approval", "vending/leadtime", "vending/wave", "vending/stackset",
    "vending/gateplace", "vending/baseline", "compliance/finding", "audit/event", "audit/delivery", "audit/seal",
    "jira_bridge/webhookdelivery", "jira_bridge/ticket",
)  # fmt: skip
API = ("requests", "accounts", "runs", "events")


@dataclass
class Site:
    """One database, its web server and how long each page took there, in milliseconds."""

    url: str
    cookie: str
    rows: dict[str, str]
    took: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.link = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)

    def ask(self, name: str, address: str) -> None:
        """Ask for a page and note the time. Raises RuntimeError unless the answer is 200."""
        began = time.perf_counter()
        self.link.request("GET", address, headers={"Cookie": self.cookie})
        answer = self.link.getresponse()
        answer.read()
        self.took.setdefault(name, []).append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status}.")


def run(world: World, report: Report, share: float, rounds: int) -> None:
    print("the pages: seeding …", file=sys.stderr, flush=True)
    full = Sizes() if share == 1 else Sizes().scaled(share)
    fillings: list[Callable[[], None]] = [
        lambda: None,
        lambda: seed(Sizes(100, 125, 2500, 10_000, 500)),
        lambda: seed(full),
    ]
    with ExitStack() as stack:
        sites = [
            _site(world, stack, name, fill) for name, fill in zip(("empty", "small", "full"), fillings, strict=True)
        ]
        pages = _pages(sites[2].rows)
        for turn in range(rounds + 2):
            print(f"the pages: round {turn + 1} of {rounds + 2}", file=sys.stderr, flush=True)
            for name in pages:
                for site in sites:
                    address = _pages(site.rows).get(name)
                    if address:
                        site.ask(name, address)
        _report(report, sites, pages, full)


def _site(world: World, stack: ExitStack, name: str, fill: Callable[[], None]) -> Site:
    part = stack.enter_context(
        world.part(database=f"bench_{name}", SECOND_FACTOR_REQUIRED="false", API_RATE="1000000/min")
    )
    fill()
    cookie, rows = _signed_in(), _rows()
    _, url = part.start_web(f"web-{name}")
    return Site(url, cookie, rows)


def _signed_in() -> str:
    from django.contrib.auth.models import Group, User
    from django.test import Client

    user = User.objects.create(username="bench", is_staff=True)
    user.groups.add(Group.objects.get(name="GAS engineer"))
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


def _rows() -> dict[str, str]:
    """Rows for the pages about one row: a ready account in the middle, and a run that failed."""
    from audit.models import Event
    from vending.choices import RunStatus
    from vending.models import Account, Run, StepRun

    vended = Account.objects.filter(request__isnull=False).order_by("id")
    account = vended[vended.count() // 2] if vended else None
    run = Run.objects.filter(status=RunStatus.FAILED).first()
    if account is None or account.request is None or run is None:
        return {}
    step = StepRun.objects.filter(run=run, status="failed").get()
    return {
        "account": str(account.pk), "number": account.account_id, "name": account.name, "email": account.email,
        "center": account.cost_center, "ticket": account.request.ticket, "request": str(account.request.pk),
        "run": str(run.pk), "step": str(step.pk), "event": str(_event(account.request.ticket)),
        "account_page": str(min(100, Account.objects.count() // 25)),
        "event_page": str(min(200, Event.objects.count() // 25)),
    }  # fmt: skip


def _event(ticket: str) -> Any:
    from audit.models import Event

    return Event.objects.filter(ticket=ticket).values_list("pk", flat=True)[0]


def _pages(rows: dict[str, str]) -> dict[str, str]:
    """Name and address of every page; those about one row only where there are rows."""
    some = rows or {
        "number": "210000000050",
        "name": "payments",
        "email": "aws+",
        "center": "CC-1001",
        "ticket": "AVM-9",
    }
    number = f"{some['number'][:4]}-{some['number'][4:8]}-{some['number'][8:]}"
    typed = {
        "id": number,
        "name": some["name"],
        "e-mail": some["email"],
        "ticket": some["ticket"],
        "nothing": "no-such",
        "digits": some["number"][-5:-1],
        "a common word": "example",
    }
    pages = {"dashboard": "/admin/", "dashboard, 12 months": "/admin/?period=12m"}
    pages |= {f"list {name}": f"/admin/{name}/" for name in LISTS}
    for name in ("vending/accountrequest", "vending/account", "vending/run", "vending/steprun", "compliance/finding"):
        pages |= {f"list {name}, by {what}": f"/admin/{name}/?q={quote(term)}" for what, term in typed.items()}
    pages |= (
        {
            "list vending/account, by cost center": f"/admin/vending/account/?q={some['center']}",
            "list vending/accountrequest, filtered": "/admin/vending/accountrequest/?status__exact=ready",
            "list vending/steprun, failed": "/admin/vending/steprun/?status__exact=failed",
            "list vending/stepattempt, failed": "/admin/vending/stepattempt/?outcome__exact=permanent",
            "list audit/event, by ticket": f"/admin/audit/event/?q={some['ticket']}",
            "list audit/event, by a rare word": f"/admin/audit/event/?q={quote(some['name'])}",
            "list audit/event, by a common word": "/admin/audit/event/?q=desired",
            "list audit/event, by nothing": "/admin/audit/event/?q=elephants",
            "list vending/awscallrecord, by account": f"/admin/vending/awscallrecord/?q={some['number']}",
            "list vending/account, page 100 or last": f"/admin/vending/account/?p={some['account_page']}",
            "list audit/event, page 200 or last": f"/admin/audit/event/?p={some['event_page']}",
        }
        if rows
        else {}
    )
    pages |= {f"api {name}": f"/api/v1/{name}/" for name in API}
    pages |= {"api events of a ticket": f"/api/v1/events/?ticket={some['ticket']}"}
    if rows:
        pages |= {
            "page of a request": f"/admin/vending/accountrequest/{rows['request']}/change/",
            "page of a run": f"/admin/vending/run/{rows['run']}/change/",
            "page of a step": f"/admin/vending/steprun/{rows['step']}/change/",
            "page of an account": f"/admin/vending/account/{rows['account']}/change/",
            "page of an event": f"/admin/audit/event/{rows['event']}/change/",
        }
    return pages


def _report(report: Report, sites: list[Site], pages: dict[str, str], full: Sizes) -> None:
    rows = []
    for name in pages:
        empty, small, large = (site.took.get(name, [])[2:] for site in sites)  # two rounds to warm up
        base = empty or small
        ratio = percentile(large, 0.5) / percentile(base, 0.5)
        rows.append(
            Row(name, f"{percentile(large, 0.5):.0f}, {percentile(large, 0.95):.0f} ms",
                f"{percentile(base, 0.5):.0f} ms {'empty' if empty else 'small'}", f"{ratio:.2f}",
                _verdict(ratio, percentile(large, 0.95)))
        )  # fmt: skip
        if small and empty:
            rows[-1] = Row(*(getattr(rows[-1], each) for each in ("what", "measured")),
                           f"{percentile(empty, 0.5):.0f} ms, small {percentile(small, 0.5):.0f}",
                           rows[-1].ratio, rows[-1].goal)  # fmt: skip
    report.add(
        f"6. Pages of a portal with {full.accounts:,} accounts and {full.requests:,} requests",
        rows,
        f"{full.steps:,} steps, {full.events:,} events.",
        "Median and p95 on the full database; the median on an empty one; the ratio of the medians.",
        f"“small” has a page full of rows and no more. Goal: ratio ≤ {GOAL_RATIO:.0f}, p95 < {GOAL_MS:.0f} ms.",
    )


def _verdict(ratio: float, p95: float) -> str:
    missed = [text for text, bad in (("ratio", ratio > GOAL_RATIO), ("p95", p95 >= GOAL_MS)) if bad]
    return f"missed: {', '.join(missed)}" if missed else "met"
