"""Field values of every kind, as Cloud, Data Center, REST, webhooks and our custom data write them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_bridge.kinds import Kind, kind_of_schema, kind_of_value
from jira_bridge.snapshot import UnknownShape, read
from jira_bridge.values import TOO_DEEP, person, plain_value

CLOUD = "https://shop.example/rest/api/2"
OTTO = {"accountId": "5b10otto", "accountType": "atlassian", "active": True, "displayName": "Otto Owner"}
NULLS = {"name": None, "key": None, "emailAddress": None, "groups": None, "locale": None}
SERVER_OTTO = {"self": f"{CLOUD}/user?username=otto", "name": "otto", "key": "JIRAUSER10200", "active": True,
               "displayName": "Otto Owner", "emailAddress": "otto@shop.example"}  # fmt: skip
VISIBLE = {"emailAddress": "otto@shop.example"}


def option(value, number, **more):
    return {"self": f"{CLOUD}/customFieldOption/{number}", "value": value, "id": number, **more}


def paragraph(*content):
    return {"type": "paragraph", "content": list(content)}


def words(text, *marks):
    return {"type": "text", "text": text, "marks": [{"type": mark} for mark in marks]}


def document(*content):
    return {"version": 1, "type": "doc", "content": list(content)}


RICH = document(
    {"type": "heading", "attrs": {"level": 2}, "content": [words("Shop")]},
    paragraph(words("For "), {"type": "mention", "attrs": {"id": "5b", "text": "@Otto"}}, words(" by ", "strong"),
              {"type": "date", "attrs": {"timestamp": "1767225600000"}}, {"type": "hardBreak"}, words("EU only.")),
    {"type": "bulletList", "content": [
        {"type": "listItem", "content": [paragraph(words("one"))]},
        {"type": "listItem", "content": [paragraph(words("two"))]}]},
    {"type": "expand", "attrs": {"title": "More"}, "content": [paragraph(words("inside"))]},
    {"type": "taskList", "content": [{"type": "taskItem", "attrs": {"state": "TODO"}, "content": [words("a task")]}]},
    {"type": "blockCard", "attrs": {"url": "https://shop.example/plan"}},
    paragraph({"type": "emoji", "attrs": {"shortName": ":tada:"}}, {"type": "status", "attrs": {"text": "NEW"}}),
    {"type": "somethingNew", "attrs": {"x": 1}, "content": [paragraph(words("kept"))]},
)  # fmt: skip

VALUES = {
    "text": ("Payments", "Payments", Kind.TEXT),
    "paragraph, wiki": ("h2. Shop\nEU *only*", "h2. Shop\nEU *only*", Kind.PARAGRAPH),
    "paragraph, ADF": (document(paragraph(words("One")), paragraph(words("Two"))), "One\nTwo", Kind.PARAGRAPH),
    "paragraph, ADF empty": (document(), "", Kind.PARAGRAPH),
    "select or radio, Cloud": (option("Production", "10301"), "Production", Kind.SELECT),
    "select or radio, Data Center": (option("Production", "10301", disabled=False), "Production", Kind.SELECT),
    "cascading": (option("Europe", "1", child=option("Berlin", "2")), "Europe / Berlin", Kind.CASCADING),
    "cascading, no child": (option("Europe", "1"), "Europe", Kind.SELECT),
    "multi-select or checkboxes": ([option("a", "1"), option("b", "2")], ["a", "b"], Kind.MULTI_SELECT),
    "checkboxes, Data Center": ([option("a", "1", disabled=False)], ["a"], Kind.MULTI_SELECT),
    "user, Cloud": (OTTO, "Otto Owner", Kind.USER),
    "user, Cloud, e-mail visible": ({**OTTO, **VISIBLE}, "otto@shop.example", Kind.USER),
    "user, Automation": ({**NULLS, **OTTO}, "Otto Owner", Kind.USER),
    "user, a customer": ({**OTTO, "accountId": "qm:7:8", "accountType": "customer"}, "Otto Owner", Kind.USER),
    "user, Data Center": (SERVER_OTTO, "otto@shop.example", Kind.USER),
    "user, Data Center, no e-mail": ({**SERVER_OTTO, "emailAddress": None}, "Otto Owner", Kind.USER),
    "users": ([OTTO, {**OTTO, "emailAddress": "o2@shop.example"}], ["Otto Owner", "o2@shop.example"], Kind.USERS),
    "users, Data Center": ([SERVER_OTTO], ["otto@shop.example"], Kind.USERS),
    "group, Cloud": ({"name": "gas", "groupId": "7a", "self": f"{CLOUD}/group?groupId=7a"}, "gas", Kind.GROUP),
    "group, Data Center": ({"name": "gas", "self": f"{CLOUD}/group?groupname=gas"}, "gas", Kind.GROUP),
    "groups": ([{"name": "gas", "groupId": "7a"}, {"name": "it", "groupId": "7b"}], ["gas", "it"], Kind.GROUPS),
    "number": (1000.5, 1000.5, Kind.NUMBER),
    "date": ("2026-10-31", "2026-10-31", Kind.DATE),
    "datetime, no colon": ("2026-10-31T12:40:00.000-0700", "2026-10-31T12:40:00.000-0700", Kind.DATETIME),
    "datetime, UTC": ("2026-10-31T12:40:00Z", "2026-10-31T12:40:00Z", Kind.DATETIME),
    "labels": (["a", "b"], ["a", "b"], Kind.LABELS),
    "organizations, Cloud": ([{"id": "3", "name": "Shop", "uuid": "u-1", "_links": {}}], ["Shop"], Kind.ORGANIZATIONS),
    "organizations, Data Center": (
        [{"id": "3", "name": "Shop", "_links": {"self": "https://x/rest/servicedeskapi/organization/3"}}],
        ["Shop"], Kind.ORGANIZATIONS,
    ),
    "Assets, Cloud": ([{"workspaceId": "w", "id": "w:88", "objectId": "88"}], ["88"], Kind.ASSETS),
    "Assets, with label": ([{"objectKey": "IT-7", "label": "Card payments"}], ["Card payments"], Kind.ASSETS),
    "Assets, Data Center": (["Card payments (IT-7)"], ["Card payments (IT-7)"], Kind.LABELS),
    "request type": (
        {"requestType": {"id": "25", "name": "AWS Account", "groupIds": ["12"]}, "currentStatus": {"status": "Open"}},
        "AWS Account", Kind.REQUEST_TYPE,
    ),
    "request type, a key": ("avm/aws-account", "avm/aws-account", Kind.TEXT),
    "approvals": ([{"id": "1", "name": "Approval", "finalDecision": "pending"}], ["Approval"], Kind.APPROVALS),
    "SLA": ({"id": "5", "name": "Time to first response", "ongoingCycle": {}}, "Time to first response", Kind.SLA),
    "sprint of an old server": (["x.Sprint@1a[id=3,name=S 1]"], ["x.Sprint@1a[id=3,name=S 1]"], Kind.LABELS),
    "nothing": (None, None, Kind.EMPTY),
    "an empty list": ([], [], Kind.EMPTY),
    "unknown object": ({"progress": 7, "of": {"total": 9}}, '{"progress": 7, "of": {"total": 9}}', Kind.UNKNOWN),
    "list of unknown objects": ([{"a": 1}, {"b": None}], ['{"a": 1}'], Kind.UNKNOWN),
    "yes or no": (True, "true", Kind.UNKNOWN),
}  # fmt: skip


@pytest.mark.parametrize(("value", "plain", "kind"), VALUES.values(), ids=VALUES.keys())
def test_a_field_of_each_kind_is_read_and_its_kind_is_seen(value, plain, kind):
    assert (plain_value(value), kind_of_value(value)) == (plain, kind)


def test_a_rich_document_keeps_all_its_words():
    assert plain_value(RICH).split("\n") == [
        "Shop", "For @Otto by 2026-01-01", "EU only.", "one", "", "two", "", "More", "inside", "a task",
        "https://shop.example/plan", ":tada:NEW", "kept",
    ]  # fmt: skip


CUSTOM_DATA = {
    "a text": ({"value": ["Payments"]}, "Payments"),
    "an empty text": ({"value": [""]}, ""),
    "nothing rendered": ({"value": []}, ""),
    "a user": ({"accountId": ["5b"], "displayName": ["Otto"], "emailAddress": [""]}, "Otto"),
    "a visible user": ({"accountId": ["5b"], "displayName": ["Otto"], "emailAddress": ["o@x.de"]}, "o@x.de"),
    "no user": ({"accountId": [], "displayName": [], "emailAddress": []}, ""),
    "a cascade": ({"value": ["Europe"], "child": {"value": ["Berlin"]}}, "Europe / Berlin"),
    "a cascade without child": ({"value": ["Europe"], "child": {"value": [""]}}, "Europe"),
    "a list in a list": ([["a", "b"]], ["a", "b"]),
    "an empty list in a list": ([[]], []),
}


@pytest.mark.parametrize(("value", "plain"), CUSTOM_DATA.values(), ids=CUSTOM_DATA.keys())
def test_what_our_custom_data_wraps_in_lists_is_unwrapped(value, plain):
    assert plain_value(value) == plain


def test_a_text_of_our_custom_data_is_not_taken_for_an_option():
    assert kind_of_value({"value": ["Payments"]}) == Kind.TEXT


def test_a_person_of_our_custom_data_is_named_with_the_id():
    assert person({"accountId": ["5b"], "displayName": ["Gus"], "emailAddress": [""]}) == "Gus (5b)"


TYPES = "com.atlassian.jira.plugin.system.customfieldtypes:"
DESK = "com.atlassian.servicedesk"
SCHEMAS = {
    Kind.TEXT: {"type": "string", "custom": TYPES + "textfield", "customId": 1},
    Kind.PARAGRAPH: {"type": "string", "custom": TYPES + "textarea"},
    Kind.SELECT: {"type": "option", "custom": TYPES + "select"},
    Kind.RADIO: {"type": "option", "custom": TYPES + "radiobuttons"},
    Kind.CASCADING: {"type": "option-with-child", "custom": TYPES + "cascadingselect"},
    Kind.MULTI_SELECT: {"type": "array", "items": "option", "custom": TYPES + "multiselect"},
    Kind.CHECKBOXES: {"type": "array", "items": "option", "custom": TYPES + "multicheckboxes"},
    Kind.USER: {"type": "user", "custom": TYPES + "userpicker"},
    Kind.USERS: {"type": "array", "items": "user", "custom": TYPES + "multiuserpicker"},
    Kind.GROUP: {"type": "group", "custom": TYPES + "grouppicker"},
    Kind.GROUPS: {"type": "array", "items": "group", "custom": TYPES + "multigrouppicker"},
    Kind.NUMBER: {"type": "number", "custom": TYPES + "float"},
    Kind.DATE: {"type": "date", "custom": TYPES + "datepicker"},
    Kind.DATETIME: {"type": "datetime", "custom": TYPES + "datetime"},
    Kind.LABELS: {"type": "array", "items": "string", "system": "labels"},
    Kind.ORGANIZATIONS: {"type": "array", "items": "sd-customerorganization",
                         "custom": DESK + ":sd-customer-organizations"},
    Kind.ASSETS: {"type": "array", "items": "cmdb-object-field",
                  "custom": "com.atlassian.jira.plugins.cmdb:cmdb-object-cftype"},
    Kind.REQUEST_TYPE: {"type": "sd-customerrequesttype", "custom": DESK + ":vp-origin"},
    Kind.APPROVALS: {"type": "sd-approvals", "custom": DESK + ".approvals-plugin:sd-approvals"},
    Kind.UNKNOWN: {"type": "any", "custom": "com.example.plugin:magic"},
}  # fmt: skip


@pytest.mark.parametrize(("kind", "schema"), SCHEMAS.items(), ids=SCHEMAS.keys())
def test_the_kind_is_known_by_the_schema(kind, schema):
    assert kind_of_schema(schema) == kind


def test_an_app_field_is_known_by_its_type_and_a_missing_schema_by_nothing():
    assert kind_of_schema({"type": "number", "custom": "com.example.plugin:price"}) == Kind.NUMBER
    assert kind_of_schema({"type": "string", "system": "description"}) == Kind.PARAGRAPH
    assert kind_of_schema(None) == Kind.UNKNOWN


KEYS = ["type", "content", "value", "name", "child", "requestType", "attrs", "emailAddress", "accountId", "self", "x"]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)
WORD = st.text("abcdefgh", min_size=1, max_size=8)
UNKNOWN_OBJECT = st.dictionaries(st.sampled_from(["x", "y", "z"]), WORD, min_size=1)


@given(ANY_JSON)
def test_no_value_whatever_breaks_the_reader(value):
    plain = plain_value(value)
    assert plain is None or isinstance(plain, str | int | float | list)
    assert kind_of_value(value) in Kind
    assert isinstance(person(value), str)


@given(st.one_of(UNKNOWN_OBJECT, st.dictionaries(st.sampled_from(["x", "y"]), UNKNOWN_OBJECT, min_size=1)))
def test_an_object_of_no_known_shape_is_kept_as_it_came(value):
    assert json.loads(plain_value(value)) == value
    assert [json.loads(text) for text in plain_value([value])] == [value]


@pytest.mark.parametrize("key", ["child", "requestType", "x", "content"])
def test_what_is_nested_without_end_breaks_nothing(key):
    inside, beside = {"value": "a"}, []
    for _ in range(5000):
        inside, beside = {"value": "a", key: inside}, [beside]
    assert isinstance(plain_value(inside), str)
    assert plain_value(beside) == [TOO_DEEP]
    assert kind_of_value(inside) in Kind
    nested = {}
    for _ in range(5000):
        nested = {"y": nested}
    assert plain_value(nested) == TOO_DEEP


@given(
    st.dictionaries(
        st.sampled_from(["issue", "key", "fields", "changelog", "user", "timestamp", "webhookEvent"]),
        ANY_JSON,
    )
)
def test_no_document_whatever_breaks_the_snapshot(document):
    try:
        snapshot = read(json.loads(json.dumps(document)))
    except UnknownShape:
        return
    assert snapshot.key
