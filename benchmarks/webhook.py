"""The webhook door under load, beside a view that only stores the body."""

import http.client
import json
import sys
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import connection

from benchmarks.report import Report, Row, percentile
from benchmarks.world import WEBHOOK_KEY, World

SENDERS = 8
TABLE = "CREATE TABLE bench_delivery (id bigserial PRIMARY KEY, body bytea NOT NULL)"


@dataclass(frozen=True)
class Figures:
    """Deliveries a second with all senders at once; seconds an answer took at a steady rate."""

    most: float
    answers: list[float]
    kept_up: float


def run(world: World, report: Report, rate: float = 100, seconds: float = 8) -> None:
    print("the webhook door …", file=sys.stderr, flush=True)
    with world.part() as part, connection.cursor() as cursor:
        cursor.execute(TABLE)
        _, door = part.start_web()
        _, bare = part.start_web("bare", DJANGO_SETTINGS_MODULE="benchmarks.bare_settings")
        for warm_up in (door, bare):
            _closed(warm_up, 1)
        # in turns, so that both meet the same neighbours on this machine
        halves = [(_figures(door, rate, seconds / 2), _figures(bare, rate, seconds / 2)) for _ in range(2)]
    ours, theirs = (_both(*each) for each in zip(*halves, strict=True))
    report.add(
        "6. The webhook door (manage.py web, one process, 8 threads), beside a bare view that stores the body",
        [
            Row(f"deliveries a second, {SENDERS} senders", f"{ours.most:.0f}", f"{theirs.most:.0f}",
                f"{ours.most / theirs.most:.2f}"),
            *(
                Row(f"answer at {rate:.0f} a second, {name}", f"{_ms(ours, share)} ms", f"{_ms(theirs, share)} ms",
                    f"{percentile(ours.answers, share) / percentile(theirs.answers, share):.2f}")
                for name, share in (("p50", 0.5), ("p99", 0.99))
            ),
            Row("reached of that rate", f"{ours.kept_up:.0%}", f"{theirs.kept_up:.0%}"),
        ],
        "Each delivery is new (none is a repeat), 4 KB, with its API key; the senders share the processors.",
    )  # fmt: skip


def _figures(url: str, rate: float, seconds: float) -> Figures:
    most = _closed(url, seconds)
    answers, took = _steady(url, rate, seconds)
    return Figures(most, answers, min(1.0, len(answers) / took / rate))


def _both(one: Figures, other: Figures) -> Figures:
    kept_up = (one.kept_up + other.kept_up) / 2
    return Figures((one.most + other.most) / 2, one.answers + other.answers, kept_up)


def _closed(url: str, seconds: float) -> float:
    """Each sender sends the next when the last was answered; answers a second."""
    end = time.monotonic() + seconds
    counts: list[int] = []

    def send() -> None:
        sender, count = Sender(url), 0
        while time.monotonic() < end:
            sender.send()
            count += 1
        counts.append(count)

    _in_threads(send)
    return sum(counts) / seconds


def _steady(url: str, rate: float, seconds: float) -> tuple[list[float], float]:
    """Deliveries at a fixed rate; an answer's time counts from when its delivery was due, not from when a
    sender was free for it."""
    total = int(rate * seconds)
    due, lock, answers = iter(range(total)), threading.Lock(), []
    began = time.monotonic()

    def send() -> None:
        sender = Sender(url)
        while True:
            with lock:
                number = next(due, None)
            if number is None:
                return
            at = began + number / rate
            time.sleep(max(0.0, at - time.monotonic()))
            sender.send()
            answers.append(time.monotonic() - at)

    _in_threads(send)
    return answers, time.monotonic() - began


def _in_threads(work: object) -> None:
    threads = [threading.Thread(target=work) for _ in range(SENDERS)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Sender:
    """One kept connection. Raises RuntimeError when an answer is not 202."""

    sent = 0

    def __init__(self, url: str) -> None:
        self.link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

    def send(self) -> None:
        Sender.sent += 1
        number = f"{Sender.sent}-{threading.get_ident()}-{time.monotonic_ns()}"
        body = json.dumps({"timestamp": number, "issue": {"key": "BEN-1", "fields": {"summary": "x" * 4000}}})
        headers = {"Content-Type": "application/json", "X-API-Key": WEBHOOK_KEY}
        self.link.request("POST", "/jira/webhook", body, headers)
        answer = self.link.getresponse()
        answer.read()
        if answer.status != 202:
            raise RuntimeError(f"The door answered {answer.status}.")


def _ms(figures: Figures, share: float) -> str:
    return f"{percentile(figures.answers, share) * 1000:.1f}"
