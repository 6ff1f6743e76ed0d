"""The outbox: messages that wait for LINE, and which of them may go now.

Knows the order of a chat, leases and what may still be tried; how LINE answered is recorded by
db.deliveries.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, text
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.models import Outbox, Station
from db.rows import insert_rows
from db.stations import OpenStation

MESSAGES_MAX = 5
# LINE forgets a retry key after 24 h: a later push under it would be a second message.
KEY_LIFE = timedelta(hours=23)
EMERGENCY = 0
MONTH_QUOTA = "month_quota"
_AS_GIVEN = (
    "retry_key", "chat_key", "kind", "priority", "to_group", "silent", "reply_only", "reply_until",
    "case_id", "group_chat_id", "alert_run_id", "people_count", "expires_at",
)  # fmt: skip

Call = Literal["reply", "push"]
Decision = Literal["reply", "push", "expire", "give_up_unknown"]


@dataclass(frozen=True, slots=True)
class NewMessage:
    """One message to one chat. `chat_key` orders the rows of a chat, `target` is its LINE id.

    `messages` are 1–5 LINE message objects; `priority`: 0 emergency, 1 conversation, 2 alert,
    3 courtesy; `kind` names it in exports ("answer", "card", "relay", "alert", "notice").
    """

    retry_key: UUID
    chat_key: bytes
    target: str
    messages: tuple[dict[str, Any], ...]
    kind: str
    priority: int
    to_group: bool = False
    silent: bool = False
    reply_only: bool = False
    reply_token: str | None = None
    reply_until: datetime | None = None
    case_id: int | None = None
    group_chat_id: int | None = None
    alert_run_id: int | None = None
    people_count: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that is ours until `row.claimed_until`, and the call that it is ours for.

    `is_first_push`: no push of it was ever begun before this claim.
    """

    row: Outbox
    call: Call
    is_first_push: bool = False


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """What goes to LINE, unsealed; kept only while it is sent."""

    target: str
    messages: list[dict[str, Any]]
    reply_token: str | None


def add_message(session: Session, station: OpenStation, message: NewMessage, now: datetime) -> int:
    """The row's id. Raises ValueError for what LINE cannot take: not 1–5 messages, no target."""
    return add_messages(session, station, [message], now)[0]


def add_messages(
    session: Session, station: OpenStation, messages: Sequence[NewMessage], now: datetime
) -> list[int]:
    """Many at once, written together; their ids. Raises ValueError as `add_message` does."""
    for message in messages:
        if not 1 <= len(message.messages) <= MESSAGES_MAX:
            raise ValueError(
                f"LINE takes 1 to {MESSAGES_MAX} messages, not {len(message.messages)}"
            )
        if not message.target:
            raise ValueError("a message needs a target")
    return insert_rows(session, Outbox, [_sealed(station, message, now) for message in messages])


def open_message(station: OpenStation, row: Outbox) -> OpenMessage | None:
    """None where the words were erased meanwhile. Raises SealFault."""
    if row.body is None or row.target is None:
        return None
    body = json.loads(station.seals.open_text(row.body, "outbox.body"))
    token = row.reply_token and station.seals.open_text(row.reply_token, "outbox.reply_token")
    target = station.seals.open_text(row.target, "outbox.target")
    return OpenMessage(target, body, token or None)


def next_call(row: Outbox, now: datetime) -> Decision:
    """What may be tried now, of a row that nobody holds.

    A token is taken off when its reply was refused for certain. A tried one that is still there
    tells of a reply that may have arrived: a person gets a push, a group is not told twice.
    News whose time is past is not begun; a push that may have arrived is repeated under its key.
    """
    if row.reply_token is not None:
        if row.reply_tried_at is not None and not may_repeat(row):
            return "give_up_unknown"
        is_young = row.reply_until is not None and row.reply_until > now
        if row.reply_tried_at is None and is_young:
            return "reply"
    if row.reply_only or (row.first_push_at is None and _is_late(row, now)):
        return "expire"
    if row.first_push_at is not None and row.first_push_at + KEY_LIFE <= now:
        return "expire"
    return "push"


