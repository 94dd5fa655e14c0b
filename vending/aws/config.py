"""AWS Config inside a member account: the recorder of a region. Untyped: no stubs are installed."""

from dataclasses import dataclass
from typing import Any

from vending.aws.session import Clients

DEFAULT = "default"
"""The name that AWS gives a recorder; a region has one at most."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """A region's configuration recorder."""

    name: str
    role_arn: str
    recording: bool
    all_resources: bool


def _client(clients: Clients, account_id: str, region: str) -> Any:
    return clients.member(account_id, "config", region)


def recorder(clients: Clients, account_id: str, region: str) -> Recorder | None:
    """DescribeConfigurationRecorders and their status; None if the region has none."""
    client = _client(clients, account_id, region)
    found = client.describe_configuration_recorders()["ConfigurationRecorders"]
    if not found:
        return None
    status = client.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    return Recorder(
        name=found[0]["name"],
        role_arn=found[0].get("roleARN", ""),
        recording=bool(status and status[0].get("recording")),
        all_resources=bool(found[0].get("recordingGroup", {}).get("allSupported")),
    )


def put_recorder(
    clients: Clients, account_id: str, region: str, role_arn: str, *, global_resources: bool, name: str = DEFAULT
) -> None:
    """PutConfigurationRecorder for all resources; global ones should be recorded in one region."""
    _client(clients, account_id, region).put_configuration_recorder(
        ConfigurationRecorder={
            "name": name,
            "roleARN": role_arn,
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": global_resources},
        }
    )


def delivery_bucket(clients: Clients, account_id: str, region: str) -> str | None:
    """DescribeDeliveryChannels: the bucket that the region's recordings go to; None if there is none."""
    found = _client(clients, account_id, region).describe_delivery_channels()["DeliveryChannels"]
    return found[0]["s3BucketName"] if found else None


def put_delivery_channel(clients: Clients, account_id: str, region: str, bucket: str) -> None:
    """PutDeliveryChannel "default". Raises NoAvailableConfigurationRecorderException before put_recorder."""
    channel = {"name": "default", "s3BucketName": bucket}
    _client(clients, account_id, region).put_delivery_channel(DeliveryChannel=channel)


def start_recorder(clients: Clients, account_id: str, region: str, name: str = "default") -> None:
    """StartConfigurationRecorder. Raises NoAvailableDeliveryChannelException before put_delivery_channel."""
    _client(clients, account_id, region).start_configuration_recorder(ConfigurationRecorderName=name)
