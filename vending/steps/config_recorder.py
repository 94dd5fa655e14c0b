"""Record the account's configuration with AWS Config, into the company's bucket.

Source: AWS Config developer guide, "Managing the configuration recorder": role, recorder, delivery channel and
start come in this order. Global resources are recorded in one region only. The organization's aggregator reads
the recorders by itself: nothing more is needed in the account.
Proved against moto, which does not check that Config may write into the bucket.
"""

from django.utils.translation import gettext_noop as _

from vending.aws import config, iam
from vending.aws.errors import Fault, Kind
from vending.engine.context import Context
from vending.steps.regional_service import ON, RegionalService
from vending.steps.regions import WorkRegions

SERVICE = "config.amazonaws.com"
SERVICE_ROLE = "AWSServiceRoleForConfig"


class ConfigRecorder(RegionalService):
    name = "config_recorder"
    title = _("Record the configuration")

    class Parameters(WorkRegions):
        bucket: str = ""
        """The bucket of the log archive; its policy lets Config of the whole organization write."""
        global_region: str = ""
        """Where global resources are recorded; none: the portal's own region."""

    def state(self, ctx: Context, region: str) -> str:
        if iam.role(ctx.clients, ctx.account_id, SERVICE_ROLE) is None:
            return "without a role"
        recorder = config.recorder(ctx.clients, ctx.account_id, region)
        if recorder is None or not recorder.all_resources:
            return "without a recorder of all resources"
        if config.delivery_bucket(ctx.clients, ctx.account_id, region) != ctx.parameters.bucket:
            return "not delivered"
        return ON if recorder.recording else "stopped"

    def switch_on(self, ctx: Context, region: str, state: str) -> str:
        bucket = ctx.parameters.bucket
        if not bucket:
            raise Fault(
                Kind.PERMANENT,
                "NoBucket",
                "The baseline names no bucket for AWS Config. Name the log archive's bucket in the step "
                "“config_recorder”, then start a new run; or skip this step.",
            )
        role = iam.role(ctx.clients, ctx.account_id, SERVICE_ROLE)
        if role is None:
            iam.create_service_linked_role(ctx.clients, ctx.account_id, SERVICE)
            return f"Created the role {SERVICE_ROLE}."
        recorder = config.recorder(ctx.clients, ctx.account_id, region)
        if recorder is None or not recorder.all_resources:
            name = recorder.name if recorder else config.DEFAULT
            everywhere = region == (ctx.parameters.global_region or ctx.clients.region)
            config.put_recorder(ctx.clients, ctx.account_id, region, role.arn, name=name, global_resources=everywhere)
            return f"Set the recorder {name} up in {region}."
        if config.delivery_bucket(ctx.clients, ctx.account_id, region) != bucket:
            config.put_delivery_channel(ctx.clients, ctx.account_id, region, bucket)
            return f"{region} delivers into {bucket}."
        config.start_recorder(ctx.clients, ctx.account_id, region, recorder.name)
        return f"Started the recorder in {region}."
