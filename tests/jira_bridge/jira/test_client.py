"""The client against the sandbox Jira, as Cloud and as Data Center."""

import httpx
import pytest

from jira_bridge.jira import JiraClient, JiraNotFound, JiraOutcomeUnknown, JiraRejected, JiraUnauthorized
from jira_bridge.jira.transport import Patience
from jira_bridge.markup import render_message, text_of_adf
from jira_bridge.markup.examples import EXAMPLES
from jira_bridge.markup.nodes import CodeBlock, Document
from jira_bridge.markup.parse import parse
from sandbox.jira.people import BOT, GRETA, RITA, TOKEN
from sandbox.jira.server import SandboxJira

HOSTILE = "*b* {adf}x{adf} [~admin] h1. :) \\\\ | {code} https://evil.example\nsecond"


@pytest.fixture(scope="module", params=["cloud", "datacenter"])
def jira(request):
    with SandboxJira(flavour=request.param, automation="off") as running:
        running.flavour = request.param
        yield running


@pytest.fixture
def client(jira):
    jira.faults.clear()
    token = TOKEN if jira.flavour == "cloud" else BOT.personal_access_token
    client = JiraClient(jira.url, jira.flavour, BOT.email, token, patience=Patience(first_pause=0.01))
    yield client
    client.close()


@pytest.fixture
def key(jira):
    return jira.desk.create(RITA, {}, "An account, please", "For payments")["key"]


def test_the_client_knows_who_it_is_and_where(client, jira):
    assert client.myself()["displayName"] == BOT.name
    assert client.server_info()["baseUrl"] == jira.url
    assert any(field["id"] == "summary" for field in client.fields())


def test_a_user_can_be_looked_up(client, jira):
    found = client.user(RITA.account_id if jira.flavour == "cloud" else RITA.username)
    assert found["displayName"] == RITA.name


def test_the_groups_of_a_user_are_told(client, jira):
    def handle(person):
        return person.account_id if jira.flavour == "cloud" else person.username

    assert client.groups_of(handle(GRETA)) == ["cloud-governance", "account-approvers"]
    assert client.groups_of(handle(RITA)) == []
    with pytest.raises(JiraNotFound):
        client.groups_of("nobody-here")


def test_a_wrong_token_is_named_as_such(jira):
    client = JiraClient(jira.url, jira.flavour, BOT.email, "wrong")
    with pytest.raises(JiraUnauthorized) as caught:
        client.myself()
    assert caught.value.status == 401
    assert "wrong" not in str(caught.value).replace("wrong-", "")


def test_an_issue_is_read_with_the_fields_asked_for(client, key):
    fields = client.issue(key, ("summary", "status"))["fields"]
    assert fields["summary"] == "An account, please"
    assert set(fields) <= {"summary", "status"}


def test_an_issue_that_is_not_there_is_not_found(client):
    with pytest.raises(JiraNotFound):
        client.issue("AVM-99999")


@pytest.mark.parametrize("wrong", ["..", "../myself", "AVM-1/comment", "AVM-1?x=y", "AVM-1%2Fcomment", ""])
def test_a_key_cannot_lead_to_another_call(client, wrong):
    with pytest.raises(ValueError, match="key"):
        client.issue(wrong)


def test_search_walks_through_all_pages(client, jira):
    made = {jira.desk.create(RITA, {}, f"Wanted {number}", "")["key"] for number in range(55)}
    found = [issue["key"] for issue in client.search("project = AVM ORDER BY created", ("summary",))]
    assert made <= set(found)
    assert len(found) == len(set(found))


def test_fields_labels_properties_and_links_are_set(client, key, jira):
    client.edit_issue(key, {"summary": "Changed"})
    client.edit_issue(key, {"labels": ["theirs"]})
    for _ in range(2):
        client.add_labels(key, ["vended", "aws-1"])
    client.set_property(key, "account-vending", {"request": 7})
    for title in ("Account", "Account 1"):
        client.remote_link(key, "account-vending:7", "https://portal.example.com/7", title)
    fields = client.issue(key, ("summary", "labels"))["fields"]
    assert (fields["summary"], fields["labels"]) == ("Changed", ["theirs", "vended", "aws-1"])
    kept = next(each for each in httpx.get(f"{jira.url}/sandbox/state").json()["issues"] if each["key"] == key)
    assert kept["properties"] == {"account-vending": {"request": 7}}
    assert [link["object"]["title"] for link in kept["remotelinks"]] == ["Account 1"]


def test_a_transition_is_made_once_by_the_name_of_the_status(client, key):
    assert client.transition(key, "in progress") is True
    assert client.transition(key, "In Progress") is False
    assert client.issue(key, ("status",))["fields"]["status"]["name"] == "In Progress"


def test_a_transition_that_the_workflow_does_not_have_names_those_it_has(client, key):
    with pytest.raises(JiraRejected, match=r"reachable: .*In Progress"):
        client.transition(key, "Done")


