"""Every call of the client against Jira's rules: what it sends is described, what it reads is there."""

import json
import re

import httpx
import jsonschema
import pytest

from jira_bridge.jira import JiraClient
from jira_bridge.markup.parse import parse
from sandbox.jira.people import BOT, RITA, TOKEN
from sandbox.jira.rest import strict
from sandbox.jira.server import SandboxJira


def having(**members):
    return {"type": "object", "required": list(members), "properties": members}


def listing(member, item):
    return having(**{member: {"type": "array", "items": item}})


TEXT = {"type": "string", "minLength": 1}
NUMBER = {"type": "integer", "minimum": 0}
STATUS = having(id=TEXT, name=TEXT)
COMMENT = having(id=TEXT, author={"type": "object"}, body={"type": ["object", "string"]}, created=TEXT, updated=TEXT)
ISSUE = having(id=TEXT, key=TEXT, fields={"type": "object"})
ANSWERS = (
    ("GET", r"/issue/[^/]+", 200, ISSUE),
    ("PUT", r"/issue/[^/]+", 204, None),
    ("GET", r"/issue/[^/]+/comment", 200, {"allOf": [listing("comments", COMMENT), having(total=NUMBER)]}),
    ("POST", r"/issue/[^/]+/comment", 201, COMMENT),
    ("PUT", r"/issue/[^/]+/comment/\d+", 200, COMMENT),
    ("GET", r"/issue/[^/]+/transitions", 200, listing("transitions", having(id=TEXT, name=TEXT, to=STATUS))),
    ("POST", r"/issue/[^/]+/transitions", 204, None),
    ("PUT", r"/issue/[^/]+/properties/[^/]+", (200, 201), None),
    ("POST", r"/issue/[^/]+/remotelink", (200, 201), having(id=NUMBER, self=TEXT)),
)
"""What the client relies on, by method and path: status, and the shape of the body (None: there is none)."""


class Recorder(httpx.HTTPTransport):
    """A real transport that remembers each call and its answer."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def handle_request(self, request):
        answer = super().handle_request(request)
        answer.read()
        self.calls.append((request, answer))
        return answer


@pytest.fixture(scope="module", params=["cloud", "datacenter"])
def calls(request):
    """Every write the client can make, twice where the second is another call, and the reads around them."""
    recorder = Recorder()
    with SandboxJira(flavour=request.param, automation="off") as jira:
        key = jira.desk.create(RITA, {}, "An account, please", "")["key"]
        token = TOKEN if request.param == "cloud" else BOT.personal_access_token
        client = JiraClient(jira.url, request.param, BOT.email, token, http=recorder)
        for _ in range(2):
            client.keep_comment(key, parse("Hello **you**\n\n- a\n\n| a | b |"), marker="m", internal=True)
            client.set_property(key, "account-vending", {"state": "ready"})
            client.remote_link(key, "g", "https://portal.example.com/1", "Title", "Summary")
            client.add_labels(key, ["a", "b"])
        client.edit_issue(key, {"summary": "Other"})
        client.transition(key, "In Progress")
        client.history(key)
        client.close()
    return request.param, recorder.calls


def below_the_version(request):
    return re.sub(r"^/rest/api/[23]", "", request.url.path)


def test_every_write_is_described_by_a_rule(calls):
    _, made = calls
    writes = [request for request, _ in made if request.method != "GET"]
    assert {request.method for request in writes} == {"POST", "PUT"}
    for request in writes:
        path = below_the_version(request)
        rules = [rule for rule in strict.RULES if rule.method == request.method and re.fullmatch(rule.path, path)]
        assert rules, f"{request.method} {path} has no rule"


def test_every_answer_has_the_shape_that_the_client_relies_on(calls):
    _, made = calls
    seen = set()
    for request, answer in made:
        for method, path, status, shape in ANSWERS:
            if method != request.method or not re.fullmatch(path, below_the_version(request)):
                continue
            seen.add((method, path))
            assert answer.status_code in (status if isinstance(status, tuple) else (status,))
            if shape is None:
                assert not answer.content
            else:
                jsonschema.validate(answer.json(), shape)
    assert seen == {(method, path) for method, path, _, _ in ANSWERS}


def test_each_flavour_gets_its_own_version_notation_and_sign_in(calls):
    flavour, made = calls
    version, scheme, body = ("3", "Basic", dict) if flavour == "cloud" else ("2", "Bearer", str)
    for request, _ in made:
        assert request.url.path.startswith(f"/rest/api/{version}/")
        assert request.headers["Authorization"].startswith(scheme)
        if request.url.path.endswith("/comment") and request.method == "POST":
            assert isinstance(json.loads(request.content)["body"], body)
