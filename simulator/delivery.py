"""Signs webhooks and posts them, as LINE does: two seconds, then it counts as a time-out.

Also everything that may happen on the way: delay, duplicates, events held back and let go in
another order, redelivery.
"""

import base64
import copy
import hashlib
import hmac
import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

from simulator.events import Event
from simulator.world import World

Webhook = str | Callable[[bytes, dict[str, str]], int] | None
Order = Literal["sent", "reversed", "shuffled"]
NO_ANSWER = 0


def sign(secret: str, body: bytes) -> str:
    """The value of `x-line-signature`."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class Courier:
    """Carries events to the webhook. Never called with the world's lock held."""

    def __init__(self, world: World, secret: str) -> None:
        self._world = world
        self._secret = secret
        self.webhook: Webhook = None
        self.timeout_s = 2.0
        self.delay_s = 0.0
        self.duplicates = 0
        self.redelivery = False
        self.redelivery_waits_s: tuple[float, ...] = (0.2, 0.5, 1, 2, 4, 8, 15, 30)
        self.hold = False
        self.held: list[Event] = []
        self.closing = threading.Event()
        self._threads: list[threading.Thread] = []

    def carry(self, event: Event) -> None:
        """Deliver one event that has just happened, or hold it back if so told."""
        if self.hold:
            self.held.append(event)
            return
        for _ in range(1 + self.duplicates):
            self.deliver([event])

    def release(self, order: Order = "sent", together: bool = False) -> list[int]:
        """Deliver what was held back, one by one or in one post; stops holding back."""
        events, self.held, self.hold = self.held, [], False
        if order == "reversed":
            events.reverse()
        elif order == "shuffled":
            random.shuffle(events)
        if together:
            return [self.deliver(events)] if events else []
        return [self.deliver([event]) for event in events]

    def deliver(self, events: list[Event]) -> int:
        """Post these events; the status, `NO_ANSWER` (0) if there was none."""
        if self.webhook is None:
            return NO_ANSWER
        if self.delay_s:
            self.closing.wait(self.delay_s)
        self._note_tokens(events)
        status = self.post(self._write(events))
        if self.redelivery and not 200 <= status < 300 and events:
            self.in_background(lambda: self._redeliver_until_taken(events))
        return status

    def redeliver(self, events: list[Event]) -> int:
        """Post the same events again as LINE's redelivery does: only the flag differs."""
        again = copy.deepcopy(events)
        for event in again:
            event["deliveryContext"] = {"isRedelivery": True}
        self._note_tokens(again)
        return self.post(self._write(again))

    def post(self, body: bytes, signature: str | None = None) -> int:
        """Post raw bytes. `signature` None: the right one; empty: no header at all."""
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "LineBotWebhook/2.0",
        }
        signature = sign(self._secret, body) if signature is None else signature
        if signature:
            headers["x-line-signature"] = signature
        begun = time.monotonic()
        status, reason = self._call(self.webhook, body, headers)
        if status and time.monotonic() - begun > self.timeout_s:
            status, reason = NO_ANSWER, "REQUEST_TIMEOUT"
        with self._world.lock:
            self._world.webhook_results[reason] += 1
            self._world.touch()
        return status

    def test(self, address: str | None) -> tuple[int, str]:
        """LINE's verification: an empty list of events; the status and LINE's reason."""
        body = self._write([])
        headers = {"content-type": "application/json; charset=utf-8"}
        headers["x-line-signature"] = sign(self._secret, body)
        return self._call(address or self.webhook, body, headers)

    def in_background(self, work: Callable[[], object]) -> None:
        """Run `work` on a thread that `close` waits for."""
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        with self._world.lock:
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]

    def close(self) -> None:
        """Stop redelivering and wait for what is under way."""
        self.closing.set()
        for thread in self._threads:
            thread.join(self.timeout_s + 1)

    def _redeliver_until_taken(self, events: list[Event]) -> None:
        for wait_s in self.redelivery_waits_s:
            if self.closing.wait(wait_s) or 200 <= self.redeliver(events) < 300:
                return

    def _note_tokens(self, events: list[Event]) -> None:
        world = self._world
        with world.lock:
            for event in events:
                source = event.get("source", {})
                chat = source.get("groupId") or source.get("roomId") or source.get("userId")
                if event.get("replyToken") and chat:
                    at = event.get("timestamp", 0) / 1000
                    again = event.get("deliveryContext", {}).get("isRedelivery", False)
                    world.tokens.receive(event["replyToken"], chat, at, world.now(), again)

    def _write(self, events: list[Event]) -> bytes:
        written = {"destination": self._world.bot_id, "events": events}
        text = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
        # A lone surrogate cannot be written in UTF-8; JSON's escape for it can.
        return text.encode("utf-8", "backslashreplace")

    def _call(self, webhook: Webhook, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        if webhook is None:
            return NO_ANSWER, "COULD_NOT_CONNECT"
        if not isinstance(webhook, str):
            status = webhook(body, headers)
        else:
            try:
                status = _post_http(webhook, body, headers, self.timeout_s)
            except TimeoutError:
                return NO_ANSWER, "REQUEST_TIMEOUT"
            except ConnectionRefusedError:
                return NO_ANSWER, "COULD_NOT_CONNECT"
            except (OSError, http.client.HTTPException):
                return NO_ANSWER, "UNCLASSIFIED"
        return status, "OK" if 200 <= status < 300 else "ERROR_STATUS_CODE"


def _post_http(address: str, body: bytes, headers: dict[str, str], timeout_s: float) -> int:
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
