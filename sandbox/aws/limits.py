"""The layer around moto: takes each request, refuses, delays or answers it as AWS would, and counts it."""

import functools
import io
import logging
import re
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

import moto.backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sandbox.aws import accounts, managed_policies, permissions, repeatable, roles, stacksets
from sandbox.aws.gaps import HANDLERS as GAPS
from sandbox.aws.journal import Entry, Journal
from sandbox.aws.protocol import Answer, AwsError, Call, error, parse, result
from sandbox.aws.throttle import throttled
from sandbox.aws.world import Handler, World

log = logging.getLogger(__name__)
HANDLERS: dict[tuple[str, str], Handler] = {
    **GAPS, **accounts.HANDLERS, **roles.HANDLERS, **stacksets.HANDLERS,
}  # fmt: skip
ERROR_CODE = re.compile(rb'"__type"\s*:\s*"(?:[^"#]*#)?([^":]+)|<Code>([^<]+)</Code>')
XML_REQUEST_ID = re.compile(rb"<(RequestId|requestId|RequestID)>[^<]*</")

# moto lists its folders (175 of them) and matches 200 patterns on every request; neither ever changes.
managed_policies.install()
repeatable.install()
_MODULES = tuple(moto.backends.list_of_moto_modules())
moto.backends.list_of_moto_modules = lambda: _MODULES


