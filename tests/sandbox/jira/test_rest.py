"""The REST API answers as Jira's does, errors included."""

import httpx
import pytest

from sandbox.jira.server import SandboxJira
from tests.sandbox.jira.conftest import as_person

DOC = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "hi"}]}],
}


def test_a_call_without_a_token_is_refused_with_401(jira: SandboxJira) -> None:
    answer = httpx.get(f"{jira.url}/rest/api/3/myself", trust_env=False)
    assert answer.status_code == 401
    assert answer.json()["errors"] == {}


def test_a_wrong_token_is_refused_with_401(jira: SandboxJira) -> None:
    auth = ("gus@example.com", "wrong")
    assert httpx.get(f"{jira.url}/rest/api/3/myself", auth=auth, trust_env=False).status_code == 401


def test_version_3_gives_documents_and_version_2_gives_wiki_text(bot: httpx.Client, ticket: str) -> None:
    name = "customfield_10108"
    third = bot.get(f"/rest/api/3/issue/{ticket}?fields={name}").json()["fields"]
    second = bot.get(f"/rest/api/2/issue/{ticket}?fields={name}").json()["fields"]
    assert list(third) == [name]
    assert third[name]["type"] == "doc"
    assert second[name] == "Payments needs a *sandbox*"


def test_a_string_as_comment_body_is_not_valid_in_version_3(bot: httpx.Client, ticket: str) -> None:
    answer = bot.post(f"/rest/api/3/issue/{ticket}/comment", json={"body": "hello"})
    assert answer.status_code == 400
    assert answer.json() == {"errorMessages": ["Comment body is not valid!"], "errors": {}}


def test_a_document_with_an_unknown_node_is_refused(bot: httpx.Client, ticket: str) -> None:
    body = {"type": "doc", "version": 1, "content": [{"type": "script"}]}
    answer = bot.post(f"/rest/api/3/issue/{ticket}/comment", json={"body": body})
    assert (answer.status_code, answer.json()["errorMessages"]) == (400, ["INVALID_INPUT"])


def test_an_internal_comment_is_hidden_from_the_customer(jira: SandboxJira, bot: httpx.Client, ticket: str) -> None:
    internal = [{"key": "sd.public.comment", "value": {"internal": True}}]
    made = bot.post(f"/rest/api/3/issue/{ticket}/comment", json={"body": DOC, "properties": internal})
    assert (made.status_code, made.json()["jsdPublic"]) == (201, False)
    with as_person(jira, "rita@example.com") as rita:
        assert rita.get(f"/rest/servicedeskapi/request/{ticket}/comment").json()["values"] == []


def test_comments_are_paged_in_the_order_asked_for(bot: httpx.Client, ticket: str) -> None:
    for number in range(3):
        bot.post(f"/rest/api/2/issue/{ticket}/comment", json={"body": f"number {number}"})
    query = {"orderBy": "-created", "startAt": 1, "maxResults": 1}
    page = bot.get(f"/rest/api/2/issue/{ticket}/comment", params=query).json()
    assert (page["total"], [comment["body"] for comment in page["comments"]]) == (3, ["number 1"])


def test_a_comment_can_be_changed_and_deleted(bot: httpx.Client, ticket: str) -> None:
    base = f"/rest/api/3/issue/{ticket}/comment"
    number = bot.post(base, json={"body": DOC}).json()["id"]
    assert bot.put(f"{base}/{number}", json={"body": DOC}).status_code == 200
    assert bot.delete(f"{base}/{number}").status_code == 204
    assert bot.get(f"{base}/{number}").status_code == 404


def test_a_transition_needs_its_id_as_a_string(bot: httpx.Client, ticket: str) -> None:
    url = f"/rest/api/3/issue/{ticket}/transitions"
    assert bot.post(url, json={"transition": {"id": 11}}).status_code == 400
    assert bot.post(url, json={"transition": {"id": "11"}}).status_code == 204
    status = bot.get(f"/rest/api/3/issue/{ticket}?fields=status").json()["fields"]["status"]
    assert (status["name"], status["id"], status["statusCategory"]["key"]) == (
        "In Progress",
        "3",
        "indeterminate",
    )


