"""The processes of a benchmark: PostgreSQL, the sandbox AWS, workers, the web server. None is imitated."""

import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from sandbox.aws.credentials import MANAGEMENT
from sandbox.demo.child import Child
from sandbox.demo.database import Database

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("BENCH_HOME") or ROOT / ".data" / "bench")
WEBHOOK_KEY = "a-key-for-the-benchmarks-only-0123456789"
INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR")
TEMPLATE = "bench"


class World:
    """Use as a context. Each part takes a fresh database: a copy of one that was migrated once."""

    def __init__(self, workers: int, *, all_regions: bool = False) -> None:
        self.workers = workers
        self.all_regions = all_regions
        self.postgres = Database(HOME / "postgres")
        self.logs = HOME / "log"

    def __enter__(self) -> "World":
        self.logs.mkdir(parents=True, exist_ok=True)
        for log in self.logs.glob("*.log"):
            log.unlink()
        self.postgres.start()
        os.environ.update(self.environment(TEMPLATE))
        for name in (TEMPLATE, "bench_part"):
            self._sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._sql(f"CREATE DATABASE {TEMPLATE}")
        self.run("migrate", "--no-input", "--verbosity", "0")
        self.run("createcachetable", "--verbosity", "0")
        import django

        django.setup()
        return self

    def __exit__(self, *problem: object) -> None:
        from django.db import connections

        connections.close_all()
        self.postgres.stop()

    def url(self, database: str) -> str:
        return re.sub(r"/postgres(?=$|\?)", f"/{database}", self.postgres.address, count=1)

    def environment(self, database: str, **more: str) -> dict[str, str]:
        """Little is inherited: a benchmark never meets somebody's real AWS account."""
        return {name: os.environ[name] for name in INHERITED if name in os.environ} | {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "DATA_DIR": str(HOME),
            "DATABASE_URL": self.url(database),
            "SECRET_KEY": "only-for-benchmarks-Qx7-vT2_mZ9-kL4-wR8-pN3-bH6-cJ5-dF1-gS0",
            "WORKERS": str(self.workers),
            "TIME_SCALE": "1",
            "JIRA_WEBHOOK_API_KEY": WEBHOOK_KEY,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_REGION": "eu-central-1",
            "AWS_MANAGEMENT_ROLE_ARN": f"arn:aws:iam::{MANAGEMENT}:role/account-vending-portal",
            **more,
        }

    def run(self, *words: str) -> None:
        import subprocess

        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT, env=self.environment(TEMPLATE), capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"manage.py {words[0]} failed:\n{done.stdout}{done.stderr}")

    def _sql(self, statement: str) -> None:
        with psycopg.connect(self.postgres.address, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]  # our own words only

    @contextmanager
    def part(self, *, database: str = "bench_part", **environment: str) -> Iterator["Part"]:
        """A fresh database, which this process's Django uses too, and whatever the part starts; both end with it."""
        from django.db import connections

        connections.close_all()
        self._sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        self._sql(f"CREATE DATABASE {database} TEMPLATE {TEMPLATE}")
        connections["default"].settings_dict["NAME"] = database
        with ExitStack() as stack:
            yield Part(self, stack, environment, database)
        connections.close_all()
        self._sql(f"DROP DATABASE {database} WITH (FORCE)")


class Part:
    """The processes of one part; they end with it, the last started first."""

    def __init__(self, world: World, stack: ExitStack, environment: dict[str, str], database: str) -> None:
        self.world, self.stack, self.more, self.database = world, stack, environment, database
        self.aws_url = ""

    def start_aws(self, scale: float, seed: int) -> Child:
        """The sandbox AWS, with what that seed makes it draw; of its regions, as many as `World.all_regions` says."""
        port = _free_port()
        aws = self._start("aws", ["-m", "sandbox.aws", "--port", str(port), "--time-scale", str(scale)])
        self.aws_url = f"http://127.0.0.1:{port}"
        self.more |= {"AWS_ENDPOINT_URL": self.aws_url, "TIME_SCALE": str(scale)}
        _until(lambda: "READY" in aws.last_lines(), aws)  # it answers before, but is not seeded yet
        self.aws_settings({"random_seed": seed, "few_regions": not self.world.all_regions})
        httpx.post(self.aws_url + "/sandbox/reset", json={}, timeout=60, trust_env=False).raise_for_status()
        return aws

    def aws_settings(self, values: dict[str, Any]) -> None:
        """Change how the sandbox AWS behaves."""
        httpx.post(self.aws_url + "/sandbox/settings", json=values, timeout=60, trust_env=False).raise_for_status()

    def start_worker(self) -> Child:
        """A worker that has shown that messages come through."""
        from taskqueue.selectors import heartbeat_age

        worker = self._start("worker", ["manage.py", "worker", "--drain", "5", "--beat-every", "5"])
        _until(lambda: heartbeat_age() is not None, worker)
        return worker

    def start_web(self, name: str = "web", **more: str) -> tuple[Child, str]:
        port = _free_port()
        web = self._start(name, ["manage.py", "web", "--port", str(port)], **more)
        url = f"http://127.0.0.1:{port}"
        _until(lambda: _answers(url + "/healthz"), web)
        return web, url

    def state(self) -> dict[str, Any]:
        """What the sandbox AWS has and has counted."""
        answer = httpx.get(self.aws_url + "/sandbox/state", timeout=60, trust_env=False)
        state: dict[str, Any] = answer.json()
        return state

    def _start(self, name: str, words: list[str], **more: str) -> Child:
        environment = self.world.environment(self.database, **(self.more | more))
        command = [sys.executable, *(str(ROOT / word) if word == "manage.py" else word for word in words)]
        log = self.world.logs / f"{name}.log"
        log.unlink(missing_ok=True)  # what an earlier part wrote must not count as this one's words
        child = Child(name, command, environment, log, patience=10)
        child.start()
        self.stack.callback(child.stop)
        return child


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _until(true: Any, child: Child, seconds: float = 90) -> None:
    limit = time.monotonic() + seconds
    while not true():
        if child.dead or time.monotonic() > limit:
            raise SystemExit(f"{child.name} did not start. The end of its log:\n{child.last_lines()}")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
