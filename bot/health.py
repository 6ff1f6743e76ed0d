"""What machines ask a web process: does it live, can it store an event, how does it fare.

Readiness looks at nothing else: a balancer would take the webhook away for it. Each look writes,
and anybody may ask: so a look's answer holds for a second.
"""

import threading
from datetime import datetime, timedelta

from flask import Blueprint, Response, current_app
from flask.blueprints import BlueprintSetupState
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.committer import NotStoredError
from bot.storage import Storage, current_storage
from db.seals import SealFault
from db.stations import FIRST_SLUG

CHECK_WITHIN_S = 1.0
LOOK_EVERY_S = 1.0

_EXTENSION = "yaam-readiness"

routes = Blueprint("health", __name__)


class _Readiness:
    """The last look's answer. Who asks while a look is under way waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked_at: datetime | None = None
        self._trouble: str | None = None

    def find_trouble(self, storage: Storage) -> str | None:
        with self._lock:
            if not self._is_fresh(storage.clock()):
                self._trouble = _find_trouble(storage)
                self._looked_at = storage.clock()
            return self._trouble

    def _is_fresh(self, now: datetime) -> bool:
        if self._looked_at is None:
            return False
        # A clock that was put back must not keep an old answer alive.
        return timedelta(0) <= now - self._looked_at < timedelta(seconds=LOOK_EVERY_S)


@routes.record
def _install(state: BlueprintSetupState) -> None:
    state.app.extensions[_EXTENSION] = _Readiness()


@routes.get("/healthz")
def is_alive() -> Response:
    return _say("ok", 200)


@routes.get("/readyz")
def is_ready() -> Response:
    readiness: _Readiness = current_app.extensions[_EXTENSION]
    trouble = readiness.find_trouble(current_storage())
    return _say(trouble, 503) if trouble else _say("ok", 200)


@routes.get("/metrics")
def show_metrics() -> Response:
    storage = current_storage()
    try:
        gauges = metrics.read_gauges(storage.database(), storage.clock())
    except (SQLAlchemyError, OSError):
        gauges = metrics.away_gauges()
    return Response(metrics.render(gauges), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _find_trouble(storage: Storage) -> str | None:
    """In a few plain words; a fault's own message may hold an address or a password."""
    try:
        storage.check_writable(CHECK_WITHIN_S)
        if storage.find_station(FIRST_SLUG, CHECK_WITHIN_S) is None:
            return "no station: run flask migrate"
    except SealFault:
        return "SEAL_KEY does not fit this database"
    except NotStoredError as fault:
        return f"cannot store events now: {fault.reason}"
    except (SQLAlchemyError, OSError):
        return "cannot store events: the database is away, locked, full or not migrated"
    return None


def _say(words: str, status: int) -> Response:
    return Response(words + "\n", status, mimetype="text/plain")
