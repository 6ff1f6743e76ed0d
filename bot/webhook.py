"""LINE's door: signature, envelope, inbox, 200. No understanding of text and no call to LINE here.

200 means stored. What could not be stored within the bound gets 500, so that LINE delivers it
again; see docs/adr and LINE, "Receiving messages".
"""

import base64
import hmac
import json
import threading
import time
from collections.abc import Sequence
from datetime import datetime

import structlog
from flask import Blueprint, Response, abort, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from bot import metrics
from bot.committer import NotStoredError
from bot.line_events import event_bytes, read_envelope
from bot.settings import SettingsFault
from bot.storage import Storage, current_storage
from db.inbox import NewEvent
from db.seals import SealFault
from db.stations import FIRST_SLUG, OpenStation

log = structlog.get_logger()
routes = Blueprint("webhook", __name__)

MAX_BODY_BYTES = 1 << 20
MAX_EVENTS = 1000
STORE_WITHIN_S = 1.5
SEALED_AS = "inbox_event"
_DRAIN_BYTES = 8 << 20


class _RefusedError(Exception):
    """This call is answered with `status` and counted under `reason`."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Seldom:
    """Says whether a thing may be logged again: at most once in `every_s` for each key."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._last: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_due(self, key: str) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._last.get(key, -self._every_s) < self._every_s:
                return False
            self._last[key] = now
            return True


_seldom = Seldom(60)


@routes.post("/callback", provide_automatic_options=False)
@routes.post("/callback/<slug>", provide_automatic_options=False)
def receive(slug: str = FIRST_SLUG) -> Response:
    """The whole answer to a webhook call; only the first station's credentials are known."""
    if slug != FIRST_SLUG:
        abort(404)
    began = time.monotonic()
    try:
        count = _take(current_storage(), slug, began + STORE_WITHIN_S)
        status = 200
        metrics.EVENTS.inc(count)
    except _RefusedError as refused:
        status = _tell_refused(refused)
    except (NotStoredError, SQLAlchemyError, SealFault, SettingsFault, OSError) as fault:
        status = _tell_not_stored(fault)
    metrics.SECONDS.observe(time.monotonic() - began)
    metrics.REQUESTS.labels(str(status)).inc()
    # No body: gunicorn sends one apart from the headers.
    return Response("", status, mimetype="text/plain")


def _take(storage: Storage, slug: str, until: float) -> int:
    """Store the events of this call. Returns how many; `until` is in monotonic time."""
    body = _read_body()
    _check_signature(storage.settings.get_line_secret(), body)
    events = _read_events(body)
    if not events:
        return 0
    station = storage.find_station(slug, until - time.monotonic())
    if station is None:
        raise NotStoredError("no_station")
    rows = _build_rows(station, events, storage.clock())
    storage.store(rows, until - time.monotonic())
    return len(rows)


def _read_body() -> bytes:
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        body = None
    except BadRequest:
        raise _RefusedError(400, "cut") from None
    if body is None or len(body) > MAX_BODY_BYTES:
        _drain()
        raise _RefusedError(413, "too_large")
    return body


def _drain() -> None:
    """Read on for a while: a client that still sends would see a reset instead of the answer."""
    # Without a length, only a server that marks the end may be read on.
    is_marked = request.environ.get("wsgi.input_terminated")
    left = min(request.content_length or (_DRAIN_BYTES if is_marked else 0), _DRAIN_BYTES)
    stream = request.environ["wsgi.input"]
    while left > 0 and (piece := stream.read(min(left, 1 << 16))):
        left -= len(piece)


def _check_signature(secret: str, body: bytes) -> None:
    """Over the bytes as they came. Source: LINE, "Verify webhook signature"."""
    # Not hmac.digest: that gives up the interpreter's lock each time, and sixteen threads queue.
    expected = base64.b64encode(hmac.new(secret.encode(), body, "sha256").digest())
    given = request.headers.get("X-Line-Signature", "").encode("utf-8", "replace")
    if not hmac.compare_digest(expected, given):
        raise _RefusedError(400, "signature")


def _read_events(body: bytes) -> list[object]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise _RefusedError(400, "not_json") from None
    events = payload.get("events") if isinstance(payload, dict) else None
    if not isinstance(events, list):
        raise _RefusedError(400, "no_events")
    if len(events) > MAX_EVENTS:
        raise _RefusedError(400, "too_many")
    return events


def _build_rows(
    station: OpenStation, events: Sequence[object], received_at: datetime
) -> list[NewEvent]:
    try:
        return [_build_row(station, event, received_at) for event in events]
    except (ValueError, RecursionError):
        raise _RefusedError(400, "not_json") from None


def _build_row(station: OpenStation, event: object, received_at: datetime) -> NewEvent:
    envelope = read_envelope(event, received_at)
    return NewEvent(
        station_id=station.id,
        event_id=envelope.event_id,
        conversation_key=station.seals.key("conversation", envelope.source_id),
        occurred_at=envelope.occurred_at,
        received_at=received_at,
        has_reply_token=envelope.has_reply_token,
        sealed=station.seals.seal(event_bytes(event), SEALED_AS),
    )


def _tell_refused(refused: _RefusedError) -> int:
    """One line a call; a flood of wrong signatures, which anyone can send, one line a minute."""
    metrics.REJECTED.labels(refused.reason).inc()
    if refused.reason != "signature" or _seldom.is_due("signature"):
        log.warning("webhook_refused", reason=refused.reason, bytes=request.content_length)
    return refused.status


def _tell_not_stored(fault: Exception) -> int:
    reason = _name_reason(fault)
    metrics.NOT_STORED.labels(reason).inc()
    if _seldom.is_due(reason):
        log.error("webhook_not_stored", reason=reason, hint=_HINTS.get(reason), exc_info=fault)
    return 500


def _name_reason(fault: Exception) -> str:
    if isinstance(fault, NotStoredError):
        return fault.reason
    if isinstance(fault, SealFault):
        return "seal_key"
    return "no_credential" if isinstance(fault, SettingsFault) else "database"


_HINTS = {
    "no_credential": "LINE_CHANNEL_SECRET is not set",
    "no_station": "there is no station yet: run `flask migrate`",
    "seal_key": "SEAL_KEY is not the one that this database was made with",
    "database": "the database is not there, locked, full or not migrated",
}
