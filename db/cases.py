"""Cases, their log, and the words and media beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, func, select

from db.models import (
    Attachment,
    Case,
    CaseEntry,
    LineMessage,
    Outbox,
    OutboxWords,
    Tombstone,
    Words,
)
from db.places import drop_place
from db.rows import insert_row
from db.stations import OpenStation

OPEN_STATES = ("new", "seen", "working", "waiting", "reopened", "passed_on")
CLOSED_STATES = ("resolved", "closed")
LOOSE_WORDS_LIFE = timedelta(hours=72)
_UNSENT = ("queued", "parked")
# Asked for every event: built once.
_UNSENT_ONES = select(Tombstone.message_key).where(
    Tombstone.station_id == bindparam("station"),
    col(Tombstone.message_key).in_(bindparam("keys", expanding=True)),
)
_LOCK = text("SELECT pg_advisory_xact_lock(one) FROM unnest(CAST(:numbers AS bigint[])) AS one")
_LINKS: Table = LineMessage.__table__  # type: ignore[attr-defined]
_LINK = {
    "sqlite": sqlite.insert(_LINKS).inline().on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_LINKS).inline().on_conflict_do_nothing(),
}


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A line of a case's log, and the words that go beside it."""

    kind: str
    actor: str
    at: datetime
    direction: str | None = None
    staff_id: int | None = None
    event_id: str | None = None
    words: str | None = None
    message_id: str | None = None
    facts: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A photo, video, voice or file that a person sent, at `sent_at`, as one entry of a case."""

    case_id: int
    entry_id: int
    message_id: str
    kind: str
    sent_at: datetime


def get_case(session: Session, case_id: int) -> Case:
    """Raises LookupError."""
    case = session.get(Case, case_id)
    if case is None:
        raise LookupError(f"no case {case_id}")
    return case


def find_case(session: Session, station_id: int, reference: str) -> Case | None:
    query = select(Case).where(Case.station_id == station_id, Case.reference == reference)
    return session.exec(query).first()


def find_last_medium_at(session: Session, case_id: int) -> datetime | None:
    """When the newest photo, video, voice or file of the case was sent."""
    return session.exec(select(func.max(Attachment.at)).where(Attachment.case_id == case_id)).one()


def list_card_times(session: Session, case_id: int, since: datetime) -> list[datetime]:
    """When cards of this case were made for staff, oldest first."""
    query = select(Outbox.created_at).where(
        Outbox.case_id == case_id, Outbox.kind == "card", col(Outbox.created_at) > since
    )
    return list(session.exec(query.order_by(col(Outbox.id))))


def list_own(session: Session, reporter_id: int, since: datetime, limit: int = 5) -> list[Case]:
    query = select(Case).where(Case.reporter_id == reporter_id, Case.opened_at > since)
    return list(session.exec(query.order_by(col(Case.id).desc()).limit(limit)))


def list_waiting(session: Session, station_id: int, limit: int = 10) -> list[Case]:
    """What staff still have to do: emergencies first, then the newest."""
    query = (
        select(Case)
        .where(Case.station_id == station_id, col(Case.state).in_(OPEN_STATES))
        .order_by((col(Case.label) == "emergency").desc(), col(Case.id).desc())
    )
    return list(session.exec(query.limit(limit)))


def find_by_message(session: Session, station: OpenStation, message_id: str) -> Case | None:
    """The case that a LINE message belongs to: the person's own words, or a message of ours."""
    key = station.seals.key("message", message_id)
    query = (
        select(Case)
        .join(LineMessage, col(LineMessage.case_id) == Case.id)
        .where(LineMessage.station_id == station.id, LineMessage.message_key == key)
    )
    return session.exec(query).first()


def add_entry(session: Session, station: OpenStation, case_id: int, entry: NewEntry) -> int:
    """Write the entry, its words, and the link from its LINE message to the case. Its id."""
    row_id = insert_row(
        session,
        CaseEntry,
        station_id=station.id,
        case_id=case_id,
        at=entry.at,
        kind=entry.kind,
        direction=entry.direction,
        actor=entry.actor,
        staff_id=entry.staff_id,
        event_id=entry.event_id,
        facts=entry.facts or {},
    )
    if entry.words:
        keep_words(session, station, entry.words, entry.message_id, entry.at, row_id)
    if entry.message_id:
        link_message(session, station, entry.message_id, case_id, entry.at)
    return row_id


