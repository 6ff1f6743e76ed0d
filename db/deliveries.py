"""What came of a claimed outbox row: its attempts, its new state, and what else LINE let us know.

The sender decides and hands over a `Result`; here it is only written down, in the caller's
transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Table
from sqlalchemy import insert as insert_into
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from db import outbox, quota
from db.chats import find_group
from db.models import GroupChat, LineMessage, Outbox, SendAttempt
from db.quota import Quota
from db.stations import OpenStation

_LINE_MESSAGE: Table = LineMessage.__table__  # type: ignore[attr-defined]
_NEW_ATTEMPT = insert_into(SendAttempt).inline()

Action = Literal["sent", "again", "failed", "unknown", "parked"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to LINE. `status` is HTTP's, 0 where no answer came."""

    at: datetime
    call: outbox.Call
    status: int
    outcome: str
    request_id: str | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Result:
    """A decision on one row. `wait_s` counts only where it goes again.

    `reply`: "keep" its token as it is, "over" (refused for certain, or the person gets a push
    instead), or "untried" (no call with it left this machine).
    `is_push_untried`: no push of the row was ever begun that LINE may have carried out.
    """

    outbox_id: int
    action: Action
    attempts: tuple[Attempt, ...] = ()
    fault: str | None = None
    wait_s: float = 0.0
    reply: Literal["keep", "over", "untried"] = "keep"
    is_push_untried: bool = False
    message_ids: tuple[str, ...] = ()
    is_group_gone: bool = False
    is_unauthorized: bool = False
    quota: Quota | None = None


def record(
    session: Session, station: OpenStation, instance: str, results: Sequence[Result], now: datetime
) -> bool:
    """Write `results` down. Returns whether they are the first to say that the month is spent.

    A row that is no longer ours (its lease ran out, or it was cancelled) keeps its state, unless
    LINE accepted it: then it is sent, whatever others made of it.
    """
    if not results:
        return False
    rows = _lock_rows(session, {result.outbox_id for result in results})
    known = [result for result in results if result.outbox_id in rows]
    is_spent_now = False
    for result in known:
        row = rows[result.outbox_id]
        for attempt in result.attempts:
            _count_attempt(row, attempt)
        is_spent_now |= _record_findings(session, station, row, result, now)
        if result.action == "sent":
            mark_sent(session, station, row, result, now)
        elif row.state == "queued" and row.claimed_by == instance:
            _mark_unsent(row, result, now)
    _keep_attempts(session, station, known)
    _link_messages(session, station, [(rows[one.outbox_id], one) for one in known], now)
    return is_spent_now


def _lock_rows(session: Session, ids: Collection[int]) -> dict[int, Outbox]:
    """In the order of their ids, so that two senders cannot wait for each other."""
    query = select(Outbox).where(col(Outbox.id).in_(ids)).order_by(col(Outbox.id))
    return {row.id: row for row in session.exec(query.with_for_update())}


def _count_attempt(row: Outbox, attempt: Attempt) -> None:
    row.attempts += 1
    if attempt.call == "push":
        row.first_push_at = row.first_push_at or attempt.at


def _keep_attempts(session: Session, station: OpenStation, results: Sequence[Result]) -> None:
    rows = [
        {
            "station_id": station.id,
            "outbox_id": result.outbox_id,
            "at": attempt.at,
            "call": attempt.call,
            "status": attempt.status,
            "outcome": attempt.outcome,
            "request_id": attempt.request_id and attempt.request_id[:80],
            "duration_ms": attempt.duration_ms,
        }
        for result in results
        for attempt in result.attempts
    ]
    if rows:
        session.connection().execute(_NEW_ATTEMPT, rows)


def mark_sent(
    session: Session, station: OpenStation, row: Outbox, result: Result, now: datetime
) -> None:
    """LINE accepted it."""
    call = result.attempts[-1].call if result.attempts else "push"
    row.people_count = _people_reached(session, station, row, call)
    outbox.finish(row, "sent", now)


def _mark_unsent(row: Outbox, result: Result, now: datetime) -> None:
    if result.reply == "over":
        row.reply_token = None
    elif result.reply == "untried":
        row.reply_tried_at = None
    if result.is_push_untried and row.expires_at is not None:
        # Else its key's 23 hours would count as time in which it may still be sent.
        row.first_push_at = None
    if result.action == "again":
        row.next_try_at, row.fault = now + timedelta(seconds=result.wait_s), result.fault
        outbox.free(row)
    elif result.action == "parked":
        outbox.park(row, result.fault or outbox.MONTH_QUOTA)
    else:
        outbox.finish(row, result.action, now, result.fault)


def _record_findings(
    session: Session, station: OpenStation, row: Outbox, result: Result, now: datetime
) -> bool:
    is_spent_now = False
    if result.is_unauthorized:
        quota.mark_unauthorized(session, row.station_id, now)
    if result.quota is not None:
        is_spent_now = quota.store_quota(session, row.station_id, result.quota, now)
    group = _find_group(session, station, row) if result.is_group_gone else None
    if group is not None and group.state != "left":
        group.state, group.look_up_due_at = "inactive", None
    return is_spent_now


def _people_reached(
    session: Session, station: OpenStation, row: Outbox, call: outbox.Call
) -> int | None:
    """What the month's quota pays for: nobody by reply, everybody in the chat by push."""
    if call == "reply":
        return 0
    if row.people_count is not None or not row.to_group:
        return row.people_count if row.people_count is not None else 1
    group = _find_group(session, station, row)
    return group.member_count if group is not None else None


def _find_group(session: Session, station: OpenStation, row: Outbox) -> GroupChat | None:
    """An answer into a group carries no id of the group's row: its target tells."""
    if row.group_chat_id is not None:
        return session.get(GroupChat, row.group_chat_id)
    if row.target is None:
        return None
    return find_group(session, station, station.seals.open_text(row.target, "outbox.target"))


def _link_messages(
    session: Session, station: OpenStation, done: Sequence[tuple[Outbox, Result]], now: datetime
) -> None:
    """What was sent of a case is found by its id when somebody quotes it. A 409 repeats ids."""
    values: list[dict[str, Any]] = [
        {
            "station_id": row.station_id,
            "message_key": station.seals.key("message", message_id),
            "case_id": row.case_id,
            "outbox_id": row.id,
            "at": now,
        }
        for row, result in done
        if row.case_id is not None and result.action == "sent"
        for message_id in result.message_ids
    ]
    if values:
        connection = session.connection()
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(insert(_LINE_MESSAGE).inline().on_conflict_do_nothing(), values)
