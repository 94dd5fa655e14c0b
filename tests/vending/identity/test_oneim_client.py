"""The client of One Identity Manager's application server, against the sandbox's."""

import logging
import pickle
import traceback

import httpx
import pytest

from sandbox.identity import seed
from sandbox.identity.server import SandboxIdentity
from vending.aws.errors import Fault, Kind
from vending.identity.oneim_client import OneImClient

OTTO = seed.person_uid("otto")


def otto(client):
    return client.look_up("Person", "CentralAccount=@c", ("CentralAccount",), c="otto")


def fault_of(call, *arguments, **named) -> Fault:
    with pytest.raises(Fault) as caught:
        call(*arguments, **named)
    return caught.value


def test_it_logs_in_once_and_keeps_the_session(client, identity):
    otto(client)
    otto(client)
    assert [call.path for call in identity.world.calls].count("/auth/apphost") == 1


def test_a_password_with_a_semicolon_works(client, identity):
    assert ";" in identity.password
    assert [each.uid for each in otto(client)] == [OTTO]


def test_an_expired_session_is_renewed_once_and_the_call_repeated(client, identity):
    otto(client)
    identity.world.sessions.expire()
    client.create("AERole", {"Ident_AERole": "after the renewal"})
    assert identity.world.changes == ["POST /api/entity/AERole"]


def test_a_second_401_is_permanent(client, identity):
    identity.world.faults.order(kind="status", status=401, path_contains="/api/", times=2)
    fault = fault_of(otto, client)
    assert (fault.kind, fault.code) == (Kind.PERMANENT, "Unauthorized")
    assert "IDENTITY_PORTAL_PASSWORD" in fault.sentence


def test_wrong_credentials_are_permanent(identity):
    assert fault_of(otto, OneImClient(identity.url, identity.user, "wrong")).code == "Unauthorized"


def test_a_value_never_becomes_part_of_the_condition(client):
    hostile = "x' or '1'='1"
    assert client.look_up("Person", "CentralAccount=@c", ("CentralAccount",), c=hostile) == []


@pytest.mark.parametrize("absolute", [False, True])
def test_the_uid_is_taken_from_paths_and_from_whole_addresses(client, identity, absolute, monkeypatch):
    identity.world.absolute_uris = absolute
    real = httpx.Response.json

    def without_uid(self):
        found = real(self)
        if isinstance(found, dict):
            found.pop("uid", None)
        return found

    monkeypatch.setattr(httpx.Response, "json", without_uid)
    made = client.create("AERole", {"Ident_AERole": "owners"})
    monkeypatch.undo()
    [found] = client.look_up("AERole", "Ident_AERole=@n", ("Ident_AERole",), n="owners")
    assert found.uid == made


def test_values_that_a_list_leaves_out_are_read_one_by_one(client, identity):
    identity.world.bare_lists = True
    [found] = otto(client)
    assert found.values["CentralAccount"] == "OTTO"


@pytest.mark.parametrize("kind", ["drop_request", "drop_answer"])
def test_a_lost_connection_is_transient(client, identity, kind):
    otto(client)
    identity.world.faults.order(kind=kind)
    assert fault_of(otto, client).kind is Kind.TRANSIENT
    assert otto(client)


def test_a_server_that_is_not_there_is_transient():
    with SandboxIdentity() as gone:
        url = gone.url
    assert fault_of(otto, OneImClient(url, "user", "password")).kind is Kind.TRANSIENT


def test_a_lost_change_is_not_sent_again(client, identity):
    identity.world.faults.order(kind="drop_answer", method="POST", path_contains="AERole")
    fault_of(client.create, "AERole", {"Ident_AERole": "once"})
    assert identity.world.changes == ["POST /api/entity/AERole"]


@pytest.mark.parametrize(
    ("status", "number", "kind"),
    [
        (500, 0, Kind.TRANSIENT),
        (503, 0, Kind.TRANSIENT),
        (500, 810017, Kind.TRANSIENT),
        (500, 810305, Kind.PERMANENT),
        (400, 0, Kind.PERMANENT),
        (403, 0, Kind.PERMANENT),
        (404, 0, Kind.PERMANENT),
        (405, 0, Kind.PERMANENT),
        (429, 0, Kind.TRANSIENT),
        (302, 0, Kind.PERMANENT),
    ],
)
def test_each_refusal_has_its_permanence_and_two_sentences(client, identity, status, number, kind):
    identity.world.faults.order(kind="status", status=status, number=number, message="Said so", path_contains="/api/")
    fault = fault_of(otto, client)
    assert fault.kind is kind
    assert "Said so" in fault.detail
    assert fault.sentence.count(".") >= 2
    assert fault.throttled == (status == 429)


def test_an_answer_that_is_no_json_names_the_setting(identity):
    fault = fault_of(otto, OneImClient(identity.home + "/?", identity.user, identity.password))
    assert "IDENTITY_PORTAL_URL" in fault.sentence


def test_plain_http_to_another_machine_is_refused():
    assert fault_of(OneImClient, "http://oneim.example.com/AppServer", "user", "password").code == "PlainHttp"


def test_the_password_is_nowhere_to_be_read(identity, caplog):
    caplog.set_level(logging.DEBUG)
    password = "correct;horse;battery"
    client = OneImClient(identity.url, identity.user, password)
    refused = fault_of(otto, client)
    client = OneImClient(identity.url, identity.user, identity.password)
    identity.world.faults.order(
        kind="status", number=1, message=f"Login {identity.password} is bad", path_contains="/api/"
    )
    echoed = fault_of(otto, client)
    identity.world.faults.order(kind="drop_request", path_contains="/auth/")
    identity.world.sessions.expire()
    lost = fault_of(otto, client)
    told = [caplog.text, repr(client)]
    for fault in (refused, echoed, lost):
        told += [
            repr(fault),
            fault.detail,
            "".join(traceback.format_exception(fault)),
            repr(pickle.loads(pickle.dumps(fault))),
        ]
    for text in told:
        assert password not in text
        assert identity.password not in text
    assert "***" in echoed.detail
