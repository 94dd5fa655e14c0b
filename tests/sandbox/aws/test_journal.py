import json
import signal
import subprocess
import sys
import urllib.request

import boto3

from sandbox.aws.credentials import account_of
from sandbox.aws.journal import Journal
from sandbox.aws.server import SandboxAws


def client(url, service, keys=None):
    keys = keys or {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client(service, endpoint_url=url, region_name="eu-central-1", **keys)


def change_things(url):
    """Vend an account, look around in it, give it a role and a stack; returns the session's keys."""
    organizations = client(url, "organizations")
    made = organizations.create_account(Email="shop@example.com", AccountName="shop")["CreateAccountStatus"]
    told = organizations.describe_create_account_status(CreateAccountRequestId=made["Id"])
    account = told["CreateAccountStatus"]["AccountId"]
    role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
    session = client(url, "sts").assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
    keys = {
        "aws_access_key_id": session["AccessKeyId"],
        "aws_secret_access_key": session["SecretAccessKey"],
        "aws_session_token": session["SessionToken"],
    }
    client(url, "ec2", keys).describe_vpcs()
    execution = "AWSCloudFormationStackSetExecutionRole"
    client(url, "iam", keys).create_role(RoleName=execution, AssumeRolePolicyDocument="{}")
    client(url, "cloudformation").create_stack_instances(
        StackSetName="vpc-standard", Accounts=[account], Regions=["eu-central-1"]
    )
    return keys


def picture(sandbox, keys):
    """What must be the same after a restart, down to the ids."""
    state = sandbox.control.state()
    return {
        "account": client(sandbox.url, "sts", keys).get_caller_identity()["Account"],
        "roles": sorted(role["RoleId"] for role in client(sandbox.url, "iam", keys).list_roles()["Roles"]),
        "vpcs": sorted(vpc["VpcId"] for vpc in client(sandbox.url, "ec2", keys).describe_vpcs()["Vpcs"]),
        "accounts": [(each["id"], each["name"], each["state"], each["path"]) for each in state["accounts"]],
        "creations": [each["Id"] for each in state["creations"]],
        "stackSets": [(each["id"], each["instances"]) for each in state["stackSets"]],
        "operations": [(each["id"], each["status"]) for each in state["operations"]],
    }


def test_a_restart_comes_back_with_the_same_accounts_roles_and_stacks(tmp_path):
    with SandboxAws(time_scale=0, state=tmp_path) as sandbox:
        keys = change_things(sandbox.url)
        before = picture(sandbox, keys)
    assert before["accounts"][-1][1] == "shop"
    assert [status for _, status in before["operations"]] == ["SUCCEEDED"]
    with SandboxAws(time_scale=0, state=tmp_path) as sandbox:
        assert picture(sandbox, keys) == before


def test_the_process_says_ready_serves_without_a_seed_and_ends_cleanly():
    command = [sys.executable, "-m", "sandbox.aws", "--port", "0", "--no-seed"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        word, url = process.stdout.readline().split()
        assert word == "READY"
        with urllib.request.urlopen(f"{url}/sandbox/state") as answer:
            assert json.load(answer)["accounts"] == []
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0
    finally:
        process.kill()
        process.wait()


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