def test_a_transition_from_another_status_is_illegal(bot: httpx.Client, ticket: str) -> None:
    answer = bot.post(f"/rest/api/3/issue/{ticket}/transitions", json={"transition": {"id": "51"}})
    assert answer.status_code == 400
    assert "illegal workflow operation" in answer.json()["errorMessages"][0]


def test_the_happy_path_ends_done_with_a_resolution(bot: httpx.Client, ticket: str) -> None:
    for number in ("11", "41", "51"):
        bot.post(f"/rest/api/2/issue/{ticket}/transitions", json={"transition": {"id": number}})
    fields = bot.get(f"/rest/api/2/issue/{ticket}").json()["fields"]
    assert (fields["status"]["name"], fields["resolution"]["name"]) == ("Done", "Done")


def test_labels_are_added_and_a_bad_option_is_named(bot: httpx.Client, ticket: str) -> None:
    update = {"update": {"labels": [{"add": "vended"}]}}
    assert bot.put(f"/rest/api/3/issue/{ticket}", json=update).status_code == 204
    assert bot.get(f"/rest/api/3/issue/{ticket}?fields=labels").json()["fields"] == {"labels": ["vended"]}
    answer = bot.put(f"/rest/api/3/issue/{ticket}", json={"fields": {"customfield_10103": {"value": "Moon"}}})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["customfield_10103"])


def test_a_remote_link_with_the_same_global_id_is_updated(bot: httpx.Client, ticket: str) -> None:
    link = {"globalId": "run=1", "object": {"url": "https://example.com", "title": "Run"}}
    first = bot.post(f"/rest/api/3/issue/{ticket}/remotelink", json=link)
    second = bot.post(f"/rest/api/3/issue/{ticket}/remotelink", json=link)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert len(bot.get(f"/rest/api/3/issue/{ticket}/remotelink").json()) == 1


def test_a_property_is_kept_as_it_was_written(bot: httpx.Client, ticket: str) -> None:
    url = f"/rest/api/3/issue/{ticket}/properties/vending"
    assert bot.put(url, json={"account": "123456789012"}).status_code == 201
    assert bot.put(url, json=[1, None]).status_code == 200
    assert bot.get(url).json() == {"key": "vending", "value": [1, None]}


def test_the_old_search_is_gone(bot: httpx.Client) -> None:
    assert bot.get("/rest/api/3/search?jql=project=AVM").status_code == 410


def test_a_search_pages_by_token_and_gives_ids_only(bot: httpx.Client, ticket: str) -> None:
    for _ in range(2):
        bot.post("/rest/api/3/issue", json={"fields": {"project": {"key": "AVM"}, "summary": "more"}})
    query = 'project = AVM AND status in ("Waiting for approval", Done) AND updated >= -15m ORDER BY updated'
    first = bot.get("/rest/api/3/search/jql", params={"jql": query, "maxResults": 2}).json()
    assert (first["issues"], first["isLast"]) == ([{"id": "10001"}, {"id": "10002"}], False)
    more = {"jql": query, "maxResults": 2, "nextPageToken": first["nextPageToken"], "fields": ["status"]}
    second = bot.post("/rest/api/3/search/jql", json=more).json()
    assert [issue["key"] for issue in second["issues"]] == ["AVM-3"]
    assert (list(second["issues"][0]["fields"]), second["isLast"]) == (["status"], True)


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ('project = "AVM" AND updated >= "2020-01-31 10:00"', 1),
        ('updated >= "2999-01-01 00:00"', 0),
        ("project = AVM AND statusCategory != Done", 1),
        ("key in (AVM-1)", 1),
        ('(project = AVM AND status = Done) OR key = "AVM-1"', 1),
        ("project = AVM AND (status = Done OR status = Declined)", 0),
        ('project = AVM AND status not in ("Waiting for approval")', 0),
        ('"Account name" = payments-dev', 1),
    ],
)
def test_jql_finds(bot: httpx.Client, ticket: str, jql: str, found: int) -> None:
    assert len(bot.get("/rest/api/3/search/jql", params={"jql": jql}).json()["issues"]) == found


