"""What can be looked at on this side: database, queues, processes, disk, key."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.findings import Check, Finding, judge
from bot.settings import Settings
from db import heartbeats, held, inbox, outbox, stations
from db.engine import Database, sqlite_path
from db.migrate import is_current
from db.models import Station
from db.seals import SealFault, Seals

PROCESSES = ("web", "worker", "sender", "scheduler")
_EVENT_OLD_S = 60
_MESSAGE_OLD_S = 300
_FREE_BYTES = 1 << 30
_FREE_SHARE = 0.05

Look = Callable[[Session, Station, datetime], Finding]


class OwnChecks:
    """The checks of one station on its own database and machine."""

    def __init__(
        self, settings: Settings, database: Database, clock: Callable[[], datetime]
    ) -> None:
        self._settings, self._database, self._clock = settings, database, clock

    def list_checks(self) -> dict[str, Check]:
        return {"database": self._look_at_database, "disk": self._look_at_disk}

    def _look_at_database(self) -> list[Finding]:
        """One connection for all; where it fails, the rest need not be asked."""
        try:
            is_new = is_current(self._database)
            with self._database.read() as session:
                row = stations.find_station(session, stations.FIRST_SLUG)
                schema = judge("schema", is_new, "current" if is_new else "not this version's")
                if row is None:
                    return [schema, judge("database", False, "no station in it")]
                rest = [self._look_at_key(row)]
                rest += [look(session, row, self._clock()) for look in _LOOKS]
                return [schema, *rest]
        except (SQLAlchemyError, OSError) as fault:
            return [judge("database", False, f"does not answer ({type(fault).__name__})")]

    def _look_at_key(self, row: Station) -> Finding:
        try:
            stations.open_station(row, Seals(self._settings.seal_key))
        except SealFault:
            return judge("seal_key", False, "does not open this database")
        count = len(self._settings.seal_key)
        old = f", {count - 1} older beside it" if count > 1 else ""
        return judge("seal_key", True, f"opens this database{old}")

    def _look_at_disk(self) -> Finding:
        """The fullest of the disks where we write."""
        places = [self._settings.media_dir]
        if self._database.is_sqlite:
            places.append(sqlite_path(self._settings.database_url).parent)
        found = [shutil.disk_usage(_existing(place)) for place in places]
        least = min(found, key=lambda usage: usage.free)
        is_well = all(
            usage.free >= _FREE_BYTES and usage.free >= usage.total * _FREE_SHARE for usage in found
        )
        return judge("disk", is_well, f"{least.free / (1 << 30):.1f} GiB free")


def _look_at_account(_: Session, row: Station, __: datetime) -> Finding:
    return judge("line_account", row.line_fault is None, row.line_fault or "no refusal recorded")


def _look_at_inbox(session: Session, _: Station, now: datetime) -> Finding:
    oldest = inbox.oldest_new_at(session)
    age_s = max((now - oldest).total_seconds(), 0) if oldest else 0
    return judge("inbox", age_s <= _EVENT_OLD_S, f"oldest unhandled event {age_s:.0f} s")


def _look_at_outbox(session: Session, row: Station, now: datetime) -> Finding:
    oldest = outbox.oldest_queued_at(session, row.id)
    age_s = max((now - oldest).total_seconds(), 0) if oldest else 0
    return judge("outbox", age_s <= _MESSAGE_OLD_S, f"oldest unsent message {age_s:.0f} s")


def _look_at_parked(session: Session, row: Station, _: datetime) -> Finding:
    parked = inbox.list_parked(session, row.id)
    kinds = ", ".join(sorted({f"{one.kind}: {one.fault}" for one in parked})[:5])
    return judge("parked", not parked, f"{len(parked)} events could not be handled {kinds}".strip())


def _look_at_held(session: Session, row: Station, _: datetime) -> Finding:
    count = len(held.list_held(session, row.id))
    return judge("held", not count, f"{count} restored messages wait for a decision")


def _look_at_processes(session: Session, _: Station, now: datetime) -> Finding:
    live = {one.kind for one in heartbeats.list_live(session, now)}
    missing = ", ".join(kind for kind in PROCESSES if kind not in live)
    found = f"alive: {', '.join(kind for kind in PROCESSES if kind in live) or 'none'}"
    advice = f"start: {missing} / ยังไม่ได้เริ่ม: {missing}"
    return Finding("processes", not missing, found, advice)


_LOOKS: tuple[Look, ...] = (
    _look_at_account,
    _look_at_inbox,
    _look_at_outbox,
    _look_at_parked,
    _look_at_held,
    _look_at_processes,
)


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    return next(place for place in (path, *path.parents) if place.exists())
