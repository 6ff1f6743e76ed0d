"""How a station stands with LINE: the month's quota, and whether LINE takes its token.

Rows that the month holds back are parked, and come back from here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select, update

from db import outbox
from db.held import RESTORED
from db.models import Outbox, Station

UNAUTHORIZED = "unauthorized"
PARKED_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Quota:
    """`limit` is None where the plan has none. `used` is LINE's, and approximate."""

    limit: int | None
    used: int

    @property
    def is_spent(self) -> bool:
        return self.limit is not None and self.used >= self.limit


def mark_unauthorized(session: Session, station_id: int, now: datetime) -> None:
    """LINE refuses the token: nothing is claimed for the station until that is cleared."""
    station = session.get_one(Station, station_id, with_for_update=True)
    if station.line_fault != UNAUTHORIZED:
        station.line_fault, station.line_fault_at = UNAUTHORIZED, now


def is_paused(session: Session, station_id: int) -> bool:
    """Whether LINE refuses the station's token, so that asking for anything is of no use."""
    return session.get_one(Station, station_id).line_fault is not None


def clear_line_fault(session: Session, station_id: int) -> None:
    station = session.get_one(Station, station_id, with_for_update=True)
    station.line_fault, station.line_fault_at = None, None


def store_quota(session: Session, station_id: int, quota: Quota, now: datetime) -> bool:
    """Keep the reading. Where the spent month has room again, what it held back is queued.

    Returns whether this reading is the first to say that the month is spent.
    """
    station = session.get_one(Station, station_id, with_for_update=True)
    was_spent = station.quota_spent_at is not None
    station.quota_limit, station.quota_used, station.quota_read_at = quota.limit, quota.used, now
    if quota.is_spent:
        station.quota_spent_at = station.quota_spent_at or now
    elif was_spent:
        station.quota_spent_at = None
        release_parked(session, station_id, now)
    return quota.is_spent and not was_spent


def count_own_use(session: Session, station_id: int, since: datetime) -> int:
    """People to whom we pushed since then, as far as their number was known."""
    query = select(func.coalesce(func.sum(Outbox.people_count), 0)).where(
        Outbox.station_id == station_id, Outbox.state == "sent", col(Outbox.final_at) >= since
    )
    return int(session.exec(query).one() or 0)


def expire_parked(session: Session, station_id: int, now: datetime) -> int:
    """Finish what the quota parked a day ago: by now it would confuse more than help."""
    query = select(Outbox).where(
        Outbox.station_id == station_id,
        Outbox.state == "parked",
        col(Outbox.fault).is_distinct_from(RESTORED),
        Outbox.created_at <= now - PARKED_LIFE,
    )
    rows = session.exec(query.order_by(col(Outbox.id)).with_for_update()).all()
    for row in rows:
        outbox.finish(row, "expired", now, row.fault)
    return len(rows)


def release_parked(session: Session, station_id: int, now: datetime) -> None:
    """Queue again what the month's quota held back, in its old order.

    A group may be larger than what is left of a month that is not spent: its message is parked
    too, and this gives it another try. So it is called at intervals, never upon a refusal.
    """
    session.exec(
        update(Outbox)
        .where(
            col(Outbox.station_id) == station_id,
            col(Outbox.state) == "parked",
            col(Outbox.fault) == outbox.MONTH_QUOTA,
            col(Outbox.created_at) > now - PARKED_LIFE,
        )
        .values(state="queued", fault=None, next_try_at=now)
    )
