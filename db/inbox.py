"""The inbox: events in as the webhook took them, out to the worker in order, one a conversation.

Every query that looks for waiting events spells `state = 'new'` out: with a bound parameter
neither database uses the partial index, and a claim would read every handled row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Insert,
    Select,
    Table,
    and_,
    bindparam,
    collate,
    delete,
    exists,
    func,
    literal_column,
    or_,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from db.columns import UtcDateTime
from db.models import InboxEvent, Station

MAX_FAILURES = 5
# A worker that dies leaves its lease behind. So many times means that the event kills it.
MAX_LEASES = 20
# So often leased in vain, an event is claimed alone: if it kills its worker, then no other's
# attempts are counted along with its own.
_SUSPECT = 3
# About as long as the sealed event of a text message.
_PROBE_BYTES = 1000

_TABLE: Table = InboxEvent.__table__  # type: ignore[attr-defined]
_NEW: ColumnElement[str] = literal_column("'new'")
_PARKED: ColumnElement[str] = literal_column("'parked'")


def _is_due() -> ColumnElement[bool]:
    """Waiting, not leased, and neither behind nor beside another event of its conversation.

    Takes the parameter `now`; built once, since the worker asks many times a second.
    """
    now: ColumnElement[datetime] = bindparam("now", type_=UtcDateTime())
    row, other = _TABLE.c, _TABLE.alias("other").c
    is_before = tuple_(other.occurred_at, other.id) < tuple_(row.occurred_at, row.id)
    goes_first = exists().where(
        other.state == _NEW,
        other.conversation_key == row.conversation_key,
        other.id != row.id,
        or_(is_before, other.claimed_until > now),
    )
    is_free = or_(row.claimed_until.is_(None), row.claimed_until <= now)
    return and_(row.state == _NEW, row.next_try_at <= now, is_free, ~goes_first)


def _store(insert: Callable[[Table], Any]) -> Insert:
    statement = insert(_TABLE).inline()
    newer = statement.excluded.received_at
    done: Insert = statement.on_conflict_do_update(
        index_elements=["station_id", "event_id"],
        set_={"received_at": newer},
        where=and_(_TABLE.c.state == _NEW, _TABLE.c.received_at < newer),
    )
    return done


def _claimed(event_id: ColumnElement[str]) -> Select[int, datetime, bytes]:
    return (
        select(_TABLE.c.id, _TABLE.c.received_at, _TABLE.c.conversation_key)
        .where(_TABLE.c.id.in_(bindparam("rows", expanding=True)))
        .where(_TABLE.c.claimed_by == bindparam("instance"), _TABLE.c.state == _NEW)
        .order_by(_TABLE.c.station_id, event_id)
        .with_for_update()
    )


_STORE = {"sqlite": _store(sqlite.insert), "postgresql": _store(postgresql.insert)}
_IS_DUE = _is_due()
_FIRST_DUE = select(InboxEvent.id).where(_IS_DUE).limit(1)
_CLAIMED = {
    # In the order in which the webhook stores repeats, so that neither waits for the other.
    "postgresql": _claimed(collate(_TABLE.c.event_id, "C")),
    "sqlite": _claimed(_TABLE.c.event_id),
}
_HANDLED = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("row"))
    .values(
        state="handled", sealed=None, claimed_by=None, claimed_until=None, fault=None,
        handled_at=bindparam("at"), kind=bindparam("what"), result=bindparam("came"),
        case_id=bindparam("touched"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as the webhook stores it; `sealed` holds its JSON."""

    station_id: int
    event_id: str
    conversation_key: bytes
    occurred_at: datetime
    received_at: datetime
    has_reply_token: bool
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """What the inbox knows of an event besides its sealed bytes."""

    received_at: datetime
    conversation_key: bytes


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of an event; `kind` and `result` name it without words."""

    row_id: int
    at: datetime
    kind: str
    result: str
    case_id: int | None = None


def store_events(session: Session, events: Sequence[NewEvent]) -> int:
    """Store what is not there yet. Returns how many different events were given.

    A repeat of an event that waits only renews `received_at`, since LINE renews its token;
    a repeat of a handled one changes nothing. One id twice in `events` is stored once.
    """
    if not events:
        return 0
    unique = {(event.station_id, event.event_id): event for event in events}
    # Sorted: two processes that store the same events lock them in the same order.
    rows = [_as_row(unique[key]) for key in sorted(unique)]
    connection = session.connection()
    connection.execute(_STORE[connection.dialect.name], rows)
    return len(rows)


def check_writable(session: Session) -> None:
    """Raises what storing an event would raise, also at the commit; leaves nothing behind.

    An event that is stored and taken out again is written all the same (pages, indexes, log),
    so that a full disk shows. Without a station there is nothing to store.
    """
    station_id = session.exec(select(Station.id).limit(1)).first()
    if station_id is None:
        return
    event_id, long_ago = f"check-{uuid4()}", datetime(1970, 1, 1, tzinfo=UTC)
    probe = NewEvent(station_id, event_id, b"", long_ago, long_ago, False, bytes(_PROBE_BYTES))
    store_events(session, [probe])
    session.connection().execute(
        delete(_TABLE).where(_TABLE.c.station_id == station_id, _TABLE.c.event_id == event_id)
    )


def claim_events(
    session: Session, instance: str, now: datetime, lease_s: float, limit: int
) -> list[InboxEvent]:
    """Lease the oldest due events, at most one of a conversation, to `instance`.

    An event waits while an earlier one of its conversation is unhandled, also while that one
    backs off; several workers may call this at once. An event that was leased in vain before
    comes alone.
    """
    query = (
        select(InboxEvent)
        .where(_IS_DUE)
        .order_by(col(InboxEvent.occurred_at), col(InboxEvent.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=InboxEvent)
        .execution_options(populate_existing=True)
    )
    rows = _apart(list(session.exec(query, params={"now": now})))
    for row in rows:
        row.attempts += 1
        row.claimed_by, row.claimed_until = instance, now + timedelta(seconds=lease_s)
        if row.attempts > MAX_LEASES:
            _park(row, now, "its worker died each time")
    session.flush()
    return [row for row in rows if row.state == "new"]


def _apart(rows: list[InboxEvent]) -> list[InboxEvent]:
    well = [row for row in rows if row.attempts < _SUSPECT]
    return rows[:1] if rows and rows[0].attempts >= _SUSPECT else well


def lock_claimed(session: Session, row_ids: Sequence[int], instance: str) -> dict[int, Held]:
    """Of these, by id, those that are still this worker's, locked.

    Another worker may have taken one over, or handled it.
    """
    asked = {"rows": list(row_ids), "instance": instance}
    connection = session.connection()
    found = connection.execute(_CLAIMED[connection.dialect.name], asked)
    return {row_id: Held(received_at, key) for row_id, received_at, key in found}


def release_events(session: Session, row_ids: Sequence[int], instance: str) -> None:
    """Give back claimed events that were not handled, through no fault of theirs: the lease does
    not count as an attempt.
    """
    if not row_ids:
        return
    session.connection().execute(
        update(_TABLE)
        .where(_TABLE.c.id.in_(row_ids), _TABLE.c.claimed_by == instance)
        .where(_TABLE.c.state == _NEW)
        .values(attempts=_TABLE.c.attempts - 1, claimed_by=None, claimed_until=None)
    )


def mark_handled(session: Session, handled: Sequence[Handled]) -> None:
    """The sealed events are erased."""
    if not handled:
        return
    rows = [
        {
            "row": one.row_id,
            "at": one.at,
            "what": one.kind[:40],
            "came": one.result[:80],
            "touched": one.case_id,
        }
        for one in handled
    ]
    session.connection().execute(_HANDLED, rows)


def mark_failed(
    session: Session, row_id: int, instance: str, now: datetime, fault: str, kind: str
) -> None:
    """Try again after 1, 2, 4, 8 s; park after the fifth time. Not ours any more: no change.

    `fault` is the fault's type, never its message. A parked event keeps its seal (for seven
    days, by retention) and has `handled_at` as the time of parking.
    """
    if row_id not in lock_claimed(session, [row_id], instance):
        return
    row = session.get_one(InboxEvent, row_id)
    row.fault, row.kind = fault[:200], kind[:40]
    if row.attempts >= MAX_FAILURES:
        _park(row, now, row.fault)
    else:
        row.next_try_at = now + timedelta(seconds=2 ** (row.attempts - 1))
        row.claimed_by = row.claimed_until = None
    session.add(row)


def has_due(session: Session, now: datetime) -> bool:
    """Whether a claim would find something. Reads only."""
    return session.exec(_FIRST_DUE, params={"now": now}).first() is not None


def count_by_state(session: Session) -> dict[str, int]:
    """How many events wait (`new`) and how many are parked and could be tried again (`parked`).

    Handled ones are not counted: there may be millions, and the webhook's counter tells.
    """
    states = {"new": _NEW, "parked": _PARKED}
    counted = select(*[_count(state).label(name) for name, state in states.items()])
    row = session.connection().execute(counted).one()
    return dict(zip(states, row, strict=True))


def oldest_new_at(session: Session) -> datetime | None:
    """When the longest-waiting unhandled event came in."""
    query = select(func.min(InboxEvent.received_at)).where(col(InboxEvent.state) == _NEW)
    return session.exec(query).one()


def list_parked(session: Session, station_id: int, limit: int = 100) -> list[InboxEvent]:
    """The newest first, as long as their seal is there: without, nothing can be done any more."""
    query = (
        select(InboxEvent)
        .where(InboxEvent.station_id == station_id, col(InboxEvent.state) == _PARKED)
        .where(col(InboxEvent.sealed).is_not(None))
        .order_by(col(InboxEvent.handled_at).desc(), col(InboxEvent.id).desc())
    )
    return list(session.exec(query.limit(limit)))


def retry_parked(session: Session, station_id: int, row_ids: Sequence[int], now: datetime) -> int:
    """Put parked events back among the waiting ones. Returns how many could be."""
    done: CursorResult[Any] = session.connection().execute(
        update(_TABLE)
        .where(_TABLE.c.station_id == station_id, _TABLE.c.id.in_(row_ids))
        .where(_TABLE.c.state == _PARKED, _TABLE.c.sealed.is_not(None))
        .values(state="new", attempts=0, next_try_at=now, handled_at=None, fault=None)
    )
    return done.rowcount


def _as_row(event: NewEvent) -> dict[str, object]:
    return {
        "station_id": event.station_id,
        "event_id": event.event_id,
        "conversation_key": event.conversation_key,
        "occurred_at": event.occurred_at,
        "received_at": event.received_at,
        "has_reply_token": event.has_reply_token,
        "sealed": event.sealed,
        "state": "new",
        "attempts": 0,
        "next_try_at": event.received_at,
    }


def _park(row: InboxEvent, now: datetime, fault: str) -> None:
    row.state, row.handled_at, row.fault = "parked", now, fault
    row.claimed_by = row.claimed_until = None


def _count(state: ColumnElement[str]) -> ColumnElement[int]:
    is_whole = _TABLE.c.sealed.is_not(None)
    counted = select(func.count()).select_from(_TABLE).where(_TABLE.c.state == state, is_whole)
    return counted.scalar_subquery()
