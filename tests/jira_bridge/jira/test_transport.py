"""When a call is tried again, how long that takes, and what it ends in. No network, no waiting."""

import datetime
import logging
import ssl
import traceback
from email.utils import format_datetime

import httpx
import pytest

from jira_bridge.jira.budget import Budget
from jira_bridge.jira.deadline import seconds_left, time_limit
from jira_bridge.jira.errors import (
    JiraNotFound,
    JiraOutcomeUnknown,
    JiraRejected,
    JiraUnauthorized,
    JiraUnavailable,
)
from jira_bridge.jira.transport import Credentials, Transport, retry_after

TOKEN = "very-secret-token"


class Script:
    """Answers calls in turn, and counts them."""

    def __init__(self, *answers):
        self.answers, self.requests, self.slept = list(answers), [], []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, type):
            raise answer("broken", request=request)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(answer, json={})

    def transport(self, flavour="cloud", user="bot@example.com", base_url="https://jira.example.com/"):
        credentials = Credentials(flavour, user, TOKEN)
        http = httpx.MockTransport(self)
        return Transport(base_url, credentials, clock=lambda: 0.0, sleep=self.slept.append, http=http)


@pytest.mark.parametrize("failure", [408, 409, 425, 429, 500, 502, 503, httpx.ConnectError, httpx.ReadTimeout])
def test_a_read_is_tried_again(failure):
    script = Script(failure, failure, 200)
    assert script.transport().read("/x") == {}
    assert len(script.slept) == 2


@pytest.mark.parametrize("failure", [500, httpx.ReadTimeout])
def test_a_read_gives_up_after_three_tries(failure):
    script = Script(failure, failure, failure)
    with pytest.raises(JiraUnavailable) as caught:
        script.transport().read("/x")
    assert len(script.requests) == 3
    assert caught.value.transient


@pytest.mark.parametrize("failure", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError, 500, 502, 503, 504])
def test_a_write_whose_answer_is_lost_is_not_sent_again(failure):
    script = Script(failure)
    with pytest.raises(JiraOutcomeUnknown):
        script.transport().write("POST", "/x", {})
    assert len(script.requests) == 1


def put_off(status, seconds="1"):
    return httpx.Response(status, headers={"Retry-After": seconds}, json={})


@pytest.mark.parametrize("status", [429, 503])
def test_a_write_that_jira_put_off_is_sent_again(status):
    script = Script(put_off(status), 201)
    assert script.transport().write("POST", "/x", {}) == {}
    assert script.slept == [1.0]


@pytest.mark.parametrize(("status", "kind"), [(429, JiraUnavailable), (503, JiraOutcomeUnknown)])
def test_a_write_is_not_sent_again_where_jira_does_not_say_when(status, kind):
    script = Script(status)
    with pytest.raises(kind) as caught:
        script.transport().write("POST", "/x", {})
    assert len(script.requests) == 1
    assert caught.value.transient


@pytest.mark.parametrize("failure", [put_off(503), 503, 500, httpx.ReadTimeout])
def test_a_write_that_is_seen_to_be_done_is_not_sent_again(failure):
    script = Script(failure)
    assert script.transport().write("POST", "/x", {}, done=lambda: {"id": "7"}) == {"id": "7"}
    assert len(script.requests) == 1


def test_a_write_that_is_seen_not_to_be_done_stays_in_doubt_after_a_lost_answer():
    with pytest.raises(JiraOutcomeUnknown):
        Script(httpx.ReadTimeout).transport().write("POST", "/x", {}, done=lambda: None)


@pytest.mark.parametrize(("failure", "wait"), [(500, None), (502, 60), (503, 60), (504, 60), (httpx.ReadTimeout, 60)])
def test_what_jira_may_still_be_at_is_not_looked_for_too_early(failure, wait):
    with pytest.raises(JiraOutcomeUnknown) as caught:
        Script(failure).transport().write("POST", "/x", {})
    assert caught.value.retry_after == wait


def test_no_call_is_begun_when_the_time_is_up():
    script = Script()
    with time_limit(0.5), pytest.raises(JiraUnavailable, match="time for this attempt is up"):
        script.transport().read("/x")
    assert script.requests == []


def test_a_call_and_its_pauses_keep_within_the_time_that_is_left():
    script = Script(put_off(429, "15"))
    with time_limit(10), pytest.raises(JiraUnavailable) as caught:
        script.transport().write("POST", "/x", {})
    assert (caught.value.retry_after, script.slept) == (15.0, [])
    limits = script.requests[0].extensions["timeout"]
    assert limits["connect"] <= 5
    assert limits["read"] <= 10


