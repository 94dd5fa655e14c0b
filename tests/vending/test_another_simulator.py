"""The same work against plain moto: another AWS, without our limits and with gaps of its own."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.vending.people import approve, ask_for
from vending.aws import ssm
from vending.aws.session import clients_from_settings
from vending.choices import RunStatus
from vending.models import Run

TEMPLATE = {"Resources": {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "baseline"}}}}


@pytest.fixture
def moto(aws_world, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A company in a plain moto. moto's state is one for the process: the sandbox's is put aside meanwhile."""
    aws_world.world.forget()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    clients_from_settings.cache_clear()
    ssm.forget()
    _found_a_company()
    yield f"http://{host}:{port}"
    server.stop()
    aws_world.reset()
    ssm.forget()


def _found_a_company() -> None:
    organizations, parameters, cloudformation = (
        boto3.client(name, region_name="eu-central-1") for name in ("organizations", "ssm", "cloudformation")
    )
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="Production")["OrganizationalUnit"]["Id"]
    values = {
        "organizational-units": json.dumps({"Production": unit}),
        "stack-sets/default": "baseline",
        "stack-sets/optional": "extra",
    }
    for name, value in values.items():
        parameters.put_parameter(Name=f"/account-vending/{name}", Type="String", Value=value)
    cloudformation.create_stack_set(StackSetName="baseline", TemplateBody=json.dumps(TEMPLATE))


@pytest.mark.django_db
def test_an_account_is_vended_in_plain_moto_too(moto, drain):
    request = ask_for("AVM-1")
    drain()
    request.refresh_from_db()
    approve(request)
    drain()
    run = Run.objects.get()
    assert run.status == RunStatus.SUCCEEDED, [(s.step, s.status, s.problem, s.problem_detail) for s in run.steps.all()]
