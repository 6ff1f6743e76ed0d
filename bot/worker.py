"""The worker: takes events from the inbox in order and gives them to the handlers.

A text is understood before any write transaction. An event that fails is tried again and parked
after the fifth time; the events of other conversations go on meanwhile.
"""

import gc
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from bot import media
from bot.line_events import parse_event_bytes
from bot.process import (
    Parts,
    build_parts,
    give_way,
    heartbeat,
    stop_on_signals,
    utc_now,
    wait_for_stations,
)
from bot.settings import Settings
from db import inbox
from db.media import MediaFolder
from db.models import InboxEvent
from db.stations import OpenStation
from handlers.dispatch import Claimed, Dispatch, is_race
from handlers.ids import RandomIds
from handlers.understanding import understand
from nlp import classifier

log = structlog.get_logger()
LEASE_S = 15.0
BATCH = 20
# So many share a transaction: what it costs to begin, to commit and to have a turn is paid once,
# and other writers wait no longer than some 15 ms.
TOGETHER = 4
_IDLE_S = (0.02, 0.2)
_AWAY_S = 1.0


def run(settings: Settings) -> None:
    """Work until SIGTERM; what was claimed and not begun is given back."""
    give_way()
    stop = stop_on_signals()
    parts = build_parts(settings, "worker")
    classifier.load()
    # Half a million objects of dictionary and model that the collector need not walk again.
    gc.freeze()
    stations = wait_for_stations(parts, stop)
    if not stations:
        return
    with heartbeat(parts):
        worker = Worker(parts, stations)
        log.info("worker_ready", instance=parts.instance)
        worker.serve(stop)
    log.info("worker_stopped", instance=parts.instance)


class Worker:
    """Claims and handles; one per process."""

    def __init__(
        self, parts: Parts, stations: list[OpenStation], clock: Callable[[], datetime] = utc_now
    ) -> None:
        settings = parts.settings
        self._parts = parts
        self._stations = {station.id: station for station in stations}
        self._clock = clock
        # Claimed when the database went away: given back when it comes, not counted as attempts.
        self._unhandled: list[int] = []
        self._dispatch = Dispatch(
            parts.database,
            stations,
            str(settings.timezone),
            RandomIds(),
            MediaFolder(settings.media_dir, parts.seals),
            understand,
            lambda name, kind: media.media_link(settings, name, kind, clock()),
        )

    def serve(self, stop: threading.Event) -> None:
        shortest, longest = _IDLE_S
        idle_s = shortest
        while not stop.is_set():
            try:
                is_busy = self.step(stop) > 0
            except OperationalError as fault:
                log.warning("database_away", fault=type(fault.orig).__name__)
                stop.wait(_AWAY_S)
                continue
            idle_s = shortest if is_busy else min(idle_s * 1.5, longest)
            if not is_busy:
                stop.wait(idle_s)

    def step(self, stop: threading.Event | None = None) -> int:
        """Claim a batch and handle it. Returns how many events were claimed."""
        database, instance = self._parts.database, self._parts.instance
        if self._unhandled:
            self._give_back()
        with database.read() as session:
            if not inbox.has_due(session, self._clock()):
                return 0
        with database.write() as session:
            claimed = inbox.claim_events(session, instance, self._clock(), LEASE_S, BATCH)
        self._unhandled = [row.id for row in claimed]
        for start in range(0, len(claimed), TOGETHER):
            if stop is not None and stop.is_set():
                self._give_back()
                break
            rows = claimed[start : start + TOGETHER]
            self._handle(rows)
            self._unhandled = self._unhandled[len(rows) :]
        return len(claimed)

    def _give_back(self) -> None:
        with self._parts.database.write() as session:
            inbox.release_events(session, self._unhandled, self._parts.instance)
        self._unhandled = []

    def _handle(self, rows: Sequence[InboxEvent]) -> None:
        """Together; where one of them fails, each by itself, so that it holds up no other."""
        if len(rows) == 1 or not self._handle_together(rows):
            for row in rows:
                self._handle_alone(row)

    def _handle_together(self, rows: Sequence[InboxEvent]) -> bool:
        try:
            claimed = [self._open(row) for row in rows]
            results = self._dispatch.handle(claimed, self._parts.instance, self._clock)
        except OperationalError as fault:
            if not is_race(fault):
                raise
            return False
        except Exception as fault:  # noqa: BLE001 - each by itself shows whose it is
            log.warning("handled_apart", ids=[row.id for row in rows], fault=type(fault).__name__)
            return False
        for one, result in zip(claimed, results, strict=True):
            _log_handled(one, result)
        return True

    def _handle_alone(self, row: InboxEvent) -> None:
        """A fault is the event's own: recorded without words, and the next event goes on."""
        kind = "unknown"
        try:
            claimed = self._open(row)
            kind = type(claimed.event).__name__
            (result,) = self._dispatch.handle([claimed], self._parts.instance, self._clock)
            _log_handled(claimed, result)
        except OperationalError:
            # The database went away: the lease runs out and the event is taken up again.
            raise
        except Exception as fault:
            log.error("event_failed", id=row.id, kind=kind, exc_info=fault)
            with self._parts.database.write() as session:
                inbox.mark_failed(
                    session,
                    row.id,
                    self._parts.instance,
                    self._clock(),
                    type(fault).__name__,
                    kind,
                )

    def _open(self, row: InboxEvent) -> Claimed:
        seals = self._stations[row.station_id].seals
        data = seals.open(row.sealed or b"", "inbox_event")
        event = parse_event_bytes(data, row.event_id, row.received_at)
        return Claimed(row.id, row.station_id, event)


def _log_handled(claimed: Claimed, result: str | None) -> None:
    kind = type(claimed.event).__name__
    log.info("event_handled", id=claimed.row_id, kind=kind, result=result)