def test_an_inner_limit_cannot_outlast_an_outer_one():
    with time_limit(5), time_limit(60):
        assert seconds_left() <= 5
    assert seconds_left() == float("inf")


@pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ConnectTimeout])
def test_a_write_that_never_left_is_not_in_doubt(failure):
    with pytest.raises(JiraUnavailable):
        Script(failure).transport().write("POST", "/x", {})


def test_a_conflict_is_worth_another_try_later():
    with pytest.raises(JiraUnavailable, match="being changed") as caught:
        Script(httpx.Response(409, json={"errorMessages": ["It is being changed."]})).transport().write("PUT", "/x", {})
    assert caught.value.transient


def test_the_wait_that_jira_asks_for_is_kept():
    script = Script(httpx.Response(429, headers={"Retry-After": "7"}), 200)
    script.transport().read("/x")
    assert script.slept == [7.0]


def test_a_wait_that_is_too_long_is_left_to_the_caller():
    script = Script(httpx.Response(429, headers={"Retry-After": "3600"}))
    with pytest.raises(JiraUnavailable) as caught:
        script.transport().write("POST", "/x", {})
    assert caught.value.retry_after == 3600
    assert script.slept == []


def test_retry_after_may_be_a_date():
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=90)
    response = httpx.Response(429, headers={"Retry-After": format_datetime(later, usegmt=True)})
    assert 80 < retry_after(response) <= 90


@pytest.mark.parametrize("value", ["", "soon", "-5", "²", "1.5"])
def test_a_retry_after_that_cannot_be_read_is_ignored(value):
    headers = [(b"Retry-After", value.encode("utf-8"))]
    assert retry_after(httpx.Response(429, headers=headers)) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, JiraRejected), (401, JiraUnauthorized), (403, JiraUnauthorized), (404, JiraNotFound)],
)
def test_a_refusal_carries_jiras_own_words(status, kind):
    body = {"errorMessages": ["No."], "errors": {"summary": "Too long."}}
    with pytest.raises(kind, match=r"No; summary: Too long\.") as caught:
        Script(httpx.Response(status, json=body)).transport().read("/x")
    assert caught.value.status == status
    assert not caught.value.transient


def test_the_service_desks_way_of_refusing_is_understood():
    with pytest.raises(JiraRejected, match="Not for you"):
        Script(httpx.Response(400, json={"errorMessage": "Not for you."})).transport().read("/x")


@pytest.mark.parametrize("answer", [httpx.Response(200, text="<html>"), httpx.Response(302, headers={"Location": "/"})])
def test_an_answer_that_is_not_jiras_is_refused(answer):
    with pytest.raises(JiraRejected):
        Script(answer).transport().read("/x")


def test_cloud_uses_basic_and_data_center_a_bearer_token():
    for flavour, user, expected in (
        ("cloud", "a@b.c", "Basic "),
        ("datacenter", "a", "Bearer "),
        ("cloud", "", "Bearer "),
    ):
        script = Script(200)
        script.transport(flavour, user).read("/x")
        assert script.requests[0].headers["Authorization"].startswith(expected)


def test_the_trusted_authorities_are_read_once_for_all_clients(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("They are read again.")

    Transport("https://jira.example.com", Credentials("cloud", "a", TOKEN)).close()
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", refuse)
    Transport("https://other.example.com", Credentials("cloud", "b", TOKEN)).close()


def test_a_base_path_is_kept():
    script = Script(200)
    script.transport(base_url="https://api.atlassian.com/ex/jira/11-22/").read("/rest/api/3/myself")
    assert str(script.requests[0].url) == "https://api.atlassian.com/ex/jira/11-22/rest/api/3/myself"


def test_the_token_is_in_no_error_log_or_representation(caplog):
    caplog.set_level(logging.DEBUG)
    transport = Script(httpx.Response(400, json={"message": f"bad {TOKEN}"})).transport("datacenter")
    try:
        transport.read("/x")
    except JiraRejected as error:
        told = "".join(traceback.format_exception(error))
    assert TOKEN not in told + repr(transport) + repr(vars(transport)) + caplog.text
    assert "bad ***" in told


def test_the_budget_spreads_calls_over_time():
    now, slept = [0.0], []
    budget = Budget(2, burst=2, clock=lambda: now[0], sleep=slept.append)
    for _ in range(4):
        budget.take()
    assert slept == [0.5, 1.0]
    now[0] = 10.0
    budget.take()
    assert len(slept) == 2
