"""POST /jira/webhook: who may enter, what is taken, what is refused and how."""

import hashlib
import hmac
import json
import threading
import time
from contextlib import suppress
from io import BytesIO

import pytest
from django.db import DatabaseError, connection
from django_q.models import OrmQ
from hypothesis import given
from hypothesis import strategies as st

from jira_bridge import payload
from jira_bridge.choices import Source
from jira_bridge.models import Refusal, WebhookDelivery
from tests.jira_bridge import shapes

pytestmark = pytest.mark.django_db
KEY = {"X-API-Key": "test-key-1"}
MB = 1024 * 1024


def post(client, body, headers=KEY, content_type="application/json"):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/jira/webhook", data, content_type=content_type, headers=headers)


def signed(body: bytes, secret: str) -> dict[str, str]:
    return {"X-Hub-Signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def test_a_delivery_with_the_key_is_stored_with_its_message_and_answered_202(client):
    body = shapes.as_bytes(shapes.automation())
    answer = post(client, body)
    assert answer.status_code == 202
    delivery = WebhookDelivery.objects.get(public_id=answer.json()["delivery"])
    assert bytes(delivery.body) == body
    assert delivery.source == Source.AUTOMATION
    assert OrmQ.objects.count() == 1


@pytest.mark.parametrize("key", ["test-key-1", "test-key-2"])
def test_while_the_key_is_changed_both_are_taken(client, key):
    assert post(client, shapes.automation(), {"X-API-Key": key}).status_code == 202


@pytest.mark.parametrize("secret", ["test-secret-1", "test-secret-2"])
def test_a_signed_delivery_is_taken_with_either_secret(client, secret):
    body = shapes.as_bytes(shapes.native())
    assert post(client, body, signed(body, secret)).status_code == 202
    assert WebhookDelivery.objects.get().source == Source.NATIVE


def test_the_signature_is_the_one_that_atlassian_documents(settings, client):
    settings.JIRA_WEBHOOK_SECRET = ["It's a Secret to Everybody"]
    header = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    assert post(client, b"Hello World!", {"X-Hub-Signature": header}).status_code == 400  # known, but no JSON


BODY = shapes.as_bytes(shapes.native())
WRONG = {
    "nothing": {},
    "an empty key": {"X-API-Key": ""},
    "a wrong key": {"X-API-Key": "test-key-3"},
    "a wrong signature": signed(BODY, "another"),
    "a signature of other bytes": signed(BODY + b" ", "test-secret-1"),
    "another algorithm": {"X-Hub-Signature": "sha1=" + "0" * 40},
    "half a signature": {"X-Hub-Signature": "sha256=abc"},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG.keys())
def test_whoever_cannot_prove_it_gets_the_same_401_and_leaves_only_a_count(client, headers):
    answer = post(client, BODY, headers)
    assert answer.status_code == 401
    assert answer.json() == {"problem": "The key or signature is missing or wrong."}
    assert not WebhookDelivery.objects.exists()
    assert Refusal.objects.get().count == 1


@pytest.mark.parametrize("empty", [[], [""]])
def test_without_a_secret_set_nobody_enters(client, settings, empty):
    settings.JIRA_WEBHOOK_API_KEY = settings.JIRA_WEBHOOK_SECRET = empty
    assert post(client, BODY, {"X-API-Key": ""}).status_code == 401
    assert post(client, BODY, signed(BODY, "")).status_code == 401


def test_a_flood_of_wrong_keys_makes_one_row(client):
    for _ in range(50):
        post(client, BODY, {"X-API-Key": "wrong"})
    assert Refusal.objects.get().count == 50


HOSTILE = {
    "nothing": b"",
    "no JSON": b"{",
    "null": b"null",
    "a list": b"[]",
    "a number": b"1",
    "a text": b'"x"',
    "NUL": b'{"a": "\x00"}',
    "an escaped NUL": b'{"a": "\\u0000"}',
    "a NUL in a name": b'{"\\u0000": 1}',
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "infinity": b'{"a": 1e999}',
    "Infinity": b'{"a": Infinity}',
    "NaN": b'{"a": NaN}',
    "990 levels": b'{"a":' * 990 + b"1" + b"}" * 990,
    "100,000 levels": b"[" * 100_000,
    "a name twice": b'{"key": "A-1", "key": "A-2"}',
    "no UTF-8": b'{"a": "\xff"}',
    "a huge number": b'{"a": ' + b"9" * 5000 + b"}",
    "a form": b"a=1&b=%00",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_document_we_can_keep_is_400_with_a_sentence(client, body):
    answer = post(client, body)
    assert answer.status_code == 400
    assert answer.json()["problem"].endswith(".")
    assert not WebhookDelivery.objects.exists()


def test_the_content_type_does_not_matter(client):
    assert post(client, shapes.automation(), content_type="text/plain").status_code == 202


def test_25_megabytes_are_taken(client):
    document = shapes.automation(description="x" * (25 * MB - 5000))
    assert post(client, document).status_code == 202


def test_30_megabytes_are_refused_by_their_length_alone(client):
    answer = client.generic("POST", "/jira/webhook", b"{}", headers=KEY, CONTENT_LENGTH=str(30 * MB))
    assert answer.status_code == 413


def test_a_body_without_a_length_is_refused_once_it_is_too_large(client, settings):
    settings.WEBHOOK_MAX_BYTES = 1000
    answer = client.generic(
        "POST", "/jira/webhook", b"", headers={**KEY, "Transfer-Encoding": "chunked"}, CONTENT_LENGTH="",
        **{"wsgi.input": BytesIO(b"x" * 5000), "wsgi.input_terminated": True},
    )  # fmt: skip
    assert answer.status_code == 413


def test_only_post_is_served(client):
    answer = client.get("/jira/webhook", headers=KEY)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_with_the_database_away_it_is_503_and_never_202(client, monkeypatch):
    def away(**kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr("jira_bridge.storing.store_delivery", away)
    answer = post(client, shapes.automation())
    assert answer.status_code == 503
    assert "Retry-After" in answer


def test_a_refusal_is_the_same_when_it_cannot_be_counted(client, monkeypatch):
    def away(**kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr("jira_bridge.services.count_refusal", away)
    assert post(client, BODY, {"X-API-Key": "wrong"}).status_code == 401
    assert post(client, b"null").status_code == 400


def test_each_reason_of_a_refusal_has_its_own_count(client):
    post(client, BODY, {"X-API-Key": "wrong"})
    post(client, b"null")
    client.generic("POST", "/jira/webhook", b"{}", headers=KEY, CONTENT_LENGTH=str(30 * MB))
    assert set(Refusal.objects.values_list("reason", "count")) == {
        ("credentials", 1),
        ("malformed", 1),
        ("too large", 1),
    }


@pytest.mark.parametrize("length", ["-1", "two", "²"])
def test_a_length_that_is_no_number_is_400(client, length):
    assert client.generic("POST", "/jira/webhook", b"{}", headers=KEY, CONTENT_LENGTH=length).status_code == 400


def test_a_key_is_refused_before_the_body_is_read(client):
    answer = client.generic("POST", "/jira/webhook", b"{}", headers={"X-API-Key": "wrong"}, **{"wsgi.input": Broken()})
    assert answer.status_code == 401


def test_a_connection_that_breaks_off_is_400_and_stores_nothing(client):
    answer = client.generic("POST", "/jira/webhook", b"{}", headers=KEY, **{"wsgi.input": Broken()})
    assert answer.status_code == 400
    assert not WebhookDelivery.objects.exists()


class Broken:
    """The input of a server whose client has gone."""

    def read(self, size):
        raise OSError("the client has gone")

    readline = read


def test_a_body_shorter_than_announced_is_400(client):
    answer = client.generic(
        "POST", "/jira/webhook", b"", headers=KEY, CONTENT_LENGTH="100", **{"wsgi.input": BytesIO(b'{"a": 1}')}
    )
    assert answer.status_code == 400


def test_chunks_without_a_length_are_taken(client):
    answer = client.generic(
        "POST", "/jira/webhook", b"", headers=KEY, CONTENT_LENGTH="",
        **{"wsgi.input": BytesIO(shapes.as_bytes(shapes.automation())), "wsgi.input_terminated": True},
    )  # fmt: skip
    assert answer.status_code == 202


def test_long_identifiers_that_begin_alike_are_different(client):
    for end in "ab":
        post(client, shapes.automation() | {"deliveryId": "x" * 300 + end})
    assert WebhookDelivery.objects.count() == 2


LARGE = {
    "one text": b'{"a": "' + b"x" * 5_000_000 + b'"}',
    "a text that never ends": b'{"a": "' + b'\\"' * 2_000_000,
    "many names": b"{" + b",".join(b'"k%d": 1' % number for number in range(300_000)) + b', "k0": 1}',
    "many lists": b'{"a": [' + b"[]," * 100_000 + b"[]]}",
}


@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE.keys())
def test_a_large_document_takes_time_in_proportion_to_its_size(body):
    started = time.process_time()
    with suppress(payload.Malformed):
        payload.parse(body)
    assert time.process_time() - started < 3


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: json.dumps({"a": text}).encode()))
def test_whatever_comes_is_a_document_or_malformed(body):
    with suppress(payload.Malformed):
        json.dumps(payload.parse(body), ensure_ascii=False, allow_nan=False).encode()


def test_secrets_are_not_kept_with_the_delivery(client):
    post(client, shapes.automation(), {**KEY, "Authorization": "Basic abc", "Cookie": "session=1"})
    kept = json.dumps(WebhookDelivery.objects.get().headers)
    assert "test-key-1" not in kept
    assert "abc" not in kept
    assert "session" not in kept


def test_the_bytes_of_a_stored_delivery_cannot_be_changed(client):
    post(client, shapes.automation())
    with pytest.raises(DatabaseError):
        WebhookDelivery.objects.update(body=b"something else")


def test_bytes_without_a_time_of_their_own_may_come_again_later(client, monkeypatch):
    from datetime import timedelta

    from taskqueue import clock

    post(client, {"issue": {"key": "AVM-1"}})
    post(client, {"issue": {"key": "AVM-1"}})
    assert WebhookDelivery.objects.count() == 1
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr("taskqueue.clock.now", lambda: later)
    post(client, {"issue": {"key": "AVM-1"}})
    assert WebhookDelivery.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_delivery_twice_at_the_same_moment_is_stored_once(client):
    body = shapes.as_bytes(shapes.automation())
    start = threading.Barrier(4)
    answers = []

    def send():
        start.wait()
        answers.append(post(client.__class__(), body))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [202] * 4
    assert len({answer.json()["delivery"] for answer in answers}) == 1
    assert WebhookDelivery.objects.count() == 1


def test_storing_takes_one_statement(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        post(client, shapes.automation())


def test_the_short_way_still_asks_for_the_host(client):
    answer = client.post(
        "/jira/webhook", b"{}", content_type="application/json", headers={**KEY, "Host": "evil.example"}
    )
    assert answer.status_code == 400
    assert not WebhookDelivery.objects.exists()
