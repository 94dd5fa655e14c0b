"""Writes of this app: each a verb, keyword-only, in one transaction."""

from vending.engine.accounts import record_account
from vending.services.changes import NotInOrder, change_account
from vending.services.checks import check_again
from vending.services.closings import ask_to_close, confirm_closing, withdraw_closing
from vending.services.errors import NotAllowed
from vending.services.evidence import issue_evidence
from vending.services.late_edits import accept_edit, is_held_for_edit, send_back
from vending.services.ready_edits import change_by_edit, leave_as_it_is
from vending.services.repairs import start_repair
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
    "NotInOrder",
    "accept_edit",
    "ask_to_close",
    "cancel_run",
    "change_account",
    "change_by_edit",
    "check_again",
    "confirm_closing",
    "hold_run",
    "is_held_for_edit",
    "issue_evidence",
    "leave_as_it_is",
    "receive_request",
    "record_account",
    "record_decision",
    "release_run",
    "reopen_request",
    "retry_run",
    "retry_step",
    "run_preflight",
    "send_back",
    "skip_step",
    "start_repair",
    "start_run",
    "withdraw_closing",
]
