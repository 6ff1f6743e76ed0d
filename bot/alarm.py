"""Calls ALARM_URL when the system needs a person at once: kind, count and age, nothing else.

Asked every minute by each scheduler; a claim in the database lets one of them call, at most once
in five minutes for each kind of trouble.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db import alarms
from db.alarms import Trouble
from db.engine import Database

log = structlog.get_logger()
PAUSE = timedelta(minutes=5)
_TRIES = 2
_TIMEOUT_S = 3.0
_REST_S = 0.5


class Alarm:
    """One `look` a minute. Without a URL the trouble is only logged, as often as it would call."""

    def __init__(
        self,
        database: Database,
        url: str | None,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._url = url
        self._rest = rest

    def look(self, now: datetime) -> int:
        """Returns how many calls were answered. A database that is away is told by the log."""
        try:
            with self._database.read() as session:
                troubles = alarms.list_troubles(session, now)
            return sum(self._tell(trouble, now) for trouble in troubles)
        except (SQLAlchemyError, OSError) as fault:
            log.warning("alarm_not_looked", fault=type(fault).__name__)
            return 0

    def _tell(self, trouble: Trouble, now: datetime) -> bool:
        with self._database.write() as session:
            is_ours = alarms.claim_call(session, trouble.kind, now, PAUSE)
        if not is_ours:
            return False
        log.warning("alarm", kind=trouble.kind, count=trouble.count, age_s=trouble.age_s)
        if self._url is None:
            return False
        if self._call(self._url, trouble, now):
            return True
        with self._database.write() as session:
            alarms.release_call(session, trouble.kind, now, PAUSE)
        return False

    def _call(self, url: str, trouble: Trouble, now: datetime) -> bool:
        body = json.dumps({"source": "yaam", **asdict(trouble), "at": now.isoformat()}).encode()
        fault = ""
        for number in range(_TRIES):
            if number:
                self._rest(_REST_S)
            fault = _post(url, body)
            if not fault:
                return True
        log.error("alarm_not_taken", kind=trouble.kind, fault=fault)
        return False


def _post(url: str, body: bytes) -> str:
    """What went wrong, in a word; empty where it was taken. The address may hold a secret."""
    # bot.settings lets only http and https addresses in.
    request = Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310 (the same)
            return ""
    except HTTPError as fault:
        fault.close()
        return f"http_{fault.code}"
    except (URLError, OSError, ValueError) as fault:
        return type(fault).__name__
