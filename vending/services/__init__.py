"""Writes of this app: each a verb, keyword-only, in one transaction."""

from vending.engine.accounts import record_account
from vending.services.errors import NotAllowed
from vending.services.requests import receive_request, record_decision, reopen_request, run_preflight
from vending.services.runs import (
    cancel_run,
    hold_run,
    release_run,
    retry_run,
    retry_step,
    skip_step,
    start_run,
)

__all__ = [
    "NotAllowed",
    "cancel_run",
    "hold_run",
    "receive_request",
    "record_account",
    "record_decision",
    "release_run",
    "reopen_request",
    "retry_run",
    "retry_step",
    "run_preflight",
    "skip_step",
    "start_run",
]
