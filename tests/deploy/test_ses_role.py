"""The role in the tools account: mail from the company's domain, and nothing else."""

import pytest
from botocore.exceptions import ClientError

from jira_bridge.mail.ses import SesConnection, domain_identity
from tests.deploy.templates import PORTAL, REGION, client, deploy

MAIL = "account-vending-mail"


@pytest.fixture
def mail(aws):
    """SES as the portal has it, by the template's role in another account than the portal's."""
    accounts = client("organizations").list_accounts()["Accounts"]
    tools = next(each["Id"] for each in accounts if each["Name"] == "security-tooling")
    arn = f"arn:aws:iam::{tools}:role/OrganizationAccountAccessRole"
    taken = client("sts").assume_role(RoleArn=arn, RoleSessionName="setup")["Credentials"]
    keys = {
        "aws_access_key_id": taken["AccessKeyId"],
        "aws_secret_access_key": taken["SecretAccessKey"],
        "aws_session_token": taken["SessionToken"],
    }
    for identity in ("example.com", "other.example.org"):
        client("sesv2", **keys).create_email_identity(EmailIdentity=identity)
    role = deploy("ses-role", client("cloudformation", **keys), TrustedPrincipalArn=PORTAL, FromDomain="example.com")
    aws.control.change_settings(enforce_iam=True)
    yield SesConnection(REGION, role["RoleArn"]).client()
    aws.control.change_settings(enforce_iam=False)


def send(mail, sender: str) -> str:
    body = {"Subject": {"Data": "AVM-1"}, "Body": {"Text": {"Data": "Hello"}}}
    to = {"ToAddresses": ["cloud@example.atlassian.net"]}
    return mail.send_email(FromEmailAddress=sender, Destination=to, Content={"Simple": body})["MessageId"]


def test_the_role_sends_mail_from_the_domain(mail):
    assert send(mail, "alice@example.com")


@pytest.mark.parametrize("sender", ["alice@other.example.org", "alice@example.com.example.org"])
def test_mail_from_another_domain_is_refused(mail, sender):
    with pytest.raises(ClientError, match="not authorized to perform: ses:SendEmail"):
        send(mail, sender)


def test_the_role_sees_how_the_domain_is_verified(mail):
    assert domain_identity(mail, "example.com").domain == "example.com"


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("list_email_identities", {}),
        ("create_email_identity", {"EmailIdentity": "third.example.org"}),
        ("delete_email_identity", {"EmailIdentity": "example.com"}),
        ("get_email_identity", {"EmailIdentity": "other.example.org"}),
    ],
)
def test_the_role_may_do_nothing_else(mail, operation, parameters):
    with pytest.raises(ClientError, match="not authorized"):
        getattr(mail, operation)(**parameters)
