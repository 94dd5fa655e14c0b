"""Create the AWS account, exactly once, although CreateAccount has no client token.

Intent first (committed), one attempt on the wire, the handle stored before any wait. Where an intent stands
without a handle, the call may have reached AWS: look before calling again.
"""

from datetime import timedelta

from django.utils.translation import gettext_noop as _

from taskqueue import clock
from vending.aws import organizations
from vending.aws.errors import Fault, Kind, creation_failure
from vending.aws.organizations import AccountSummary, CreationStatus
from vending.engine.accounts import record_account
from vending.engine.context import Context
from vending.engine.step import Done, Gate, Seen, Step, StepParameters, Wait
from vending.models import Account, StepRun
from vending.tagging import tags_for

FIRST_POLL = 12.0
"""AWS seconds: just before the quickest creation that was ever seen (13 s)."""
NEXT_POLL = 5.0
SHARE = 1 / 12
"""Later polls come after this share of the time it has taken so far: a creation's slot is never idle for a
larger part of it, and one that takes minutes is not asked for every second."""
LONGEST_POLL = 10.0
CLOCKS_APART = timedelta(minutes=2)


class CreateAccount(Step):
    name = "create_account"
    title = _("Create the account")
    gate = Gate("create-account", "AWS creates only a few accounts at once", "MAX_CONCURRENT_CREATES")

    class Parameters(StepParameters):
        role_name: str = "OrganizationAccountAccessRole"
        iam_billing: bool = True
        tags: dict[str, str] = {"Ticket": "{ticket}"}

    def look(self, ctx: Context) -> Seen:
        if ctx.account is None:
            return Seen(False, "There is no account for this request yet.")
        found = organizations.describe_account(ctx.clients, ctx.account_id)
        if found is None:
            return Seen(False, f"Account {ctx.account_id} is not in the organization.")
        if found.state in ("SUSPENDED", "PENDING_CLOSURE", "CLOSED"):
            raise Fault(Kind.PERMANENT, found.state, f"Account {found.id} is closed or being closed. "
                        "Reopen it in AWS within 90 days, or cancel this run.")  # fmt: skip
        return Seen(found.state == "ACTIVE", f"Account {found.id} “{found.name}” is {found.state}.")

    def act(self, ctx: Context) -> Done | Wait:
        if ctx.account is not None:
            return Wait(NEXT_POLL, f"Waiting for AWS to show account {ctx.account_id} as active.")
        if ctx.handle:
            return self._follow(ctx)
        if not ctx.intend():
            found = self._made_before(ctx)
            if found is not None:
                return found
        request = ctx.wanted
        started = organizations.start_account_creation(
            ctx.clients,
            name=request.account_name,
            email=request.email,
            role_name=ctx.parameters.role_name,
            tags=tags_for(request, ctx.parameters.tags),
            iam_billing=ctx.parameters.iam_billing,
        )
        ctx.remember(started.request_id)
        return self._judge(ctx, started, FIRST_POLL)

    def _follow(self, ctx: Context) -> Done | Wait:
        status = organizations.creation_status(ctx.clients, ctx.handle)
        if status is None:
            return Wait(NEXT_POLL, f"AWS does not show the creation {ctx.handle} yet.")
        return self._judge(ctx, status, _next_poll(ctx))

    def _judge(self, ctx: Context, status: CreationStatus, poll: float) -> Done | Wait:
        if status.state == "IN_PROGRESS":
            return Wait(poll, f"AWS is creating the account ({status.request_id}).")
        if status.state == "SUCCEEDED" and status.account_id:
            return self._adopt(ctx, status.account_id)
        reason = status.failure_reason or "INTERNAL_FAILURE"
        if reason == "EMAIL_ALREADY_EXISTS":
            found = self._made_before(ctx)
            if found is not None:
                return found
        ctx.remember("")  # the next attempt is a new creation
        raise creation_failure(reason)

    def _made_before(self, ctx: Context) -> Done | Wait | None:
        """What an earlier attempt made whose answer was lost: an account, or a creation under way."""
        account = organizations.find_account_by_email(ctx.clients, ctx.wanted.email)
        if account is not None:
            return self._take_over(ctx, account)
        for creation in organizations.recent_creations(ctx.clients, ["IN_PROGRESS"]):
            if self._is_ours(ctx, creation):
                ctx.remember(creation.request_id)
                return Wait(NEXT_POLL, f"AWS is creating the account ({creation.request_id}).")
        return None

    def _is_ours(self, ctx: Context, creation: CreationStatus) -> bool:
        """The status carries no e-mail: name, time and that no other run follows it must do.

        The account itself is compared by e-mail before it is taken over.
        """
        intended = ctx.own_row.intended_at
        early = intended and creation.requested_at and creation.requested_at < intended - CLOCKS_APART
        followed = StepRun.objects.filter(handle=creation.request_id).exclude(pk=ctx.own_row.pk).exists()
        return creation.name == ctx.wanted.account_name and not early and not followed

    def _adopt(self, ctx: Context, account_id: str) -> Done:
        account = organizations.describe_account(ctx.clients, account_id)
        if account is not None and account.email.lower() != ctx.wanted.email:
            ctx.remember("")
            raise Fault(Kind.TRANSIENT, "NotOurs", f"The creation that was followed made {account_id} for another "
                        "e-mail address. The portal looks again for its own.")  # fmt: skip
        ctx.account = record_account(run=ctx.own_row.run, account_id=account_id)
        return Done(f"AWS created account {account_id}.")

    def _take_over(self, ctx: Context, account: AccountSummary) -> Done:
        """An account with this e-mail is in the organization: ours, unless another request has it."""
        known = Account.objects.filter(account_id=account.id).exclude(request=ctx.wanted).first()
        if (known is not None and known.request_id is not None) or account.name != ctx.wanted.account_name:
            raise creation_failure("EMAIL_ALREADY_EXISTS")
        ctx.account = record_account(run=ctx.own_row.run, account_id=account.id)
        return Done(f"Account {account.id} with this e-mail and name was there already and was taken over.")


def _next_poll(ctx: Context) -> float:
    """AWS seconds until the creation under way is looked at again."""
    intended, aws_second = ctx.own_row.intended_at, clock.scaled(1).total_seconds()
    if intended is None or not aws_second:
        return NEXT_POLL
    elapsed = (clock.now() - intended).total_seconds() / aws_second
    return min(max(elapsed * SHARE, 1.0), LONGEST_POLL)
