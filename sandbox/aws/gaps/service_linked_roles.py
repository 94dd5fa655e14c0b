"""Service-linked roles whose names moto does not spell as AWS does."""

from moto.iam.models import SERVICE_NAME_CONVERSION

from sandbox.aws.world import Handler

SERVICE_NAME_CONVERSION["config"] = "Config"

HANDLERS: dict[tuple[str, str], Handler] = {}
