"""The sandbox as a process, its control API and its page."""

import signal
import subprocess
import sys

import httpx

from sandbox.identity.server import SandboxIdentity


def test_the_command_says_that_it_is_ready_and_keeps_its_state(tmp_path):
    def once(look):
        command = [sys.executable, "-m", "sandbox.identity", "--port", "0", "--state", str(tmp_path)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            word, url = process.stdout.readline().split()
            assert word == "READY"
            return look(url)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0

    def make(url):
        with httpx.Client(base_url=url, trust_env=False) as client:
            fields = [
                {"name": "User", "value": SandboxIdentity.user},
                {"name": "Password", "value": SandboxIdentity.password},
            ]
            client.post("/auth/apphost", json={"module": "DialogUser", "props": fields})
            values = {"Ident_AccProduct": "Kept", "ArticleCode": "KEPT"}
            assert client.post("/api/entity/AccProduct", json={"values": values}).status_code == 200

    once(make)
    home = once(lambda url: httpx.get(url.removesuffix("/AppServer") + "/", trust_env=False).text)
    assert "KEPT" in home


def test_the_page_shows_an_empty_shop_and_who_is_there(identity):
    page = httpx.get(identity.home, trust_env=False)
    assert page.status_code == 200
    assert "Nothing can be ordered yet" in page.text
    assert "otto@example.com" in page.text
    assert "(has left)" in page.text


def test_what_is_stored_is_text_on_the_page(identity):
    identity.world.store.insert("AccProduct", {"Ident_AccProduct": "<script>alert(1)</script>"})
    assert "<script>" not in httpx.get(identity.home, trust_env=False).text


def test_behaviour_is_changed_by_the_control_api_and_back_by_a_reset(identity):
    control = f"{identity.home}/sandbox"
    with httpx.Client(trust_env=False) as client:
        assert client.post(f"{control}/behaviour", json={"lag": 3, "bare_lists": True}).status_code == 200
        assert (identity.world.lag, identity.world.bare_lists) == (3, True)
        assert client.post(f"{control}/behaviour", json={"lag": "much"}).status_code == 400
        assert client.post(f"{control}/faults", json={"kind": "unknown"}).status_code == 400
        assert client.post(f"{control}/faults", json={"kind": "delay", "seconds": 0}).status_code == 201
        assert client.post(f"{control}/reset").status_code == 204
        assert client.get(f"{control}/faults").json() == []
        assert len(client.get(f"{control}/state").json()["tables"]["Person"]) == 6
    assert identity.world.lag == 0
