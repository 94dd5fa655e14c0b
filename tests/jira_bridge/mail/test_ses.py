"""Mails through the SES of the sandbox AWS, and into the mailbox of the sandbox Jira."""

import datetime
import json

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from jira_bridge.jira import JiraClient, reference_line
from jira_bridge.mail import (
    MailOutcomeUnknown,
    MailRejected,
    MailUnavailable,
    SesConnection,
    domain_identity,
    send_comment_mail,
)
from jira_bridge.markup import render_message
from jira_bridge.markup.examples import EXAMPLES
from sandbox.aws.server import SandboxAws
from sandbox.jira.mailbox import Poller
from sandbox.jira.people import BOT, GUS, RITA, TOKEN
from sandbox.jira.server import SandboxJira

REGION = "eu-central-1"


@pytest.fixture(scope="module")
def aws():
    with SandboxAws(seed=False) as running:
        yield running


@pytest.fixture
def environment(aws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    ses = boto3.client("sesv2", region_name=REGION)
    if "example.com" not in [each["IdentityName"] for each in ses.list_email_identities()["EmailIdentities"]]:
        ses.create_email_identity(EmailIdentity="example.com")
    return aws


@pytest.fixture
def mail():
    return {
        "sender": BOT.email,
        "to": "jira@example.com",
        "issue_key": "AVM-1",
        "title": "Account ready",
        "document": render_message("ready", EXAMPLES["ready"]),
    }


def sent(aws):
    answer = httpx.get(f"{aws.url}/sandbox/mail").json()
    return answer if isinstance(answer, list) else next(value for value in answer.values() if isinstance(value, list))


def test_a_mail_becomes_a_comment_that_is_not_posted_twice(environment, mail):
    with SandboxJira(automation="off") as jira:
        key = jira.desk.create(RITA, {}, "An account, please", "")["key"]
        client = SesConnection(REGION).client()
        sending = mail | {"issue_key": key, "sender": GUS.email, "reference": reference_line("event-9")}
        assert send_comment_mail(client, **sending)
        with httpx.Client() as web:
            Poller(jira.desk, environment.url).fetch(web)
        door = JiraClient(jira.url, "cloud", BOT.email, TOKEN)
        comment = door.find_comment(key, "event-9")
        assert comment["author"]["displayName"] == GUS.name
        door.add_comment(key, mail["document"], marker="event-9")
        assert len(list(door.comments(key))) == 1


def test_a_mail_carries_the_subject_and_readable_text(environment, mail):
    send_comment_mail(SesConnection(REGION).client(), **mail)
    text = str(sent(environment))
    assert "[AVM-1] Account ready" in text
    assert "Account ID: 123456789012" in text


def test_a_sender_that_is_not_verified_is_a_refusal_for_good(environment, mail):
    with pytest.raises(MailRejected) as caught:
        send_comment_mail(SesConnection(REGION).client(), **mail | {"sender": "bot@unverified.example"})
    assert not caught.value.transient


def test_the_role_is_assumed_and_renewed_in_time(environment):
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam = boto3.client("iam", region_name=REGION)
    role = iam.create_role(RoleName="mail", AssumeRolePolicyDocument=policy)["Role"]
    now = [datetime.datetime.now(datetime.UTC)]
    connection = SesConnection(REGION, role["Arn"], clock=lambda: now[0])
    first = connection.client()
    assert connection.client() is first
    assert first._request_signer._credentials.token
    now[0] += datetime.timedelta(seconds=800)
    assert connection.client() is not first


def test_a_role_that_cannot_be_assumed_is_named_as_the_reason(environment):
    with pytest.raises(MailRejected, match="role for sending mail"):
        SesConnection(REGION, "arn:aws:iam::123456789012:role/absent").client()


def test_the_state_of_the_domain_can_be_asked(environment):
    identity = domain_identity(SesConnection(REGION).client(), "example.com")
    assert identity.domain == "example.com"
    assert identity.signed == (identity.verified and identity.dkim_enabled and identity.dkim_status == "SUCCESS")


def test_an_unknown_domain_is_a_refusal(environment):
    with pytest.raises(MailRejected):
        domain_identity(SesConnection(REGION).client(), "unknown.example")


class Broken:
    def __init__(self, error):
        self.error = error

    def send_email(self, **request):
        raise self.error


def client_error(code, status):
    answer = {"Error": {"Code": code, "Message": "x"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "SendEmail")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (client_error("TooManyRequestsException", 429), MailUnavailable),
        (client_error("InternalFailure", 500), MailOutcomeUnknown),
        (client_error("AccountSuspendedException", 400), MailRejected),
        (EndpointConnectionError(endpoint_url="https://ses.example"), MailUnavailable),
        (ReadTimeoutError(endpoint_url="https://ses.example"), MailOutcomeUnknown),
    ],
)
def test_errors_say_whether_the_mail_may_have_gone_out(mail, error, kind):
    with pytest.raises(kind):
        send_comment_mail(Broken(error), **mail)


def test_wiki_notation_is_sent_to_a_jira_that_renders_it(mail):
    class Recorder:
        def send_email(self, **request):
            self.request = request
            return {"MessageId": "1"}

    recorder = Recorder()
    send_comment_mail(recorder, **mail, notation="wiki", reference="Ref 1")
    text = recorder.request["Content"]["Simple"]["Body"]["Text"]["Data"]
    assert text.startswith("{panel:bgColor=#e3fcef}")
    assert text.endswith("\n\nRef 1\n")
