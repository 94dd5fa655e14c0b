import json
import signal
import subprocess
import sys
import urllib.request

import boto3
import pytest

from sandbox.aws.credentials import account_of
from sandbox.aws.journal import Journal


@pytest.fixture
def start():
    """Start the sandbox as a process; returns its address. Whatever still runs at the end is stopped."""
    running = []

    def run(*options: str):
        command = [sys.executable, "-m", "sandbox.aws", "--port", "0", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        running.append(process)
        word, url = process.stdout.readline().split()
        assert word == "READY"
        return url, process

    yield run
    for process in running:
        process.kill()
        process.wait()


def stop(process) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=5)


def client(url, service, **keys):
    keys = keys or {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client(service, endpoint_url=url, region_name="eu-central-1", **keys)


def state(url):
    with urllib.request.urlopen(f"{url}/sandbox/state") as answer:
        return json.load(answer)


def test_a_restart_comes_back_with_the_same_accounts_roles_and_stacks(start, tmp_path):
    options = ("--time-scale", "0", "--state", str(tmp_path))
    url, process = start(*options)
    organizations = client(url, "organizations")
    tags = [{"Key": "team", "Value": "shop"}]
    made = organizations.create_account(Email="shop@example.com", AccountName="shop", Tags=tags)
    request = made["CreateAccountStatus"]["Id"]
    account = organizations.describe_create_account_status(CreateAccountRequestId=request)
    account_id = account["CreateAccountStatus"]["AccountId"]
    role = f"arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole"
    session = client(url, "sts").assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
    keys = {
        "aws_access_key_id": session["AccessKeyId"],
        "aws_secret_access_key": session["SecretAccessKey"],
        "aws_session_token": session["SessionToken"],
    }
    iam = client(url, "iam", **keys)
    iam.create_role(RoleName="AWSCloudFormationStackSetExecutionRole", AssumeRolePolicyDocument="{}")
    vpcs = client(url, "ec2", **keys).describe_vpcs()["Vpcs"]
    client(url, "cloudformation").create_stack_instances(
        StackSetName="vpc-standard", Accounts=[account_id], Regions=["eu-central-1"]
    )
    before, roles = state(url), iam.list_roles()["Roles"]
    vpcs = client(url, "ec2", **keys).describe_vpcs()["Vpcs"]
    assert stop(process) == 0

    url, process = start(*options)

    after = state(url)
    for part in ("accounts", "organizationalUnits", "stackSets"):
        assert [{**each, "joinedAt": ""} for each in after[part]] == [
            {**each, "joinedAt": ""} for each in before[part]
        ]
    assert [each["Id"] for each in after["creations"]] == [each["Id"] for each in before["creations"]]
    assert client(url, "sts", **keys).get_caller_identity()["Account"] == account_id
    again = client(url, "iam", **keys).list_roles()["Roles"]
    assert [each["RoleId"] for each in again] == [each["RoleId"] for each in roles]
    assert [v["VpcId"] for v in client(url, "ec2", **keys).describe_vpcs()["Vpcs"]] == [
        v["VpcId"] for v in vpcs
    ]
    assert after["stackSets"][1]["instances"] == 1


def test_without_a_seed_there_is_no_organization(start):
    url, _ = start("--time-scale", "0", "--no-seed")
    assert state(url)["accounts"] == []
    with pytest.raises(Exception, match="AWSOrganizationsNotInUse"):
        client(url, "organizations").list_accounts()


def test_a_line_cut_short_by_a_crash_is_left_out(aws, tmp_path):
    lines = [json.dumps(vars(entry)) for entry in aws.sandbox.journal.entries]
    (tmp_path / "journal.jsonl").write_text("\n".join(lines) + '\n{"number": 99, "at')
    journal = Journal(tmp_path)
    assert len(journal.entries) == len(lines)
    journal.close()
    assert (tmp_path / "journal.jsonl").read_text().endswith("}\n")


def test_neither_secrets_nor_reads_are_written_down(aws):
    account = aws.account("shop")
    before = len(aws.sandbox.journal.entries)
    aws.client("iam", account).list_roles()
    assert len(aws.sandbox.journal.entries) == before
    written = json.dumps([vars(entry) for entry in aws.sandbox.journal.entries])
    assert "SECURITY_TOKEN" not in written
    assert "AUTHORIZATION" not in written


def test_a_reset_gives_the_same_ids_again(aws):
    before = {each["name"]: each["id"] for each in aws.control.state()["accounts"]}
    aws.account("shop")
    aws.sandbox.reset()
    assert {each["name"]: each["id"] for each in aws.control.state()["accounts"]} == before


def test_an_access_key_tells_its_account_and_any_other_key_is_the_management_account(aws):
    account = aws.account("shop")
    arn = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
    key = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="tests")["Credentials"]["AccessKeyId"]
    assert account_of(key) == account
    assert account_of("testing") == "123456789012"
