"""Run the company's own CodeBuild project for the account, and follow it to its end.

The door for whatever no step does: the project gets the request's fields as environment variables. StartBuild's
idempotencyToken holds for five minutes only, so the same id also goes into the build as VENDING_STEP: by it a
build whose answer was lost is found again, however late. A build that failed is not started again before a
person retries the step.
Source: AWS CodeBuild API reference, StartBuild. Proved against the sandbox's imitation of builds.
"""

from datetime import timedelta

from django.utils.translation import gettext_noop as _

from vending.aws import codebuild
from vending.aws.codebuild import Build
from vending.aws.errors import Fault, Kind
from vending.choices import Outcome
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters, Wait
from vending.models import StepAttempt
from vending.steps.stack_sets import DefaultStackSets, OptionalStackSets

MARK = "VENDING_STEP"
SUCCEEDED = "SUCCEEDED"
AGAIN = 15.0


class CustomBuild(Step):
    name = "custom_build"
    title = _("Run the company's own build")
    needs = (DefaultStackSets, OptionalStackSets)
    patience = timedelta(hours=9)  # CodeBuild itself ends a build after eight hours

    class Parameters(StepParameters):
        project: str = ""
        """The CodeBuild project in the management account; none: no build."""
        variables: dict[str, str] = {
            "ACCOUNT_ID": "account_id",
            "ACCOUNT_NAME": "account_name",
            "ACCOUNT_EMAIL": "email",
            "ENVIRONMENT": "environment",
            "ORGANIZATIONAL_UNIT": "organizational_unit",
            "COST_CENTER": "cost_center",
            "OWNER": "owner",
            "TICKET": "ticket",
        }
        """Environment variable → field of the request. Values are data: a buildspec must quote them."""

    def look(self, ctx: Context) -> Seen:
        if not ctx.parameters.project:
            return Seen(True, "The baseline names no build project.")
        build = codebuild.build(ctx.clients, ctx.own_row.handle) if ctx.own_row.handle else None
        if build is None:
            return Seen(False, f"The project {ctx.parameters.project} has not run for this account.")
        evidence = f"The build {build.id} is {build.status}. Log: {build.log_url or 'none yet'}"
        return Seen(build.status == SUCCEEDED, evidence)

    def act(self, ctx: Context) -> Done | Wait:
        mark = self._mark(ctx)
        build = self._started_before(ctx, mark)
        if build is None:
            build = self._start(ctx, mark)
        if build.id != ctx.handle:
            ctx.remember(build.id)
        if build.open:
            return Wait(AGAIN, f"The build {build.id} is running ({build.phase or 'queued'}). Log: {build.log_url}")
        if build.status != SUCCEEDED:
            raise self._failed(build)
        return Done(f"The build {build.id} ran before and was found.")

    def _started_before(self, ctx: Context, mark: str) -> Build | None:
        """This try's build: by its handle, or, where an intent stands without one, by its mark."""
        if not ctx.own_row.intended_at:
            return None
        build = codebuild.build(ctx.clients, ctx.handle) if ctx.handle else None
        if build is not None and (build.open or build.status == SUCCEEDED or build.variables.get(MARK) == mark):
            return build
        return codebuild.find_build(ctx.clients, ctx.parameters.project, MARK, mark)

    def _start(self, ctx: Context, mark: str) -> Build:
        project, variables = ctx.parameters.project, self._variables(ctx)
        if not codebuild.project_exists(ctx.clients, project):
            raise Fault(
                Kind.PERMANENT,
                "UnknownProject",
                f"CodeBuild has no project “{project}” in the management account. Create it, then retry.",
            )
        ctx.intend()
        return codebuild.start_build(ctx.clients, project, token=mark, variables=variables | {MARK: mark})

    def _mark(self, ctx: Context) -> str:
        """The same for all attempts of one try; a retry by a person, after a failure, is another try."""
        failed = StepAttempt.objects.filter(step_run=ctx.own_row, outcome=Outcome.PERMANENT).count()
        return f"vending-{ctx.own_row.pk}-{failed + 1}"

    def _variables(self, ctx: Context) -> dict[str, str]:
        """Raises Fault for a field that a request does not have."""
        request = ctx.wanted
        fields = {
            "account_id": ctx.account_id,
            "ticket": request.ticket,
            "account_name": request.account_name,
            "email": request.email,
            "environment": request.environment,
            "organizational_unit": request.organizational_unit,
            "cost_center": request.cost_center,
            "owner": request.owner,
            "purpose": request.purpose,
        }
        unknown = sorted(set(ctx.parameters.variables.values()) - set(fields))
        if unknown:
            raise Fault(
                Kind.PERMANENT,
                "UnknownField",
                f"The build's variables ask for {', '.join(unknown)}, which a request does not have. Correct the "
                f"step “custom_build” in the baseline; known are {', '.join(fields)}.",
            )
        return {name: fields[field] for name, field in ctx.parameters.variables.items()}

    def _failed(self, build: Build) -> Fault:
        return Fault(
            Kind.PERMANENT,
            build.status,
            f"The build {build.id} ended as {build.status}. Read its log, correct the project, then retry: "
            f"{build.log_url}",
        )
