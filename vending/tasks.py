"""What django-q2 calls."""

from vending import services
from vending.engine import waves
from vending.engine.advance import advance as advance_step


def advance(step_run_id: int) -> None:
    advance_step(step_run_id)


def advance_stack_set(stack_set_id: int) -> None:
    waves.advance(stack_set_id)


def preflight(request_id: int) -> None:
    services.run_preflight(request_id=request_id)
