"""What the form offers to choose from: only what the portal would accept."""

from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from jira_bridge.choices import RequestField
from vending.aws import ssm
from vending.aws.errors import Fault
from vending.aws.session import clients_from_settings
from vending.rules import ENVIRONMENTS

Choices = Mapping[RequestField, tuple[str, ...]]


def choices() -> tuple[Choices, str]:
    """The options by field, and why some are unknown: units and stack sets stand in AWS, which may not answer."""
    found: dict[RequestField, tuple[str, ...]] = {RequestField.ENVIRONMENT: tuple(ENVIRONMENTS)}
    try:
        clients = clients_from_settings()
        found[RequestField.ORGANIZATIONAL_UNIT] = tuple(ssm.organizational_units(clients))
        found[RequestField.OPTIONAL_STACK_SETS] = ssm.optional_stack_sets(clients)
    except Fault as fault:
        return found, fault.sentence
    except (ClientError, BotoCoreError, ResponseParserError) as problem:
        return found, f"AWS cannot be asked ({type(problem).__name__})."
    return found, ""
