"""The process: it says where it is, keeps its tickets over a restart and leaves cleanly."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx

from sandbox.jira.server import SandboxJira

ROOT = Path(__file__).parents[3]


def test_tickets_survive_a_restart(tmp_path: Path) -> None:
    auth = ("vending-bot@example.com", "sandbox-token")
    for expected in ("AVM-1", "AVM-2"):
        with SandboxJira(automation="off", state=tmp_path) as jira:
            made = httpx.post(
                f"{jira.url}/rest/api/3/issue", json={"fields": {"summary": "x"}}, auth=auth, trust_env=False
            )
        assert made.json()["key"] == expected


def test_the_command_says_where_it_listens_and_stops_on_sigterm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox.jira", "--state", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        word, url = process.stdout.readline().split()
        assert word == "READY"
        assert httpx.get(f"{url}/sandbox/healthz", trust_env=False).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
