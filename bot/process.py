"""What every process of Yaam has: its parts, a heartbeat, and a clean end on SIGTERM."""

import os
import secrets
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.settings import Settings
from db import heartbeats, stations
from db.engine import Database
from db.seals import SealFault, Seals
from db.stations import OpenStation

log = structlog.get_logger()
_BEAT_S = 5.0
_NICE = 5


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Parts:
    """What a process is made of. `instance` names it in leases and heartbeats."""

    settings: Settings
    database: Database
    seals: Seals
    kind: str
    instance: str

    def list_stations(self) -> list[OpenStation]:
        """Every station, opened. Raises SealFault where SEAL_KEY does not fit this database."""
        with self.database.read() as session:
            return [
                stations.open_station(row, self.seals) for row in stations.list_stations(session)
            ]


def build_parts(settings: Settings, kind: str, pool_size: int = 5) -> Parts:
    instance = f"{kind}@{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(3)}"
    database = Database(settings.database_url, pool_size, goes_first=kind == "web")
    return Parts(settings, database, Seals(settings.seal_key), kind, instance)


def give_way() -> None:
    """This process may be late and the webhook may not: where the processor is short, it is last.

    For the processes that LINE does not wait for; before any thread starts, since each has its own.
    """
    os.nice(_NICE)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM or SIGINT sets; call it in the main thread."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def wait_for_stations(parts: Parts, stop: threading.Event) -> list[OpenStation]:
    """The stations, as soon as the database and one of them is there; none when stopped before.

    Raises SealFault where SEAL_KEY does not fit this database: waiting would not help.
    """
    is_told = False
    while not stop.is_set():
        try:
            if found := parts.list_stations():
                return found
            reason = "no station: run `flask migrate`"
        except SealFault:
            parts.database.dispose()
            raise
        except (SQLAlchemyError, OSError) as fault:
            reason = type(fault).__name__
        if not is_told:
            log.warning("waiting_for_database", reason=reason)
            is_told = True
        stop.wait(1.0)
    return []


@contextmanager
def heartbeat(parts: Parts) -> Iterator[None]:
    """Say every few seconds that this process lives; take the name off at a clean end."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(parts, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)
        try:
            with parts.database.write() as session:
                heartbeats.leave(session, parts.instance)
        except (SQLAlchemyError, OSError) as fault:
            log.warning("heartbeat_left", fault=type(fault).__name__)


def _beat_until(parts: Parts, stop: threading.Event) -> None:
    while True:
        try:
            with parts.database.write() as session:
                heartbeats.beat(session, parts.instance, parts.kind, utc_now())
        except (SQLAlchemyError, OSError) as fault:
            log.warning("heartbeat_failed", fault=type(fault).__name__)
        if stop.wait(_BEAT_S):
            return
