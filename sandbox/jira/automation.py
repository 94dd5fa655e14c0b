"""Sends what happened to the portal: by Automation (never retried) or native webhooks (signed, retried)."""

import hashlib
import hmac
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from sandbox.jira import payloads
from sandbox.jira.desk import Event, now
from sandbox.jira.shapes import Shapes
from sandbox.jira.store import Doc, Store

RETRIED = {408, 409, 425, 429, 500, 502, 503, 504}
RETRY_DELAYS = (5.0, 10.0, 15.0, 15.0, 15.0)  # Jira waits 5 to 15 minutes; the sandbox counts in seconds
ANSWER_KEPT = 2000  # characters of the portal's answer that are remembered


class Automation:
    """One background thread keeps the order. `mode` "sync" sends before the call returns, "off" never."""

    def __init__(self, store: Store, portal_url: str, key: str, secret: str, mode: str = "background") -> None:
        self.store, self.portal_url, self.key, self.secret, self.mode = store, portal_url, key, secret, mode
        self.shapes: Shapes | None = None
        self.retry_delays = RETRY_DELAYS
        self._stopping = threading.Event()
        self._retries: list[threading.Thread] = []
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="automation")
        self._client = httpx.Client(timeout=httpx.Timeout(20, connect=5), trust_env=False)

    @property
    def shape(self) -> str:
        return self.store.setting("shape", "automation")

    def handle(self, event: Event) -> None:
        """Write down the delivery for this event and send it."""
        if self.mode == "off" or self.shape == "off" or not self.shapes:
            return
        template = self.store.setting("custom_template", payloads.CUSTOM_TEMPLATE)
        body = payloads.body(self.shape, event, self.shapes, template)
        if body is not None:
            self.send(event.name, event.issue["key"], self.shape, body, str(uuid.uuid4()))

    def send(self, event: str, issue_key: str, shape: str, body: bytes, identifier: str) -> Doc:
        """Record and send; the same identifier marks the same event (a retry, or sent again by hand)."""
        delivery = self.store.add(
            "delivery",
            {
                "event": event,
                "issue": issue_key,
                "shape": shape,
                "identifier": identifier,
                "url": f"{self.portal_url}/jira/webhook",
                "body": body.decode(),
                "at": now(),
                "attempts": 0,
                "status": None,
                "duration_ms": None,
                "answer": "",
                "error": "",
            },
        )
        if self.mode == "sync":
            self._attempt(delivery)
        else:
            self._worker.submit(self._attempt, delivery)
        return delivery

    def headers(self, delivery: Doc) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "Sandbox Jira"}
        if delivery["shape"] != "native":
            return {**headers, "X-API-Key": self.key}
        headers |= {
            "X-Atlassian-Webhook-Identifier": delivery["identifier"],
            "X-Atlassian-Webhook-Flow": "Primary" if not delivery["attempts"] else "Secondary",
        }
        if delivery["attempts"]:
            headers["X-Atlassian-Webhook-Retry"] = str(delivery["attempts"])
        if self.secret:
            digest = hmac.new(self.secret.encode(), delivery["body"].encode(), hashlib.sha256).hexdigest()
            headers["X-Hub-Signature"] = f"sha256={digest}"
        return headers

    def _attempt(self, delivery: Doc) -> None:
        if self._stopping.is_set():
            return
        started = time.monotonic()
        outcome: dict[str, Any] = {"status": None, "answer": "", "error": ""}
        try:
            if not self.portal_url:
                raise httpx.UnsupportedProtocol("This Jira was started without --portal-url.")
            answer = self._client.post(delivery["url"], content=delivery["body"], headers=self.headers(delivery))
            outcome |= {"status": answer.status_code, "answer": answer.text[:ANSWER_KEPT]}
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            outcome["error"] = f"{type(problem).__name__}: {problem}"
        outcome["duration_ms"] = round((time.monotonic() - started) * 1000)
        delivery = {**delivery, **outcome, "attempts": delivery["attempts"] + 1}
        if self._stopping.is_set():
            return
        self.store.save("delivery", delivery)
        failed = outcome["status"] is None or outcome["status"] in RETRIED
        if failed and delivery["shape"] == "native" and delivery["attempts"] <= len(self.retry_delays):
            self._retry_later(delivery, self.retry_delays[delivery["attempts"] - 1])

    def _retry_later(self, delivery: Doc, delay: float) -> None:
        def retry() -> None:
            if not self._stopping.wait(delay):
                self._worker.submit(self._attempt, delivery).result()

        thread = threading.Thread(target=retry, daemon=True)
        self._retries = [*(retry for retry in self._retries if retry.is_alive()), thread]
        thread.start()

    def wait_for_retries(self, timeout: float = 5) -> None:
        """Return when the retries under way now are done (for tests)."""
        for thread in self._retries:
            thread.join(timeout)

    def close(self) -> None:
        self._stopping.set()
        self._client.close()
        self._worker.shutdown(wait=True, cancel_futures=True)