def test_a_transition_whose_answer_is_lost_counts_as_made_if_it_was(client, key, jira):
    jira.faults.order({"kind": "drop_answer", "method": "POST", "path_contains": "/transitions"})
    assert client.transition(key, "In Progress") is True


def test_a_comment_is_posted_once_for_a_marker(client, key):
    first = client.add_comment(key, parse("Hello **you**"), marker="event-1")
    again = client.add_comment(key, parse("Hello **you**"), marker="event-1")
    other = client.add_comment(key, parse("Hello **you**"), marker="event-2")
    assert first["id"] == again["id"] != other["id"]
    assert len(list(client.comments(key))) == 2


def test_a_comment_whose_answer_is_lost_is_found_again(client, key, jira):
    jira.faults.order({"kind": "drop_answer", "method": "POST", "path_contains": "/comment"})
    comment = client.add_comment(key, parse("Ready."), marker="event-3")
    assert [each["id"] for each in client.comments(key)] == [comment["id"]]


def test_a_comment_that_got_lost_on_its_way_is_reported_and_sent_by_the_next_try(client, key, jira):
    jira.faults.order({"kind": "drop_request", "method": "POST", "path_contains": "/comment"})
    with pytest.raises(JiraOutcomeUnknown):
        client.add_comment(key, parse("Ready."), marker="event-4")
    client.add_comment(key, parse("Ready."), marker="event-4")
    assert len(list(client.comments(key))) == 1


def test_a_comment_that_came_by_mail_is_known_by_its_reference_line(client, key, jira):
    issue = jira.desk.issue(key, BOT)
    jira.desk.comment(BOT, issue, "Ready.\n\nRef event-5", via="mail")
    client.add_comment(key, parse("Ready."), marker="event-5")
    assert len(list(client.comments(key))) == 1


def test_an_internal_comment_is_not_shown_to_the_customer(client, key):
    for internal in (True, False):
        client.add_comment(key, parse("For the team"), marker=f"internal-{internal}", internal=internal)
    assert [comment["jsdPublic"] for comment in client.comments(key)] == [False, True]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_message_is_accepted_by_jira(client, key, name):
    posted = client.add_comment(key, render_message(name, EXAMPLES[name]), marker=name)
    assert text_of_adf(posted["body"]).strip()


def test_hostile_values_reach_jira_as_text(client, key, jira):
    context = EXAMPLES["started"] | {"account_name": HOSTILE}
    client.add_comment(key, render_message("started", context), marker="hostile")
    body = next(client.comments(key))["body"]
    if jira.flavour == "cloud":
        assert HOSTILE.replace("\n", " ") in text_of_adf(body)
    else:
        assert "\\[\\~admin\\]" in body
        assert "https://evil" not in body


def test_a_comment_can_be_replaced(client, key):
    comment = client.add_comment(key, parse("Working"), marker="progress")
    client.update_comment(key, comment["id"], parse("Done"))
    assert text_of_adf(next(client.comments(key))["body"]).strip() == "Done"


def test_a_kept_comment_is_posted_once_and_then_replaced(client, key):
    for words in ("Working", "Still working", "Done"):
        kept = client.keep_comment(key, parse(words), marker="progress-1")
    assert [text_of_adf(each["body"]).strip() for each in client.comments(key)] == ["Done"]
    client.add_comment(key, parse("Other"), marker="event-9")
    assert client.keep_comment(key, parse("Done again"), marker="progress-1")["id"] == kept["id"]


def test_a_kept_comment_that_somebody_deleted_is_posted_again(client, key, jira):
    kept = client.keep_comment(key, parse("Working"), marker="progress-2")
    jira.store.delete("comment", int(kept["id"]))
    client.keep_comment(key, parse("Done"), marker="progress-2")
    assert [text_of_adf(each["body"]).strip() for each in client.comments(key)] == ["Done"]


def test_a_comment_over_jiras_limit_is_cut(client, key):
    posted = client.add_comment(key, Document((CodeBlock("x" * 50_000),)), marker="long")
    assert len(text_of_adf(posted["body"])) <= 32_767
    assert "ends here" in text_of_adf(posted["body"])


def test_comments_are_read_page_by_page(client, key, jira):
    issue = jira.desk.issue(key, BOT)
    for number in range(55):
        jira.desk.comment(BOT, issue, f"Comment {number}")
    assert len({comment["id"] for comment in client.comments(key)}) == 55


def test_the_form_and_the_approvals_can_be_read(client, key):
    desk = client.service_desks()[0]
    form = client.request_types(desk["id"])[0]
    fields = client.request_type_fields(desk["id"], form["id"])
    assert all({"fieldId", "name", "required", "jiraSchema"} <= set(field) for field in fields)
    assert isinstance(client.approvals(key), list)
