"""The folder of a demo: one at a time, secrets kept and private, ports that are free."""

import json
import socket
from pathlib import Path

import pytest

from sandbox.demo.home import Home, Taken, free_ports


def test_only_one_demo_lives_in_a_folder(tmp_path: Path) -> None:
    with Home(tmp_path), pytest.raises(Taken), Home(tmp_path):
        pass


def test_the_next_start_finds_the_same_secrets(tmp_path: Path) -> None:
    with Home(tmp_path) as first:
        secrets = (first.kept.password, first.kept.webhook_key, first.kept.webhook_secret)
    with Home(tmp_path) as second:
        assert (second.kept.password, second.kept.webhook_key, second.kept.webhook_secret) == secrets
    assert all(len(secret) >= 12 for secret in secrets)
    assert len(secrets[1]) >= 24


def test_the_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    with Home(tmp_path) as home:
        assert home.file.stat().st_mode & 0o777 == 0o600
        assert json.loads(home.file.read_text())["seeded"] is False


def test_a_port_in_use_is_replaced_by_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        busy = taken.getsockname()[1]
        found = free_ports({"portal": busy, "jira": busy})
    assert busy not in found.values()
    assert len(set(found.values())) == 2
