"""Finding one's own comment on a Jira that does not expand properties in the list of comments."""

import httpx

from jira_bridge.jira import JiraClient

COMMENTS = [
    {"id": "1", "author": {"accountId": "me"}, "body": {"type": "doc", "content": []}},
    {"id": "2", "author": {"accountId": "someone"}, "body": {"type": "doc", "content": []}},
    {"id": "3", "author": {"accountId": "me"}, "body": {"type": "doc", "content": []}},
]


def answer(request):
    path = request.url.path
    asked.append(path)
    if path.endswith("/myself"):
        return httpx.Response(200, json={"accountId": "me"})
    if path.endswith("/issue/AVM-1/comment"):
        return httpx.Response(200, json={"total": 3, "comments": COMMENTS})
    if path.endswith("/comment/3/properties/account-vending"):
        return httpx.Response(200, json={"key": "account-vending", "value": {"marker": "event-1"}})
    return httpx.Response(404, json={"errorMessages": ["no such property"]})


asked: list[str] = []


def test_the_properties_of_own_comments_are_asked_for_one_by_one():
    asked.clear()
    client = JiraClient("https://x.example", "cloud", "u", "t", http=httpx.MockTransport(answer))
    assert client.find_comment("AVM-1", "event-1")["id"] == "3"
    assert client.find_comment("AVM-1", "event-2") is None
    assert not any("/comment/2/" in path for path in asked)
    assert sum(path.endswith("/myself") for path in asked) == 1
