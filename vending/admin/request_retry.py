"""Retry from the list of requests: the failed run of each."""

from django.utils.translation import gettext_lazy as _

from audit.admin.operations import Operation
from audit.services import Actor
from vending.admin.run_operations import PERMISSION
from vending.choices import RequestStatus, RunStatus
from vending.models import AccountRequest
from vending.services import NotAllowed, retry_run


def _retry(request: AccountRequest, actor: Actor, _reason: str) -> None:
    run = request.runs.filter(status=RunStatus.FAILED).first()
    if run is None:
        raise NotAllowed(
            _("This request is {status}; it has no failed run.").format(status=request.get_status_display())
        )
    retry_run(run=run, actor=actor)


RETRY = Operation(
    name="retry",
    label=_("Retry"),
    question=_("Run the failed steps again. Steps that are done stay done."),
    done=_("The run goes on from where it failed."),
    permission=PERMISSION,
    offered=lambda request: request.status == RequestStatus.FAILED,
    perform=_retry,
    refusal=NotAllowed,
)
