import json
import urllib.error
import urllib.request

import pytest


def ask(aws, method, path, values=None):
    body = json.dumps(values).encode() if values is not None else None
    request = urllib.request.Request(f"{aws.sandbox.url}/sandbox/{path}", body, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def test_the_seed_offers_units_and_stack_sets_by_parameter(aws):
    ssm = aws.client("ssm")

    def value(name):
        return json.loads(ssm.get_parameter(Name=f"/account-vending/{name}")["Parameter"]["Value"])

    units = {each["name"]: each["id"] for each in aws.control.state()["organizationalUnits"]}
    assert value("organizational-units") == {
        name: units[name] for name in ("Production", "Staging", "Development", "Sandbox")
    }
    names = {each["name"] for each in aws.control.state()["stackSets"]}
    assert {*value("stack-sets/default"), *value("stack-sets/optional")} == names


def test_the_seed_has_a_management_role_guardrails_and_a_closed_account(aws):
    role = "arn:aws:iam::123456789012:role/account-vending-portal"
    assert aws.client("sts").assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
    policies = aws.client("organizations").list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert {"deny-leaving-organization", "quarantine"} <= {each["Name"] for each in policies}
    states = {each["name"]: each["state"] for each in aws.control.state()["accounts"]}
    assert states["legacy-shop"] == "CLOSED"


def test_aws_managed_policies_can_be_attached(aws):
    iam = aws.client("iam", aws.account("shop"))
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName="OrganizationAccountAccessRole", PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName="OrganizationAccountAccessRole")["AttachedPolicies"]
    assert [each["PolicyArn"] for each in attached] == [arn]


def test_mail_from_the_verified_domain_is_shown_newest_first(aws):
    for subject in ("first", "second"):
        aws.client("sesv2").send_email(
            FromEmailAddress="gas@example.com",
            Destination={"ToAddresses": ["jira@example.com"]},
            Content={"Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": "Hello"}}}},
        )
    raw = b"From: gas@example.com\nTo: jira@example.com\nSubject: third\n\nHello"
    aws.client("ses").send_raw_email(RawMessage={"Data": raw})
    mail = json.loads(ask(aws, "GET", "mail"))
    assert [each.get("subject") for each in mail] == [None, "second", "first"]
    assert "Subject: third" in mail[0]["raw"]
    assert mail[1]["to"] == ["jira@example.com"]


def test_the_sending_domain_is_verified_with_dkim(aws):
    identity = aws.client("sesv2").get_email_identity(EmailIdentity="example.com")
    assert identity["VerifiedForSendingStatus"] is True
    assert identity["DkimAttributes"]["Status"] == "SUCCESS"


def test_calls_are_told_with_their_outcome_and_request_id(aws):
    last = aws.control.calls()[-1]["number"] if aws.control.calls() else 0
    aws.client("organizations").list_roots()
    call = json.loads(ask(aws, "GET", f"calls?since={last}"))[0]
    assert (call["service"], call["operation"], call["status"]) == ("organizations", "ListRoots", 200)
    assert call["requestId"]


def test_faults_and_settings_can_be_set_over_http_and_reset_clears_faults(aws):
    ask(aws, "POST", "faults", {"kind": "http500", "operation": "ListRoots"})
    assert json.loads(ask(aws, "GET", "faults"))[0]["operation"] == "ListRoots"
    ask(aws, "POST", "settings", {"account_quota": 7, "time_scale": 0.5})
    assert aws.control.state()["settings"]["account_quota"] == 7
    assert aws.sandbox.world.clock.scale == 0.5
    ask(aws, "POST", "reset")
    assert json.loads(ask(aws, "GET", "faults")) == []


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("faults", {"kind": "fire"}),
        ("faults", {"wrong": 1}),
        ("settings", {"nothing": 1}),
        ("settings", {"rates": 3}),
    ],
)
def test_what_the_control_api_does_not_know_is_a_400_that_says_so(aws, path, values):
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(aws, "POST", path, values)
    assert caught.value.code == 400
    assert json.load(caught.value)["error"]


def test_the_page_needs_nothing_from_elsewhere(aws):
    page = ask(aws, "GET", "").decode()
    assert "<title>" in page
    assert "https://" not in page
    assert "prefers-color-scheme" in page
