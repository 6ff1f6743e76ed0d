"""Groups whose name and size LINE is to be asked for, and what it said."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from db.models import GroupChat
from db.quota import is_paused
from db.stations import OpenStation

FRESH = timedelta(hours=24)
_PRESENT = ("joined", "registered")


@dataclass(frozen=True, slots=True)
class LookUp:
    """A group to ask LINE about; `line_id` is kept only while it is asked."""

    group_chat_id: int
    line_id: str


def has_look_up(session: Session, station_id: int, now: datetime) -> bool:
    query = select(GroupChat.id).where(
        GroupChat.station_id == station_id, col(GroupChat.look_up_due_at) <= now
    )
    is_due = session.exec(query.limit(1)).first() is not None
    return is_due and not is_paused(session, station_id)


def claim_look_ups(
    session: Session, station: OpenStation, now: datetime, hold_s: float, limit: int
) -> list[LookUp]:
    """Due groups, put off by `hold_s` so that no other sender asks too. Left ones are forgotten."""
    query = (
        select(GroupChat)
        .where(GroupChat.station_id == station.id, col(GroupChat.look_up_due_at) <= now)
        .order_by(col(GroupChat.look_up_due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = []
    for row in session.exec(query):
        if row.state not in _PRESENT:
            row.look_up_due_at = None
            continue
        row.look_up_due_at = now + timedelta(seconds=hold_s)
        line_id = station.seals.open_text(row.sealed_id, "group.id")
        claimed.append(LookUp(row.id, line_id))
    return claimed


def mark_looked_up(
    session: Session,
    station: OpenStation,
    group_chat_id: int,
    name: str | None,
    member_count: int,
    now: datetime,
) -> None:
    """`name` is None for a room: it has none. A group left meanwhile stays forgotten."""
    values: dict[str, object] = {
        "member_count": member_count,
        "looked_up_at": now,
        "look_up_due_at": now + FRESH,
    }
    if name is not None:
        values["sealed_name"] = station.seals.seal_text(name, "group.name")
    session.exec(_present(group_chat_id).values(**values))


def put_off(session: Session, group_chat_id: int, until: datetime) -> None:
    """LINE did not answer: ask again at `until`."""
    session.exec(_present(group_chat_id).values(look_up_due_at=until))


def _present(group_chat_id: int):  # type: ignore[no-untyped-def]
    return update(GroupChat).where(
        col(GroupChat.id) == group_chat_id, col(GroupChat.state).in_(_PRESENT)
    )
