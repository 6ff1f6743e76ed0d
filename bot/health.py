"""What machines ask a web process: does it live, can it store an event, how does it fare.

Readiness looks at nothing else: a balancer would take the webhook away for it.
"""

from flask import Blueprint, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.committer import NotStoredError
from bot.storage import Storage, current_storage
from db.seals import SealFault
from db.stations import FIRST_SLUG

CHECK_WITHIN_S = 1.0

routes = Blueprint("health", __name__)


@routes.get("/healthz")
def is_alive() -> Response:
    return _say("ok", 200)


@routes.get("/readyz")
def is_ready() -> Response:
    trouble = _find_trouble(current_storage())
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
