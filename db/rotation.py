"""Seals everything anew with the first key of SEAL_KEY, so that an older key can be dropped.

Safe while processes run: a value is exchanged only where it is still the one that was read, in
small transactions of one turn each. What is done stays done, so a run that was cut goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Row, Table, and_, func, or_, select, update
from sqlmodel import SQLModel

import db.models  # noqa: F401  (fills the metadata)
from db.engine import Database
from db.media import MediaFolder
from db.models import Attachment
from db.seals import SealFault, Seals

BATCH = 200
# The context that each sealed column is bound to.
SEALED = {
    "station": {"lookup_key": "station.lookup_key"},
    "person": {"sealed_id": "person.id"},
    "group_chat": {"sealed_id": "group.id", "sealed_name": "group.name"},
    "conversation": {"draft": "conversation.draft"},
    "case": {"sealed_place": "case.place"},
    "words": {"sealed": "words"},
    "attachment": {"sealed_message_id": "attachment.message_id"},
    "inbox_event": {"sealed": "inbox_event"},
    "outbox": {
        "target": "outbox.target",
        "body": "outbox.body",
        "reply_token": "outbox.reply_token",
    },
}
# Hashes under a station's lookup key, which stays the same: not to be sealed.
KEYED = {
    "person": {"key"},
    "group_chat": {"key"},
    "conversation": {"key"},
    "words": {"message_key"},
    "attachment": {"message_key"},
    "inbox_event": {"conversation_key"},
    "tombstone": {"message_key"},
    "outbox": {"chat_key"},
    "outbox_words": {"message_key"},
    "line_message": {"message_key"},
    "invite": {"code_key"},
    "invite_try": {"key"},
}


@dataclass(frozen=True, slots=True)
class Rotated:
    """What became of one table's rows, or of the media files (`what` is "media").

    `changed` rows or files are sealed with the first key now (a dry run: would be); `left` ones
    were changed by a process meanwhile; `lost` ones open with none of the keys.
    """

    what: str
    changed: int = 0
    left: int = 0
    lost: int = 0


def rotate(database: Database, seals: Seals, media: MediaFolder) -> Iterator[Rotated]:
    """Seal all tables, then the media files."""
    for table, contexts in list_sealed():
        yield _rotate_table(database, seals, table, contexts)
    database.checkpoint()
    yield _rotate_media(database, media)


def count_old(database: Database, seals: Seals, media: MediaFolder) -> Iterator[Rotated]:
    """What `rotate` would change; changes nothing."""
    for table, contexts in list_sealed():
        query = select(func.count()).select_from(table).where(_is_old(table, contexts, seals))
        with database.read() as session:
            yield Rotated(table.name, changed=session.connection().execute(query).scalar_one())
    yield Rotated("media", changed=len(media.list_old()))


def list_sealed() -> list[tuple[Table, dict[str, str]]]:
    """Raises LookupError where a table has bytes of which nobody said whether they are sealed."""
    if unknown := find_unknown():
        raise LookupError(f"not listed in db.rotation: {', '.join(unknown)}")
    tables = SQLModel.metadata.tables
    return [(tables[name], contexts) for name, contexts in SEALED.items()]


def find_unknown() -> list[str]:
    """The columns with bytes that are neither in SEALED nor in KEYED."""
    return [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
        and column.name not in SEALED.get(table.name, {})
        and column.name not in KEYED.get(table.name, set())
    ]


def _rotate_table(
    database: Database, seals: Seals, table: Table, contexts: dict[str, str]
) -> Rotated:
    changed = left = lost = after = 0
    while rows := _read_old(database, seals, table, contexts, after):
        after = rows[-1].id
        pairs = [(row, _reseal(row, seals, contexts)) for row in rows]
        lost += sum(values is None for _, values in pairs)
        with database.write() as session:
            for row, values in pairs:
                if values is not None:
                    done: Any = session.connection().execute(_exchange(table, row, values))
                    changed += done.rowcount
                    left += 1 - done.rowcount
    return Rotated(table.name, changed, left, lost)


def _read_old(
    database: Database, seals: Seals, table: Table, contexts: dict[str, str], after: int
) -> list[Row[Any]]:
    query = (
        select(table.c.id, *(table.c[name] for name in contexts))
        .where(table.c.id > after, _is_old(table, contexts, seals))
        .order_by(table.c.id)
        .limit(BATCH)
    )
    with database.read() as session:
        return list(session.connection().execute(query))


def _is_old(table: Table, contexts: dict[str, str], seals: Seals) -> ColumnElement[bool]:
    """Some column of the row has a seal of another key. An absent value has none."""
    first = seals.first_key_id
    return or_(*(func.substr(table.c[name], 1, len(first)) != first for name in contexts))


def _reseal(row: Row[Any], seals: Seals, contexts: dict[str, str]) -> dict[str, bytes] | None:
    """The row's values under the first key; None where one of them does not open."""
    given = {name: getattr(row, name) for name in contexts if getattr(row, name) is not None}
    try:
        return {
            name: seals.seal(seals.open(bytes(value), contexts[name]), contexts[name])
            for name, value in given.items()
        }
    except SealFault:
        return None


def _exchange(table: Table, row: Row[Any], values: dict[str, bytes]) -> Any:
    """No version is counted up: to everybody who can open it, the value is the same."""
    is_same = and_(*(table.c[name] == getattr(row, name) for name in values))
    return update(table).where(table.c.id == row.id, is_same).values(**values)


def _rotate_media(database: Database, media: MediaFolder) -> Rotated:
    changed = lost = 0
    for name in media.list_old():
        was_named = _is_named(database, name)
        try:
            media.reseal(name)
        except FileNotFoundError:
            continue
        except SealFault:
            lost += 1
            continue
        changed += 1
        if was_named and not _is_named(database, name):
            # Unsent or erased while it was sealed anew, which has put it back.
            media.erase(name)
    return Rotated("media", changed, lost=lost)


def _is_named(database: Database, name: str) -> bool:
    with database.read() as session:
        query = select(Attachment.id).where(Attachment.file_name == name).limit(1)  # type: ignore[call-overload]
        return session.connection().execute(query).first() is not None
