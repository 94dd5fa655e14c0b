"""Check a request again, after what was wrong outside its form was put right."""

from django.utils.translation import gettext_lazy as _

from audit.admin.operations import Operation
from audit.services import Actor
from vending.choices import RequestStatus
from vending.models import AccountRequest
from vending.services import NotAllowed, check_again


def _check(request: AccountRequest, actor: Actor, _reason: str) -> None:
    check_again(request=request, actor=actor)


CHECK_AGAIN = Operation(
    name="check",
    label=_("Check again"),
    question=_("Run pre-flight again on the same content, for example after AWS has raised the quota of accounts."),
    done=_("The request is being checked; the result appears below in a moment."),
    permission="vending.decide_accountrequest",
    offered=lambda request: request.status == RequestStatus.TO_CORRECT,
    perform=_check,
    refusal=NotAllowed,
)
