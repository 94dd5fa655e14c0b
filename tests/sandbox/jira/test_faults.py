"""Faults on order: the lost answer of a call whose work was done is the one that matters most."""

import time

import httpx
import pytest


def order(bot: httpx.Client, **fault: object) -> None:
    assert bot.post("/sandbox/faults", json=fault).status_code == 201


def comments(bot: httpx.Client, key: str) -> int:
    return bot.get(f"/rest/api/2/issue/{key}/comment").json()["total"]


def test_a_status_comes_with_its_headers_and_only_as_often_as_asked(bot: httpx.Client) -> None:
    order(bot, kind="status", path_contains="myself", status=429, headers={"Retry-After": "7"}, times=2)
    answers = [bot.get("/rest/api/3/myself") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"


def test_a_fault_hits_only_its_method_and_path(bot: httpx.Client, ticket: str) -> None:
    order(bot, kind="status", method="POST", path_contains="/comment", status=500)
    assert comments(bot, ticket) == 0
    assert bot.post(f"/rest/api/2/issue/{ticket}/comment", json={"body": "x"}).status_code == 500


def test_a_dropped_request_was_never_carried_out(bot: httpx.Client, ticket: str) -> None:
    order(bot, kind="drop_request", method="POST")
    with pytest.raises(httpx.TransportError):
        bot.post(f"/rest/api/2/issue/{ticket}/comment", json={"body": "x"})
    assert comments(bot, ticket) == 0


def test_a_dropped_answer_leaves_the_work_done(bot: httpx.Client, ticket: str) -> None:
    order(bot, kind="drop_answer", method="POST")
    with pytest.raises(httpx.TransportError):
        bot.post(f"/rest/api/2/issue/{ticket}/comment", json={"body": "x"})
    assert comments(bot, ticket) == 1


def test_a_delay_is_waited_for(bot: httpx.Client) -> None:
    order(bot, kind="delay", seconds=0.2)
    started = time.monotonic()
    assert bot.get("/rest/api/3/myself").status_code == 200
    assert time.monotonic() - started >= 0.2


def test_an_unknown_kind_is_refused(bot: httpx.Client) -> None:
    assert bot.post("/sandbox/faults", json={"kind": "explode"}).status_code == 400
