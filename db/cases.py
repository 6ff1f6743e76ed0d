"""Cases, their log, and the words and media beside it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from db.models import (
    Attachment,
    Case,
    CaseEntry,
    LineMessage,
    Outbox,
    Tombstone,
    Words,
)
from db.stations import OpenStation

OPEN_STATES = ("new", "seen", "working", "waiting", "reopened", "passed_on")
LOOSE_WORDS_LIFE = timedelta(hours=72)


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


def get_case(session: Session, case_id: int) -> Case:
    """Raises LookupError."""
    case = session.get(Case, case_id)
    if case is None:
        raise LookupError(f"no case {case_id}")
    return case


def find_case(session: Session, station_id: int, reference: str) -> Case | None:
    query = select(Case).where(Case.station_id == station_id, Case.reference == reference)
    return session.exec(query).first()


def find_open_case(
    session: Session, station_id: int, reporter_id: int, since: datetime
) -> Case | None:
    """The reporter's newest open case that he opened or wrote to after `since`."""
    query = (
        select(Case)
        .where(Case.station_id == station_id, Case.reporter_id == reporter_id)
        .where(col(Case.group_chat_id).is_(None), col(Case.state).in_(OPEN_STATES))
        .where(Case.last_from_reporter_at > since)
        .order_by(col(Case.last_from_reporter_at).desc(), col(Case.id).desc())
    )
    return session.exec(query.limit(1)).first()


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


def seal_place(station: OpenStation, place: dict[str, Any]) -> bytes:
    """`place`: {"text": …, "latitude": …, "longitude": …, "name": …}, any of them absent."""
    return station.seals.seal_text(json.dumps(place), "case.place")


def open_place(station: OpenStation, case: Case) -> dict[str, Any]:
    if case.sealed_place is None:
        return {}
    place: dict[str, Any] = json.loads(station.seals.open_text(case.sealed_place, "case.place"))
    return place


def add_entry(session: Session, station: OpenStation, case_id: int, entry: NewEntry) -> CaseEntry:
    """Write the entry, its words, and the link from its LINE message to the case."""
    row = CaseEntry(
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
    session.add(row)
    session.flush()
    if entry.words:
        keep_words(session, station, entry.words, entry.message_id, entry.at, row.id)
    if entry.message_id:
        link_message(session, station, entry.message_id, case_id, entry.at)
    return row


def keep_words(
    session: Session,
    station: OpenStation,
    words: str,
    message_id: str | None,
    now: datetime,
    entry_id: int | None = None,
) -> None:
    """Words of no case go after 72 hours."""
    session.add(
        Words(
            station_id=station.id,
            entry_id=entry_id,
            message_key=station.seals.key("message", message_id) if message_id else None,
            sealed=station.seals.seal_text(words, "words"),
            at=now,
            erase_at=None if entry_id else now + LOOSE_WORDS_LIFE,
        )
    )


def link_message(
    session: Session, station: OpenStation, message_id: str, case_id: int, now: datetime
) -> None:
    key = station.seals.key("message", message_id)
    query = select(LineMessage).where(
        LineMessage.station_id == station.id, LineMessage.message_key == key
    )
    if session.exec(query).first() is None:
        session.add(LineMessage(station_id=station.id, message_key=key, case_id=case_id, at=now))
        session.flush()


def add_attachment(
    session: Session,
    station: OpenStation,
    case_id: int,
    entry_id: int,
    message_id: str,
    kind: str,
    now: datetime,
) -> None:
    """Wanted: the sender downloads it."""
    session.add(
        Attachment(
            station_id=station.id,
            case_id=case_id,
            entry_id=entry_id,
            message_key=station.seals.key("message", message_id),
            sealed_message_id=station.seals.seal_text(message_id, "attachment.message_id"),
            kind=kind,
            next_try_at=now,
            at=now,
        )
    )


def list_stored_media(session: Session, case_id: int) -> list[Attachment]:
    query = select(Attachment).where(Attachment.case_id == case_id, Attachment.state == "stored")
    return list(session.exec(query.order_by(col(Attachment.id))))


def is_unsent(session: Session, station: OpenStation, message_id: str) -> bool:
    key = station.seals.key("message", message_id)
    query = select(Tombstone.id).where(
        Tombstone.station_id == station.id, Tombstone.message_key == key
    )
    return session.exec(query).first() is not None


def erase_message(
    session: Session, station: OpenStation, message_id: str, now: datetime
) -> list[str]:
    """Take one message's words out of every table. Returns the media files to erase.

    Rows that repeat its words and have not left are cancelled; sent ones lose their body.
    """
    key = station.seals.key("message", message_id)
    if not is_unsent(session, station, message_id):
        session.add(Tombstone(station_id=station.id, message_key=key, at=now))
    session.exec(delete(Words).where(col(Words.message_key) == key))
    for row in session.exec(select(Outbox).where(Outbox.message_key == key)):
        row.body = None
        if row.state in ("queued", "parked"):
            row.state, row.final_at, row.fault = "cancelled", now, "unsent"
    media = session.exec(select(Attachment).where(Attachment.message_key == key)).all()
    for attachment in media:
        session.delete(attachment)
    return [one.file_name for one in media if one.file_name]


def list_words(session: Session, station: OpenStation, entry_ids: Sequence[int]) -> dict[int, str]:
    """The words beside these entries, opened."""
    query = select(Words).where(col(Words.entry_id).in_(entry_ids))
    return {
        row.entry_id: station.seals.open_text(row.sealed, "words")
        for row in session.exec(query)
        if row.entry_id is not None
    }
