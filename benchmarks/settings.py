"""The product's settings, alone with AWS: no ticket is written to, and the engine part brings its own steps."""

import os

from portal.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.apps.BenchmarksConfig"]  # noqa: F405
AUDIT_SUBSCRIBERS: dict[str, str] = {}
EMPTY_STEPS = int(os.environ.get("BENCH_EMPTY_STEPS", "0"))
