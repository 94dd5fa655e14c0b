"""The sandbox Jira refuses what Jira does not describe, and says what is wrong."""

import copy

import pytest

from sandbox.jira import adf_rules, people
from sandbox.jira.lacking import lack

TEXT = {"type": "text", "text": "Hello"}
PARAGRAPH = {"type": "paragraph", "content": [TEXT]}
DOCUMENT = {"type": "doc", "version": 1, "content": [PARAGRAPH]}
LINK = {"globalId": "x", "object": {"url": "https://portal.example.com", "title": "Portal"}}


def doc(*blocks):
    return {"type": "doc", "version": 1, "content": list(blocks)}


def text(*marks, **members):
    return {"type": "paragraph", "content": [{"type": "text", "text": "x", "marks": list(marks), **members}]}


def around(kind, *children, **attrs):
    return {"type": kind, "content": list(children)} | ({"attrs": attrs} if attrs else {})


@pytest.mark.parametrize(
    "document",
    [
        DOCUMENT,
        doc({"type": "paragraph"}),
        doc(around("heading", TEXT, level=2), {"type": "rule"}),
        doc(around("bulletList", around("listItem", PARAGRAPH, around("orderedList", around("listItem", PARAGRAPH))))),
        doc(around("table", around("tableRow", around("tableHeader", PARAGRAPH)))),
        doc(around("panel", PARAGRAPH, around("codeBlock", TEXT), panelType="info")),
        doc(text({"type": "link", "attrs": {"href": "https://a.example"}}, {"type": "code"})),
    ],
)
def test_a_valid_document_is_taken(document):
    assert adf_rules.problem(document) == ""


@pytest.mark.parametrize(
    "document",
    [
        *("text", None, [], {}, {"type": "doc", "content": []}, {"type": "doc", "version": 2, "content": []}),
        doc() | {"more": 1},
        *(doc(TEXT), doc(around("listItem", PARAGRAPH)), doc(around("bulletList")), doc(around("table"))),
        doc(around("heading", TEXT)),
        doc(around("heading", TEXT, level=7)),
        doc(around("panel", PARAGRAPH, panelType="loud")),
        doc(around("panel", around("table", around("tableRow", around("tableCell", PARAGRAPH))), panelType="info")),
        doc(around("tableRow", around("tableCell", PARAGRAPH))),
        doc(around("table", around("tableRow", around("tableCell")))),
        doc({"type": "paragraph", "content": [{"type": "text", "text": ""}]}),
        doc({"type": "paragraph", "content": "Hello"}),
        doc({"type": "paragraph", "content": [TEXT], "style": "red"}),
        doc(text({"type": "strong"}, {"type": "code"})),
        doc(text({"type": "strong"}, {"type": "strong"})),
        doc(text({"type": "link", "attrs": {}})),
        doc(text({"type": "link", "attrs": {"href": ""}})),
        doc(text({"type": "blink"})),
        doc(around("codeBlock", {"type": "text", "text": "x", "marks": [{"type": "strong"}]})),
        doc({"type": "script", "content": [TEXT]}),
    ],
)
def test_a_wrong_document_is_refused_with_a_reason(bot, ticket, document):
    assert adf_rules.problem(document)
    answer = bot.post(f"/rest/api/3/issue/{ticket}/comment", json={"body": document})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "comment", {"body": DOCUMENT, "public": True}),
        ("POST", "comment", {}),
        ("POST", "comment", {"body": DOCUMENT, "properties": [{"key": "a"}]}),
        ("POST", "comment", {"body": DOCUMENT, "visibility": {"type": "everybody"}}),
        ("POST", "comment", {"body": "wiki text"}),
        ("PUT", "", {}),
        ("PUT", "", {"labels": ["x"]}),
        ("PUT", "", {"update": {"labels": [{"add": "a", "remove": "b"}]}}),
        ("PUT", "", {"update": {"labels": [{"append": "a"}]}}),
        ("POST", "transitions", {"transition": {"id": 5}}),
        ("POST", "transitions", {"transition": {"id": "5", "name": "Start"}}),
        ("POST", "transitions", {}),
        ("POST", "remotelink", LINK | {"title": "x"}),
        ("POST", "remotelink", {"object": {"url": "javascript:alert(1)", "title": "x"}}),
        ("POST", "remotelink", {"object": {"title": "x"}}),
        ("POST", "remotelink", LINK | {"globalId": "x" * 256}),
    ],
)
def test_a_body_with_anything_unknown_or_missing_is_refused(bot, ticket, method, path, body):
    url = f"/rest/api/3/issue/{ticket}/{path}".rstrip("/")
    assert bot.request(method, url, json=copy.deepcopy(body)).status_code == 400


@pytest.mark.parametrize("path", ["?filds=status", "/comment?limit=5", "/transitions?startAt=0"])
def test_an_unknown_parameter_is_refused(bot, ticket, path):
    answer = bot.get(f"/rest/api/3/issue/{ticket}{path}")
    assert answer.status_code == 400
    assert "Unknown parameter" in answer.text


def test_a_body_must_be_json_and_say_so(bot, ticket):
    url = f"/rest/api/3/issue/{ticket}/properties/x"
    assert bot.put(url, content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert bot.put(url, content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert bot.put(url, json={"any": ["thing"]}).status_code == 201


def test_the_service_desk_wants_the_text_and_whether_it_is_public(bot, ticket):
    url = f"/rest/servicedeskapi/request/{ticket}/comment"
    assert bot.post(url, json={"body": "Hello"}).status_code == 400
    assert bot.post(url, json={"body": "Hello", "public": True}).status_code == 201


def test_the_groups_of_a_user_are_asked_for_by_account_id_and_with_permission(jira, bot):
    path = "/rest/api/3/user/groups"
    greta = people.GRETA.account_id
    groups = bot.get(path, params={"accountId": greta}).json()
    assert [group["name"] for group in groups] == ["cloud-governance", "account-approvers"]
    assert bot.get(path).status_code == 400
    assert bot.get(path, params={"username": "greta"}).status_code == 400
    assert bot.get(path, params={"accountId": "712020:nobody"}).status_code == 404
    lack(jira.store, "permission:USER_PICKER")
    assert bot.get(path, params={"accountId": greta}).status_code == 403
