"""The database as a web process holds it: opened at first use, after gunicorn's fork.

The web process starts also where no database is, and takes it up when it comes; every wait for
it is bounded.
"""

import atexit
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import cast

from flask import Flask, current_app

from bot.committer import Committer
from bot.process import Parts, build_parts, heartbeat, utc_now
from bot.settings import Settings
from db import inbox
from db.engine import Database, sqlite_path
from db.inbox import NewEvent
from db.seals import Seals
from db.stations import OpenStation

_EXTENSION = "yaam"


class Storage:
    """What the routes share: settings, clock, seals, stations, and the road into the inbox."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.clock = clock
        self.seals = Seals(settings.seal_key)
        self._committer = Committer(self.database)
        self._lock = threading.Lock()
        self._parts: Parts | None = None
        self._file: tuple[int, int] | None = None
        self._open = ExitStack()
        self._stations: dict[str, OpenStation] = {}

    def database(self) -> Database:
        """Raises OSError where there is no SQLite file now.

        A file that was put in another's place (a restore) is opened anew: a connection to the
        old one would write into a file that no longer has a name.
        """
        file = _file_identity(self.settings.database_url)
        with self._lock:
            if self._parts is None or file != self._file:
                self._reopen(file)
            return cast(Parts, self._parts).database

    def find_station(self, slug: str, wait_s: float) -> OpenStation | None:
        """Raises what the database raises, SealFault, or NotStoredError after `wait_s`."""
        known = self._stations.get(slug)
        if known is None:
            self._stations = self._committer.ask(self._load_stations, wait_s)
            known = self._stations.get(slug)
        return known

    def store(self, rows: Sequence[NewEvent], wait_s: float) -> None:
        """Raises NotStoredError; then the stations are read anew, the fault may be ours."""
        try:
            self._committer.store(rows, wait_s)
        except Exception:
            self._stations = {}
            raise

    def check_writable(self, wait_s: float) -> None:
        """Goes the way of an event, up to the commit. Raises what storing one would raise."""
        self._committer.ask(_check_writable, wait_s)

    def close(self) -> None:
        """Store what waits, take off our heartbeat and let the database go."""
        atexit.unregister(self.close)
        self._committer.close()
        with self._lock:
            self._release()

    def _load_stations(self, _: Database) -> dict[str, OpenStation]:
        parts = cast(Parts, self._parts)
        return {station.slug: station for station in parts.list_stations()}

    def _reopen(self, file: tuple[int, int] | None) -> None:
        self._release()
        parts = build_parts(self.settings, "web")
        self._open.callback(parts.database.dispose)
        self._open.enter_context(heartbeat(parts))
        self._parts, self._file = parts, file
        atexit.unregister(self.close)
        atexit.register(self.close)

    def _release(self) -> None:
        self._open.close()
        self._parts, self._stations = None, {}


def install(app: Flask, storage: Storage) -> None:
    app.extensions[_EXTENSION] = storage


def current_storage() -> Storage:
    return cast(Storage, current_app.extensions[_EXTENSION])


def _check_writable(database: Database) -> None:
    with database.write() as session:
        inbox.check_writable(session)


def _file_identity(url: str) -> tuple[int, int] | None:
    if not url.startswith("sqlite"):
        return None
    found = sqlite_path(url).stat()
    return found.st_dev, found.st_ino
