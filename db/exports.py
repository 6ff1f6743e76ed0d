"""What leaves as an export: rows as plain values, without LINE ids; words only when asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db.cases import list_words
from db.models import AlertRun, Case, CaseEntry, InboxEvent, Outbox, Staff, Words
from db.places import find_place
from db.stations import OpenStation

Row = dict[str, Any]
_PAGE = 500
_CASE = (
    "ref", "alias", "label", "category", "confidence", "state", "resolution", "holder",
    "from_group", "opened_at", "seen_at", "taken_at", "closed_at",
)  # fmt: skip
_CASE_WORDS = ("place", "latitude", "longitude", "text")
_MESSAGE = ("direction", "case", "event_id", "at", "kind", "state", "result")
_DELIVERY = (
    "id", "kind", "state", "attempts", "alert", "run", "group", "to_group", "people", "fault",
    "created_at", "final_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as they are read, and the names of their columns, also where there is no row."""

    columns: tuple[str, ...]
    rows: Iterator[Row]


def list_cases(session: Session, station: OpenStation, with_text: bool = False) -> Table:
    """One row a case, oldest first. `text`: who said what, as far as it is not erased."""
    columns = _CASE + (_CASE_WORDS if with_text else ())
    return Table(columns, _cases(session, station, with_text))


def _cases(session: Session, station: OpenStation, with_text: bool) -> Iterator[Row]:
    query = select(Case).where(Case.station_id == station.id).order_by(col(Case.id))
    holders = _staff_names(session, station)
    for case in session.exec(query.execution_options(yield_per=_PAGE)):
        row = {
            "ref": case.reference,
            "alias": case.alias,
            "label": case.label,
            "category": case.category,
            "confidence": round(case.confidence, 3),
            "state": case.state,
            "resolution": case.resolution,
            "holder": holders.get(case.holder_id or 0),
            "from_group": case.group_chat_id is not None,
            "opened_at": _iso(case.opened_at),
            "seen_at": _iso(case.seen_at),
            "taken_at": _iso(case.taken_at),
            "closed_at": _iso(case.closed_at),
        }
        if with_text:
            place = find_place(station, case)
            row["place"] = place.text
            row["latitude"], row["longitude"] = place.latitude, place.longitude
            said = list_words(session, station, case.id)
            row["text"] = "\n".join(f"{who}: {words}" for who, words in said) or None
        yield row


def list_messages(session: Session, station: OpenStation, with_text: bool = False) -> Table:
    """Every event from LINE and every message to LINE, oldest first.

    Incoming rows: what came and what came of it. Outgoing rows: what kind and how it stands.
    `text` (of cases only) where asked for and not erased.
    """
    columns = _MESSAGE + (("text",) if with_text else ())
    return Table(columns, _messages(session, station, with_text))


def _messages(session: Session, station: OpenStation, with_text: bool) -> Iterator[Row]:
    references = dict(
        session.exec(select(Case.id, Case.reference).where(Case.station_id == station.id)).all()
    )
    yield from _incoming(session, station, references, with_text)
    yield from _outgoing(session, station, references)


def list_deliveries(session: Session, station: OpenStation) -> Table:
    """One row a message to LINE; `id` is its retry key."""
    return Table(_DELIVERY, _deliveries(session, station))


def _deliveries(session: Session, station: OpenStation) -> Iterator[Row]:
    query = select(Outbox).where(Outbox.station_id == station.id).order_by(col(Outbox.id))
    for row in session.exec(query.execution_options(yield_per=_PAGE)):
        yield {
            "id": str(row.retry_key),
            "kind": row.kind,
            "state": row.state,
            "attempts": row.attempts,
            "alert": _alert_of(session, row.alert_run_id),
            "run": row.alert_run_id,
            "group": row.group_chat_id,
            "to_group": row.to_group,
            "people": row.people_count,
            "fault": row.fault,
            "created_at": _iso(row.created_at),
            "final_at": _iso(row.final_at),
        }


def _incoming(
    session: Session, station: OpenStation, references: dict[int, str], with_text: bool
) -> Iterator[Row]:
    query = select(InboxEvent).where(InboxEvent.station_id == station.id)
    words = _words_by_event(session, station) if with_text else {}
    for event in session.exec(
        query.order_by(col(InboxEvent.id)).execution_options(yield_per=_PAGE)
    ):
        row = {
            "direction": "in",
            "case": references.get(event.case_id or 0),
            "event_id": event.event_id,
            "at": _iso(event.occurred_at),
            "kind": event.kind,
            "state": event.state,
            "result": event.result or event.fault,
        }
        if with_text:
            row["text"] = words.get(event.event_id)
        yield row


def _outgoing(session: Session, station: OpenStation, references: dict[int, str]) -> Iterator[Row]:
    query = select(Outbox).where(Outbox.station_id == station.id).order_by(col(Outbox.id))
    for row in session.exec(query.execution_options(yield_per=_PAGE)):
        yield {
            "direction": "out",
            "case": references.get(row.case_id or 0),
            "event_id": None,
            "at": _iso(row.created_at),
            "kind": row.kind,
            "state": row.state,
            "result": row.fault,
        }


def _words_by_event(session: Session, station: OpenStation) -> dict[str, str]:
    query = (
        select(CaseEntry.event_id, Words.sealed)
        .join(Words, col(Words.entry_id) == CaseEntry.id)
        .where(CaseEntry.station_id == station.id, col(CaseEntry.event_id).is_not(None))
    )
    said: dict[str, list[str]] = {}
    for event_id, sealed in session.exec(query.order_by(col(CaseEntry.id), col(Words.id))):
        said.setdefault(str(event_id), []).append(station.seals.open_text(sealed, "words"))
    return {event_id: "\n".join(texts) for event_id, texts in said.items()}


def _alert_of(session: Session, run_id: int | None) -> int | None:
    run = session.get(AlertRun, run_id) if run_id is not None else None
    return run.alert_id if run else None


def _staff_names(session: Session, station: OpenStation) -> dict[int, str]:
    query = select(Staff).where(Staff.station_id == station.id)
    return {staff.id: staff.name for staff in session.exec(query)}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