@pytest.mark.parametrize(
    "jql",
    [
        "",
        "order by updated",
        "nonsense",
        "colour = red",
        "status = Nowhere",
        "a = b OR c",
        "key in (AVM-1, AVM-99)",
        "(project = AVM",
        "project = AVM project = AVM",
    ],
)
def test_jql_that_jira_would_refuse_is_refused(bot: httpx.Client, ticket: str, jql: str) -> None:
    answer = bot.get("/rest/api/3/search/jql", params={"jql": jql})
    assert answer.status_code == 400
    assert answer.json()["errorMessages"]


def test_a_stranger_sees_no_ticket(jira: SandboxJira, ticket: str) -> None:
    with as_person(jira, "stranger@example.com") as stranger:
        assert stranger.get(f"/rest/api/3/issue/{ticket}").status_code == 404


def test_hidden_email_addresses_are_absent(bot: httpx.Client, ticket: str) -> None:
    fields = bot.get(f"/rest/api/3/issue/{ticket}").json()["fields"]
    assert "emailAddress" not in fields["customfield_10107"][0]
    assert fields["customfield_10106"]["emailAddress"] == "otto@example.com"
    assert fields["reporter"]["accountType"] == "customer"


def test_the_form_of_the_request_type_names_fields_and_options(bot: httpx.Client) -> None:
    desks = bot.get("/rest/servicedeskapi/servicedesk").json()["values"]
    types = bot.get(f"/rest/servicedeskapi/servicedesk/{desks[0]['id']}/requesttype").json()["values"]
    url = f"/rest/servicedeskapi/servicedesk/1/requesttype/{types[0]['id']}/field"
    fields = {field["fieldId"]: field for field in bot.get(url).json()["requestTypeFields"]}
    assert fields["customfield_10101"]["required"] is True
    assert [v["label"] for v in fields["customfield_10104"]["validValues"]] == [
        "production",
        "staging",
        "development",
        "sandbox",
    ]


def test_only_an_approver_answers_an_approval_and_only_once(jira: SandboxJira, bot: httpx.Client, ticket: str) -> None:
    url = f"/rest/servicedeskapi/request/{ticket}/approval"
    number = bot.get(url).json()["values"][0]["id"]
    assert bot.post(f"{url}/{number}", json={"decision": "approve"}).status_code == 403
    with as_person(jira, "anna@example.com") as anna:
        assert anna.get(url).json()["values"][0]["canAnswerApproval"] is True
        assert anna.post(f"{url}/{number}", json={"decision": "approve"}).status_code == 200
        assert anna.post(f"{url}/{number}", json={"decision": "approve"}).status_code == 409
    assert bot.get(url).json()["values"][0]["finalDecision"] == "approved"


def test_a_decline_moves_the_ticket_to_declined(jira: SandboxJira, bot: httpx.Client, ticket: str) -> None:
    with as_person(jira, "anna@example.com") as anna:
        anna.post(f"/rest/servicedeskapi/request/{ticket}/approval/1", json={"decision": "decline"})
    assert bot.get(f"/rest/servicedeskapi/request/{ticket}").json()["currentStatus"]["status"] == "Declined"


def test_data_center_wants_a_bearer_token_and_gives_names(tmp_path: object) -> None:
    with SandboxJira(flavour="datacenter", automation="off") as jira:
        assert httpx.get(f"{jira.url}/rest/api/2/myself", auth=("a", "b"), trust_env=False).status_code == 401
        headers = {"Authorization": "Bearer sandbox-token"}
        with httpx.Client(base_url=jira.url, headers=headers, trust_env=False) as client:
            client.post("/rest/api/2/issue", json={"fields": {"summary": "x"}})
            found = client.get("/rest/api/2/search", params={"jql": "project = AVM"}).json()
        assert found["total"] == 1
        reporter = found["issues"][0]["fields"]["reporter"]
        assert reporter["name"] == "vending-bot"
        assert "accountId" not in reporter
