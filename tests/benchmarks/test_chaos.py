"""The storm of benchmarks/chaos.py, small: real processes are killed, PostgreSQL restarts, AWS misbehaves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.chaos
def test_every_request_becomes_one_account_whatever_is_killed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", "--requests", "20", "--seconds", "60"],
        cwd=ROOT,
        env={**os.environ, "BENCH_HOME": str(ROOT / ".data" / "chaos-test")},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
