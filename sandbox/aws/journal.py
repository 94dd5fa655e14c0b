"""Every change, written down and replayed: so a restart finds the same accounts, with the same ids.

moto keeps everything in memory. Before a change its random numbers are seeded with the change's own number,
so the ids it draws come out the same whenever the change is replayed. Signatures and tokens are not written.
"""

import base64
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from sandbox.aws.protocol import Call

KEPT = (
    *("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "RAW_URI", "REQUEST_URI", "CONTENT_TYPE"),
    *("SERVER_NAME", "SERVER_PORT", "HTTP_HOST", "HTTP_X_AMZ_TARGET", "wsgi.url_scheme"),
)


@dataclass
class Entry:
    """One change: enough of the request to make it again."""

    number: int
    at: float
    account: str
    scope: str
    environ: dict[str, str]
    body: str

    def request(self) -> tuple[dict[str, Any], bytes]:
        body = base64.b64decode(self.body)
        authorization = f"AWS4-HMAC-SHA256 Credential=replayed/{self.scope}/aws4_request, Signature=none"
        environ = {**self.environ, "HTTP_AUTHORIZATION": authorization, "CONTENT_LENGTH": str(len(body))}
        return environ | {"SERVER_PROTOCOL": "HTTP/1.1"}, body


class Journal:
    """The changes since the beginning, in memory and, where a folder is given, in its file journal.jsonl."""

    def __init__(self, folder: Path | None) -> None:
        self.path = folder / "journal.jsonl" if folder else None
        self.entries: list[Entry] = []
        self._file: TextIO | None = None
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.entries = self._read(self.path)
            self._file = self.path.open("a")

    @staticmethod
    def _read(path: Path) -> list[Entry]:
        """The file's entries; a last line cut short by a crash is left out."""
        entries: list[Entry] = []
        if path.exists():
            whole = path.read_text()
            for line in whole[: whole.rfind("\n") + 1].splitlines():
                entries.append(Entry(**json.loads(line)))
            path.write_text("".join(json.dumps(asdict(entry)) + "\n" for entry in entries))
        return entries

    @property
    def next_number(self) -> int:
        return self.entries[-1].number + 1 if self.entries else 1

    def write(self, number: int, call: Call) -> None:
        kept = {key: str(call.environ[key]) for key in KEPT if key in call.environ}
        scope = f"20260101/{call.region}/{call.signing}"
        body = base64.b64encode(call.body).decode()
        self.append(Entry(number, time.time(), call.account, scope, kept, body))

    def append(self, entry: Entry) -> None:
        self.entries.append(entry)
        if self._file:
            self._file.write(json.dumps(asdict(entry)) + "\n")
            self._file.flush()

    def clear(self) -> None:
        self.entries = []
        if self._file:
            self._file.truncate(0)

    def close(self) -> None:
        if self._file:
            self._file.close()
