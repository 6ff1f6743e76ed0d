"""A database as one SQLite file, and back, whichever of the two databases it is.

SQLite copies itself (VACUUM INTO) while processes run; PostgreSQL is read in one snapshot, table
by table, into a new SQLite file. Why not pg_dump: docs/adr/0011-backup.md.
"""

import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

import db.models  # noqa: F401  (fills the metadata)
from db import heartbeats, held, stations
from db.engine import Database, sqlite_path
from db.migrate import find_revision, upgrade
from db.models import AuditEntry
from db.seals import Seals

_ROWS = 500
# What the processes of the moment know of themselves is no matter of a backup.
_MOMENTARY = {"heartbeat", "alarm_call"}


def save(database: Database, path: Path) -> None:
    """Write a consistent copy into the new file `path`, in a folder that nobody else reads."""
    if database.is_sqlite:
        path.touch(mode=0o600)
        with database.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("VACUUM INTO ?", (str(path),))
        return
    copy = _new_file(path)
    try:
        with database.engine.connect() as source, copy.write() as target:
            source.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            _copy(source, target.connection())
        copy.checkpoint()
    finally:
        copy.dispose()


def describe(path: Path) -> dict[str, Any]:
    """What a manifest says of the copy: its schema, and how many rows each table has."""
    copy = Database(f"sqlite:///{path}")
    try:
        with copy.read() as session:
            counts = {
                table.name: session.connection()
                .execute(select(func.count()).select_from(table))
                .scalar_one()
                for table in _tables()
            }
        return {"schema": find_revision(copy), "tables": counts}
    finally:
        copy.dispose()


def prepare(path: Path, seals: Seals, now: datetime, actor: str) -> int:
    """Bring an unpacked copy to this schema and hold its unsent messages. Returns how many.

    Raises SealFault where SEAL_KEY does not open its stations.
    """
    url = f"sqlite:///{path}"
    upgrade(url)
    copy = Database(url)
    try:
        with copy.write() as session:
            for row in stations.list_stations(session):
                stations.open_station(row, seals)
            count = held.hold_unsent(session, now)
            heartbeats.forget_all(session)
            for row in stations.list_stations(session):
                session.add(_note(row.id, now, actor, count))
        copy.checkpoint()
        return count
    finally:
        copy.dispose()


def is_empty(database_url: str) -> bool:
    """Whether nothing would be lost: no file, no tables, or not one row."""
    if database_url.startswith("sqlite") and not sqlite_path(database_url).exists():
        return True
    database = Database(database_url)
    try:
        with database.engine.connect() as connection:
            names = set(inspect(connection).get_table_names())
            return not any(
                connection.execute(select(1).select_from(table).limit(1)).first()
                for table in _tables()
                if table.name in names
            )
    finally:
        database.dispose()


def list_live(database_url: str, now: datetime) -> list[str]:
    """The kinds of processes that work on this database now."""
    database = Database(database_url)
    try:
        with database.read() as session:
            return [row.kind for row in heartbeats.list_live(session, now)]
    except SQLAlchemyError:
        return []
    finally:
        database.dispose()


def load(path: Path, database_url: str) -> None:
    """Put the prepared copy in the place of whatever the database holds; all of it or nothing.

    No process may run: on SQLite it would go on in the old file.
    """
    if database_url.startswith("sqlite"):
        _put_file(path, sqlite_path(database_url))
        return
    upgrade(database_url)
    database, copy = Database(database_url), Database(f"sqlite:///{path}")
    try:
        with copy.engine.connect() as source, database.write() as target:
            connection = target.connection()
            names = ", ".join(f'"{table.name}"' for table in SQLModel.metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names}"))
            _copy(source, connection)
            _restore_sequences(connection)
    finally:
        copy.dispose()
        database.dispose()


def _put_file(path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        old = Database(f"sqlite:///{place}")
        old.checkpoint()
        old.dispose()
    for suffix in ("-wal", "-shm"):
        # A log that stays would be played into the new file.
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    draft = place.with_name(f".{place.name}.restored")
    draft.unlink(missing_ok=True)
    with path.open("rb") as source, open(draft, "xb", opener=_private) as file:
        shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _new_file(path: Path) -> Database:
    url = f"sqlite:///{path}"
    upgrade(url)
    return Database(url)


def _tables() -> list[Table]:
    """In the order in which rows can be put."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in _MOMENTARY]


def _copy(source: Connection, target: Connection) -> None:
    for table in _tables():
        rows = source.execution_options(stream_results=True, yield_per=_ROWS).execute(
            select(table).order_by(*table.primary_key)
        )
        for part in rows.mappings().partitions(_ROWS):
            target.execute(insert(table), [dict(row) for row in part])


def _restore_sequences(connection: Connection) -> None:
    """Else the next row would take a number that is already given."""
    for table in _tables():
        if "id" in table.c:
            top = select(func.max(table.c.id)).scalar_subquery()
            sequence = func.pg_get_serial_sequence(f'"{table.name}"', "id")
            connection.execute(
                select(func.setval(sequence, func.coalesce(top, 1), top.is_not(None)))
            )


def _note(station_id: int, now: datetime, actor: str, held_count: int) -> AuditEntry:
    return AuditEntry(
        station_id=station_id, at=now, actor=actor, action="restored",
        subject=f"station {station_id}", facts={"held": str(held_count)},
    )  # fmt: skip