def keep_words(
    session: Session,
    station: OpenStation,
    words: str,
    message_id: str | None,
    now: datetime,
    entry_id: int | None = None,
) -> None:
    """Words of no case go after 72 hours."""
    insert_row(
        session,
        Words,
        station_id=station.id,
        entry_id=entry_id,
        message_key=station.seals.key("message", message_id) if message_id else None,
        sealed=station.seals.seal_text(words, "words"),
        at=now,
        erase_at=None if entry_id else now + LOOSE_WORDS_LIFE,
    )


def link_message(
    session: Session, station: OpenStation, message_id: str, case_id: int, now: datetime
) -> None:
    """A message that belongs to a case already stays with that one."""
    key = station.seals.key("message", message_id)
    connection = session.connection()
    connection.execute(
        _LINK[connection.dialect.name],
        {"station_id": station.id, "message_key": key, "case_id": case_id, "at": now},
    )


def add_attachment(
    session: Session, station: OpenStation, new: NewAttachment, now: datetime
) -> None:
    """Wanted: the sender downloads it."""
    session.add(
        Attachment(
            station_id=station.id,
            case_id=new.case_id,
            entry_id=new.entry_id,
            message_key=station.seals.key("message", new.message_id),
            sealed_message_id=station.seals.seal_text(new.message_id, "attachment.message_id"),
            kind=new.kind,
            next_try_at=now,
            at=new.sent_at,
        )
    )


def list_stored_media(session: Session, case_id: int) -> list[Attachment]:
    query = select(Attachment).where(Attachment.case_id == case_id, Attachment.state == "stored")
    return list(session.exec(query.order_by(col(Attachment.id))))


def lock_messages(session: Session, station: OpenStation, message_ids: Sequence[str]) -> None:
    """Until the end of the transaction nobody else stores or erases these messages' words.

    Without it, on PostgreSQL, a text and its unsend that are handled at once would miss each other.
    """
    if message_ids and session.connection().dialect.name == "postgresql":
        keys = [station.seals.key("message", one)[:8] for one in message_ids]
        # Sorted: two workers lock in the same order.
        numbers = sorted(int.from_bytes(key, signed=True) for key in keys)
        session.connection().execute(_LOCK, {"numbers": numbers})


def find_unsent(
    session: Session, station: OpenStation, message_ids: Sequence[str]
) -> frozenset[str]:
    """Those of these messages that were taken back."""
    by_key = {station.seals.key("message", one): one for one in message_ids}
    if not by_key:
        return frozenset()
    found = session.exec(_UNSENT_ONES, params={"station": station.id, "keys": list(by_key)})
    return frozenset(by_key[key] for key in found)


def has_waiting_answer(session: Session, station: OpenStation, message_id: str) -> bool:
    """Whether our answer to this message still waits, with its words in it."""
    query = select(Outbox.id).where(
        col(Outbox.id).in_(_repeats(station, message_id)),
        Outbox.kind == "answer",
        col(Outbox.state).in_(_UNSENT),
    )
    return session.exec(query.limit(1)).first() is not None


def erase_message(
    session: Session, station: OpenStation, message_id: str, now: datetime
) -> list[str]:
    """Take one message's words and place out of every table. Returns the media files to erase.

    Rows that repeat its words and have not left are cancelled; sent ones lose their body.
    """
    key = station.seals.key("message", message_id)
    if not find_unsent(session, station, [message_id]):
        session.add(Tombstone(station_id=station.id, message_key=key, at=now))
    session.exec(delete(Words).where(col(Words.message_key) == key))
    if case := find_by_message(session, station, message_id):
        drop_place(station, case, message_id)
    repeats = select(Outbox).where(col(Outbox.id).in_(_repeats(station, message_id)))
    for row in session.exec(repeats):
        row.body = None
        if row.state in _UNSENT:
            row.state, row.final_at, row.fault = "cancelled", now, "unsent"
    media = session.exec(select(Attachment).where(Attachment.message_key == key)).all()
    for attachment in media:
        session.delete(attachment)
    return [one.file_name for one in media if one.file_name]


def _repeats(station: OpenStation, message_id: str) -> Any:
    key = station.seals.key("message", message_id)
    return select(OutboxWords.outbox_id).where(OutboxWords.message_key == key)


def list_words(session: Session, station: OpenStation, case_id: int) -> list[tuple[str, str]]:
    """(who, words) of everything said in a case and not erased, oldest first."""
    query = (
        select(CaseEntry.actor, Words.sealed)
        .join(Words, col(Words.entry_id) == CaseEntry.id)
        .where(CaseEntry.case_id == case_id)
        .order_by(col(CaseEntry.id))
    )
    return [
        (actor, station.seals.open_text(sealed, "words")) for actor, sealed in session.exec(query)
    ]
