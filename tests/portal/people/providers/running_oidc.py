"""Starts the OpenID Connect provider and plays the person in front of it."""

import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.portal.people.providers.oidc import PASSWORD

ROOT = Path(__file__).resolve().parents[4]
PEOPLE = ["gus", "vera", "nadia", "local"]


class RunningOidc:
    """A provider in a process of its own. `say` what it tells of somebody, `lie` for what a bad one would."""

    def __init__(self, folder: Path, portal: str) -> None:
        self.folder, self.portal = folder, portal
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.forget()
        (folder / "people.json").write_text(json.dumps(PEOPLE))
        (folder / "callback").write_text(f"{portal}/sso/oidc/callback/")
        self.log = (folder / "log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.portal.people.providers.oidc", str(folder), str(self.port)],
            cwd=ROOT, stdout=self.log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                httpx.get(f"{self.issuer}/alive", trust_env=False)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)
        self.log.close()

    def forget(self) -> None:
        (self.folder / "claims.json").write_text("{}")
        (self.folder / "falsehoods.json").write_text("{}")

    def say(self, username: str, **claims: Any) -> None:
        (self.folder / "claims.json").write_text(json.dumps({username: claims}))

    def lie(self, username: str, **falsehoods: Any) -> None:
        names = {"added": "added after signing"}
        told = {names.get(name, name): value for name, value in falsehoods.items()}
        (self.folder / "falsehoods.json").write_text(json.dumps({username: told}))

    def sign_in(self, address: str, username: str) -> str:
        """What a browser does from the portal's redirect on. Returns where the provider sends it back to."""
        with httpx.Client(base_url=self.issuer, trust_env=False) as browser:
            answer = browser.get(address)
            while not (where := answer.headers.get("Location", "")).startswith(self.portal):
                if urlsplit(str(answer.url)).path == "/login/" and answer.status_code == 200:
                    token = re.search(r"value='(\w+)'", answer.text)[1]
                    form = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token}
                    answer = browser.post(answer.url, data=form)
                else:
                    assert where, answer.text
                    answer = browser.get(where)
        return str(where)