class Moto(DomainDispatcherApplication):
    """moto's own server application, which remembers which service a host belongs to."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self.get_backend_for_host = functools.cache(self._known_backend)  # type: ignore[method-assign]

    def _known_backend(self, host: str | None) -> Any:
        backend = super().get_backend_for_host(host)
        if backend is None and host is not None:
            raise NotImplementedError(host)
        return backend

    def answer(self, environ: dict[str, Any], body: bytes) -> Answer:
        started: list[Any] = []
        environ = {**environ, "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO()}
        chunks = self(environ, lambda status, headers, info=None: started.extend((status, headers)))
        whole = b"".join(chunks)
        return Answer(int(started[0].split()[0]), list(started[1]), whole)


class LimitsLayer:
    """The WSGI application: `control` for /sandbox/, moto for everything else, under the limits."""

    def __init__(self, world: World, journal: Journal, control: Callable[..., Iterable[bytes]]) -> None:
        self.world, self.journal, self.control = world, journal, control
        self.moto = Moto()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/sandbox"):
            return self.control(environ, start_response)
        body = _read_body(environ)
        call = parse(environ, body)
        if call is None:
            with self.world.lock:
                answer = self.moto.answer(environ, body)
        else:
            answer = self.serve(call)
        start_response(f"{answer.status} {'OK' if answer.status < 400 else 'Error'}", answer.headers)
        return [answer.body]

    def serve(self, call: Call) -> Answer:
        """Answer a call. ConnectionError, with the socket closed, where a fault drops the connection."""
        with self.world.lock:
            self.world.clock.run_due()
            struck = self.world.faults.take(call)
        for fault in struck:
            if fault.kind == "delay":
                self.world.clock.sleep(fault.seconds)
            elif fault.kind == "drop_request":
                with self.world.lock:
                    self.record(call, Answer(0, [], b"", "DroppedRequest"))
                _drop(call)
        with self.world.lock:
            self.world.clock.run_due()
            problem = next((each for each in (fault.problem(call) for fault in struck) if each), None)
            answer = error(call, problem) if problem else self.execute(call)
            _sign(call, answer)
            self.record(call, answer)
        if any(fault.kind == "drop_answer" for fault in struck):
            _drop(call)
        return answer

    def execute(self, call: Call) -> Answer:
        """Do it: limits first, then our own answer or moto's; a change that worked is written down."""
        number = self.journal.next_number
        try:
            if self.world.settings.rates:
                self.world.throttle.take(call)
            if self.world.settings.enforce_iam:
                permissions.refuse_if_denied(self.world, call)
            roles.refuse_if_new(self.world, call)
            answer = self.perform(call, number)
        except AwsError as problem:
            return error(call, problem)
        if call.mutating and answer.status < 400:
            self.journal.write(number, call)
        return answer

    def perform(self, call: Call, number: int) -> Answer:
        if call.mutating:
            self.world.seed(str(number))
        try:
            handler = HANDLERS.get((call.service, call.operation))
            value = handler(self.world, call) if handler else None
            return result(call, value) if value is not None else self.ask_moto(call)
        finally:
            if call.mutating:
                self.world.seed(None)

    def ask_moto(self, call: Call) -> Answer:
        environ = {**call.environ, "HTTP_X_MOTO_ACCOUNT_ID": call.account}
        if call.service == "support":  # lives in one region, whatever the client signs for
            environ["HTTP_AUTHORIZATION"] = environ["HTTP_AUTHORIZATION"].replace(call.region, "us-east-1", 1)
        try:
            answer = self.moto.answer(environ, call.body)
        except NotImplementedError:
            raise _absent(call) from None
        except Exception:
            log.exception("moto failed at %s", call.name)
            raise AwsError("InternalFailure", f"The sandbox failed at {call.name}: see its log.", 500) from None
        kind = dict(answer.headers).get("Content-Type", "")
        if answer.status == 404 and kind.startswith("text/html") and call.service != "s3":
            raise _absent(call)
        if answer.status >= 400:
            found = ERROR_CODE.search(answer.body)
            answer.error = (found.group(1) or found.group(2)).decode() if found else str(answer.status)
        return answer

    def replay(self, entries: list[Entry]) -> None:
        """Make the changes again, at once and unlimited; nothing is counted."""
        self.world.replaying = True
        try:
            with self.world.lock, self.world.clock.instant():
                for entry in entries:
                    self._replay(entry)
        finally:
            self.world.replaying, self.world.replayed_at = False, None

    def _replay(self, entry: Entry) -> None:
        environ, body = entry.request()
        call = parse(environ, body)
        if call is None:
            raise ValueError(f"Journal entry {entry.number} is not an AWS call.")
        call.account = entry.account
        self.world.replayed_at = entry.at
        try:
            answer = self.perform(call, entry.number)
            failed = answer.error
        except AwsError as problem:
            failed = problem.code
        if failed:
            log.warning("Journal entry %d (%s) could not be replayed: %s", entry.number, call.name, failed)
        self.world.clock.run_due()

    def record(self, call: Call, answer: Answer) -> None:
        world = self.world
        world.call_number += 1
        world.counts[call.name] += 1
        if answer.error == throttled(call.service).code:
            world.throttled[call.name] += 1
        world.calls.append(
            {
                "number": world.call_number,
                "at": time.time(),
                "service": call.service,
                "operation": call.operation,
                "account": call.account,
                "role": call.role,
                "region": call.region,
                "status": answer.status,
                "error": answer.error,
                "requestId": call.request_id,
            }
        )


def _read_body(environ: dict[str, Any]) -> bytes:
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        body = environ["wsgi.input"].read()
        environ["CONTENT_LENGTH"] = str(len(body))
        del environ["HTTP_TRANSFER_ENCODING"]
        return bytes(body)
    return bytes(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))


def _absent(call: Call) -> AwsError:
    return AwsError("NotImplemented", f"The sandbox does not imitate {call.name}.", 501)


def _sign(call: Call, answer: Answer) -> None:
    """One request id, in the header and where XML carries it too; a length that fits."""
    answer.body = XML_REQUEST_ID.sub(
        lambda found: b"<" + found.group(1) + b">" + call.request_id.encode() + b"</", answer.body, count=1
    )
    hidden = ("x-amzn-requestid", "content-length")
    answer.headers = [(name, value) for name, value in answer.headers if name.lower() not in hidden]
    answer.headers += [("x-amzn-RequestId", call.request_id)]
    if call.environ["REQUEST_METHOD"] != "HEAD":
        answer.headers += [("Content-Length", str(len(answer.body)))]


def _drop(call: Call) -> None:
    """Shut the socket: an exception alone would leave the client waiting."""
    call.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionError("Dropped by the sandbox, as a fault rule asks.")