def _is_late(row: Outbox, now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def may_repeat(row: Outbox) -> bool:
    """Whether a reply that may have arrived is followed by a push that may then be a second one."""
    return not row.to_group and not row.reply_only


def has_due(
    session: Session, station_id: int, now: datetime, only_emergencies: bool = False
) -> bool:
    """Whether `claim_messages` would find a row: asked without the right to write."""
    if session.get_one(Station, station_id).line_fault is not None:
        return False
    due = _is_due(station_id, now, only_emergencies)
    return session.exec(select(Outbox.id).where(due).limit(1)).first() is not None


def claim_messages(
    session: Session,
    station_id: int,
    instance: str,
    now: datetime,
    lease_s: float,
    limit: int,
    only_emergencies: bool = False,
) -> list[Claim]:
    """Lease due rows: urgent first, then longest due; in order within a chat.

    A row that can no longer go is finished here (expired, unknown), and one that the month's
    spent quota would refuse is parked. Nothing is claimed while LINE refuses the station's token.
    """
    station = session.get_one(Station, station_id)
    if station.line_fault is not None or limit <= 0:
        return []
    query = (
        select(Outbox)
        .where(_is_due(station_id, now, only_emergencies))
        .order_by(col(Outbox.priority), col(Outbox.next_try_at), col(Outbox.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    until = now + timedelta(seconds=lease_s)
    is_spent = station.quota_spent_at is not None
    rows = list(session.exec(query))
    claims = [_claim(row, now, instance, until, is_spent) for row in rows]
    return [claim for claim in claims if claim is not None]


def finish(row: Outbox, state: str, now: datetime, fault: str | None = None) -> None:
    """Bring `row` to a final state; its token is of no more use."""
    row.state, row.final_at, row.fault = state, now, fault
    row.reply_token = None
    free(row)


def park(row: Outbox, fault: str) -> None:
    """Put `row` aside until db.quota brings it back."""
    row.state, row.fault = "parked", fault
    free(row)


def free(row: Outbox) -> None:
    row.claimed_by, row.claimed_until = None, None


def cancel_waiting(
    session: Session, station_id: int, chat_key: bytes, kinds: Collection[str], now: datetime
) -> int:
    """Take back what of these kinds waits for the chat, words and all. Returns how many."""
    query = select(Outbox).where(
        Outbox.station_id == station_id,
        Outbox.chat_key == chat_key,
        col(Outbox.state).in_(("queued", "parked")),
        col(Outbox.kind).in_(kinds),
    )
    rows = list(session.exec(query.with_for_update()))
    for row in rows:
        finish(row, "cancelled", now)
        row.body = None
    return len(rows)


def count_by_state(session: Session, station_id: int) -> dict[str, int]:
    query = select(Outbox.state, func.count()).where(Outbox.station_id == station_id)
    return dict(session.exec(query.group_by(Outbox.state)).all())


def oldest_queued_at(session: Session, station_id: int) -> datetime | None:
    """When the longest waiting message was written."""
    query = select(Outbox.created_at).where(Outbox.station_id == station_id, _is_queued("outbox"))
    return session.exec(query.order_by(col(Outbox.created_at)).limit(1)).first()


def _sealed(station: OpenStation, message: NewMessage, now: datetime) -> dict[str, object]:
    seal = station.seals.seal_text
    body = json.dumps(message.messages, ensure_ascii=False, separators=(",", ":"))
    token = message.reply_token
    return {
        "station_id": station.id,
        "target": seal(message.target, "outbox.target"),
        "body": seal(body, "outbox.body"),
        "reply_token": seal(token, "outbox.reply_token") if token else None,
        "state": "queued",
        "attempts": 0,
        "next_try_at": now,
        "created_at": now,
        **{name: getattr(message, name) for name in _AS_GIVEN},
    }


def _claim(
    row: Outbox, now: datetime, instance: str, until: datetime, is_spent: bool
) -> Claim | None:
    """What is about to be tried is written down first, so that a crash leaves a trace."""
    decision = next_call(row, now)
    if decision == "give_up_unknown":
        finish(row, "unknown", now, "reply_outcome")
    elif decision == "expire":
        finish(row, "expired", now, row.fault)
    elif decision == "push" and is_spent and row.priority > EMERGENCY:
        park(row, MONTH_QUOTA)
    else:
        row.claimed_by, row.claimed_until = instance, until
        is_first = row.first_push_at is None
        if decision == "reply":
            row.reply_tried_at = now
        else:
            row.first_push_at = row.first_push_at or now
        return Claim(row, decision, is_first)
    return None


def _is_due(station_id: int, now: datetime, only_emergencies: bool) -> ColumnElement[bool]:
    is_free = or_(col(Outbox.claimed_until).is_(None), col(Outbox.claimed_until) <= now)
    terms: list[ColumnElement[bool]] = [
        _is_queued("outbox"),
        col(Outbox.station_id) == station_id,
        col(Outbox.next_try_at) <= now,
        is_free,
    ]
    if only_emergencies:
        terms.append(col(Outbox.priority) == EMERGENCY)
    terms.append(~_has_earlier())
    return and_(*terms)


def _has_earlier() -> ColumnElement[bool]:
    """An older row of the chat still waits. An emergency waits only for an older emergency.

    One that the month's quota holds does not count: the free replies that follow it can go.
    """
    earlier = aliased(Outbox, name="earlier")
    return exists(
        select(earlier.id).where(
            _is_queued("earlier"),
            earlier.chat_key == Outbox.chat_key,
            earlier.id < Outbox.id,
            or_(col(Outbox.priority) > EMERGENCY, col(earlier.priority) <= EMERGENCY),
            earlier.station_id == Outbox.station_id,
            or_(col(earlier.fault).is_(None), col(earlier.fault) != MONTH_QUOTA),
        )
    )


def _is_queued(table: str) -> ColumnElement[bool]:
    """Spelled out, because a bound value would hide from the database that its index fits."""
    return text(f"{table}.state = 'queued'")  # type: ignore[return-value]
