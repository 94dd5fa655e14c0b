"""Let groups of IAM Identity Center into the account, each with its permission set (instead of SAML roles).

Names are looked up: permission sets and groups belong to whoever runs Identity Center, often by SCIM, and are
never made here. `{account_id}` and `{account_name}` may stand in a group's name.
Source: IAM Identity Center API reference, CreateAccountAssignment (asynchronous: a request id, then a status).
Proved against moto (permission sets, groups) and the sandbox's imitation of assignments under way.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from vending.aws import identity_center
from vending.aws.errors import Fault, Kind
from vending.aws.identity_center import Assignment, Instance
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters, Wait
from vending.steps.account_ready import AccountReady

AGAIN = 5.0


class IdentityCenter(Step):
    name = "identity_center"
    title = _("Assign groups in Identity Center")
    needs = (AccountReady,)

    class Parameters(StepParameters):
        assignments: dict[str, list[str]] = {}
        """Permission set → groups, by name."""
        region: str = ""
        """Where Identity Center lives; none: the portal's own region."""

    def look(self, ctx: Context) -> Seen:
        if not ctx.parameters.assignments:
            return Seen(True, "The baseline names no assignment.")
        missing = [words for words, _ in self._missing(ctx)]
        if missing:
            return Seen(False, "Not assigned: " + ", ".join(missing) + ".")
        return Seen(True, "Assigned: " + ", ".join(self._words(ctx)) + ".")

    def act(self, ctx: Context) -> Done | Wait:
        if ctx.handle:
            return self._follow(ctx)
        where = self._instance(ctx)
        for words, wanted in self._missing(ctx):
            request_id = identity_center.create_assignment(
                ctx.clients, where, ctx.account_id, wanted, self._region(ctx)
            )
            ctx.remember(request_id)
            return Wait(AGAIN, f"Identity Center is assigning {words}.")
        return Done("Somebody else assigned them meanwhile.")

    def _follow(self, ctx: Context) -> Done | Wait:
        """What became of the assignment begun earlier; forgotten once it is over, so that the next can begin."""
        status = identity_center.assignment_status(ctx.clients, self._instance(ctx), ctx.handle, self._region(ctx))
        if status is not None and status.open:
            return Wait(AGAIN, f"Identity Center is working on the assignment {ctx.handle}.")
        ctx.remember("")
        if status is not None and status.state == "FAILED":
            raise Fault(
                Kind.PERMANENT,
                "AssignmentFailed",
                "Identity Center could not make the assignment. See the details for its reason, correct the cause, "
                "then retry.",
                status.reason,
            )
        return Done("Identity Center made the assignment.")

    def _missing(self, ctx: Context) -> Iterator[tuple[str, Assignment]]:
        """What is wanted and not there, in words and in ids. Raises Fault for names that nothing bears."""
        where, region = self._instance(ctx), self._region(ctx)
        sets = identity_center.permission_sets(ctx.clients, where, region)
        for set_name, groups in ctx.parameters.assignments.items():
            if set_name not in sets:
                raise self._unknown("permission set", set_name)
            arn = sets[set_name]
            present = identity_center.assignments(ctx.clients, where, ctx.account_id, arn, region)
            for group in self._groups(ctx, groups):
                group_id = identity_center.group_id(ctx.clients, where, group, region)
                if group_id is None:
                    raise self._unknown("group", group)
                wanted = Assignment(arn, group_id)
                if wanted not in present:
                    yield f"{set_name} to {group}", wanted

    def _words(self, ctx: Context) -> list[str]:
        wanted = ctx.parameters.assignments
        return [f"{name} to {group}" for name in wanted for group in self._groups(ctx, wanted[name])]

    def _groups(self, ctx: Context, templates: list[str]) -> list[str]:
        name = ctx.account.name if ctx.account else ""
        known = {"{account_id}": ctx.account_id, "{account_name}": name}
        groups = []
        for group in templates:
            for field, value in known.items():
                group = group.replace(field, value)
            groups.append(group)
        return groups

    def _region(self, ctx: Context) -> str | None:
        return ctx.parameters.region or None

    def _instance(self, ctx: Context) -> Instance:
        found = identity_center.instance(ctx.clients, self._region(ctx))
        if found is None:
            raise Fault(
                Kind.PERMANENT,
                "NoIdentityCenter",
                f"IAM Identity Center is not enabled in {ctx.parameters.region or ctx.clients.region}. Name its "
                "region in the baseline's step “identity_center”, or switch the step off.",
            )
        return found

    def _unknown(self, kind: str, name: str) -> Fault:
        return Fault(
            Kind.PERMANENT,
            "UnknownName",
            f"Identity Center has no {kind} “{name}”. Create it, or correct its name in the baseline, then retry.",
        )
