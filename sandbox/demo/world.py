"""What the demo consists of: the commands, their environment, and what must be done once before they run."""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from sandbox.aws.credentials import MANAGEMENT
from sandbox.demo.child import Child
from sandbox.demo.home import Home
from sandbox.identity import seed as identity
from sandbox.jira.people import BOT, TOKEN

ROOT = Path(__file__).resolve().parent.parent.parent
FIELDS = Path(__file__).with_name("fields.yaml")
INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TERM", "TMPDIR")
PEOPLE = (
    ("gas", ["--group", "GAS engineer"], "watches runs, retries, maps fields"),
    ("auditor", ["--group", "Auditor"], "reads everything, changes nothing"),
    ("admin", ["--superuser"], "may do everything"),
)


class Broken(Exception):
    """The demo cannot go on. The text is for people; `log` is where more stands."""

    def __init__(self, text: str, log: Path) -> None:
        super().__init__(text)
        self.log = log


class World:
    def __init__(self, home: Home, time_scale: float, database: str) -> None:
        self.home = home
        self.database = database
        self.time_scale = time_scale
        self.children = {
            "aws": self._sandbox_aws(),
            "jira": self._sandbox_jira(),
            "identity": self._sandbox_identity(),
            "web": self._child("web", self._manage("web", "--port", str(home.kept.ports["portal"]))),
            "worker": self._child("worker", self._manage("worker", "--drain", "8", "--beat-every", "5"), 12),
        }

    # --- processes

    def _sandbox_aws(self) -> Child:
        return self._child("aws", [
            sys.executable, "-m", "sandbox.aws", "--port", str(self.home.kept.ports["aws"]),
            "--state", str(self.home.folder / "sandbox-aws"), "--time-scale", str(self.time_scale), "--few-regions",
        ])  # fmt: skip

    def _sandbox_jira(self) -> Child:
        kept = self.home.kept
        return self._child("jira", [
            sys.executable, "-m", "sandbox.jira", "--port", str(kept.ports["jira"]),
            "--state", str(self.home.folder / "sandbox-jira"), "--portal-url", self.home.url("portal"),
            "--webhook-key", kept.webhook_key, "--webhook-secret", kept.webhook_secret,
            "--aws-url", self.home.url("aws"),
        ])  # fmt: skip

    def _sandbox_identity(self) -> Child:
        return self._child("identity", [
            sys.executable, "-m", "sandbox.identity", "--port", str(self.home.kept.ports["identity"]),
            "--state", str(self.home.folder / "sandbox-identity"),
        ])  # fmt: skip

    def _child(self, name: str, command: list[str], patience: float = 6.0) -> Child:
        return Child(name, command, self.environment(), self.home.logs / f"{name}.log", patience)

    def _manage(self, *words: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *words]

    def environment(self) -> dict[str, str]:
        """The settings of the portal. Little is inherited: a demo never meets somebody's real AWS account."""
        kept = self.home.kept
        return {name: os.environ[name] for name in INHERITED if name in os.environ} | {
            "PYTHONUNBUFFERED": "1",
            "NO_PROXY": "127.0.0.1,localhost",
            "DATA_DIR": str(self.home.folder),
            "DATABASE_URL": self.database,
            "SECRET_KEY": self.home.secret_key(),
            "PORTAL_BASE_URL": self.home.url("portal"),
            "SECOND_FACTOR_REQUIRED": "false",
            "TIME_SCALE": str(self.time_scale),
            "WORKERS": "2",
            "JIRA_BASE_URL": self.home.url("jira"),
            "JIRA_SWEEP_JQL": "project = AVM",
            "JIRA_SWEEP_MINUTES": "1",
            "JIRA_USER": BOT.email,
            "JIRA_API_TOKEN": TOKEN,
            "JIRA_WEBHOOK_API_KEY": kept.webhook_key,
            "JIRA_WEBHOOK_SECRET": kept.webhook_secret,
            "AWS_ENDPOINT_URL": self.home.url("aws"),
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_REGION": "eu-central-1",
            "AWS_MANAGEMENT_ROLE_ARN": f"arn:aws:iam::{MANAGEMENT}:role/account-vending-portal",
            "IDENTITY_PORTAL_URL": self.home.url("identity") + "/AppServer",
            "IDENTITY_PORTAL_USER": identity.USER,
            "IDENTITY_PORTAL_PASSWORD": identity.PASSWORD,
            "SES_FROM_DOMAIN": "example.com",
            "SIGN_IN_URL": "https://example.awsapps.com/start/#/console?account_id=$account_id",
            "GUARDRAILS_URL": "https://example.com/guardrails",
            "ONBOARDING_URL": "https://example.com/onboarding",
        }

    # --- once before they run

    def prepare(self) -> None:
        """Tables and static files."""
        with ThreadPoolExecutor() as pool:
            static = pool.submit(self.run, "collectstatic", "--no-input", "--verbosity", "0")
            self.run("migrate", "--no-input")
            static.result()

    def seed(self) -> None:
        """People, field mapping, cache table: the first time only, what somebody changed later stays."""
        if self.home.kept.seeded:
            return
        with ThreadPoolExecutor() as pool:
            tasks = [
                pool.submit(self.run, "person", name, *rights, "--password-stdin", given=self.home.kept.password)
                for name, rights, _ in PEOPLE
            ]
            tasks.append(pool.submit(self.run, "createcachetable"))
            tasks.append(pool.submit(self.run, "fields", "import", str(FIELDS)))
            for task in tasks:
                task.result()
        self.home.kept.seeded = True
        self.home.keep()

    def run(self, *words: str, given: str = "") -> None:
        """One manage.py command. Raises Broken with the end of what it said."""
        log = self.home.logs / "prepare.log"
        try:
            done = subprocess.run(
                self._manage(*words), env=self.environment(), input=f"{given}\n", text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=180, check=False,
                start_new_session=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Broken(f"manage.py {words[0]} did not end within 3 minutes.", log) from None
        with log.open("a") as file:
            file.write(f"$ manage.py {' '.join(words)}\n{done.stdout}")
        if done.returncode:
            raise Broken(f"manage.py {words[0]} failed.", log)

    # --- are they there?

    def answers(self, name: str) -> bool:
        """Whether a child does its work, asked from outside."""
        address = {
            "aws": self.home.url("aws") + "/sandbox/health",
            "jira": self.home.url("jira") + "/sandbox/healthz",
            "identity": self.home.url("identity") + "/sandbox/healthz",
        }.get(name, self.home.url("portal") + "/readyz")
        try:
            ready = httpx.get(address, timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False
        return ready and (name != "web" or self._worker_has_beaten())

    def _worker_has_beaten(self) -> bool:
        """A heartbeat of this start, not of the last one."""
        figures = httpx.get(self.home.url("portal") + "/metrics", timeout=5, trust_env=False).text
        age = re.search(r"^portal_heartbeat_age_seconds ([\d.]+)$", figures, re.MULTILINE)
        return age is not None and float(age[1]) < time.monotonic() - self.children["worker"].started
