"""Messages that a restored backup had still to send: held until somebody has looked at them.

What happened after the backup was made is not known: they may have been sent since, and LINE
forgets a retry key after 24 hours, so that sending one blindly could say it twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db import outbox
from db.models import Outbox

RESTORED = "restored"
# What nobody has looked at by then ends unsent (db.retention).
LIFE = timedelta(days=7)
_UNSENT = ("queued", "parked")


def hold_unsent(session: Session, now: datetime) -> int:
    """Park every unsent row. Returns how many. `next_try_at` becomes the time of restoring.

    Reply tokens are dead by now; what was worth only a reply is over.
    """
    count = 0
    for row in session.exec(select(Outbox).where(col(Outbox.state).in_(_UNSENT))):
        row.reply_token, row.next_try_at = None, now
        if row.reply_only:
            outbox.finish(row, "expired", now, RESTORED)
        else:
            outbox.park(row, RESTORED)
            count += 1
    return count


def list_held(session: Session, station_id: int) -> list[Outbox]:
    """The oldest first."""
    return list(session.exec(_held(station_id).order_by(col(Outbox.id))))


def release(
    session: Session,
    station_id: int,
    row_ids: Sequence[int],
    new_keys: Sequence[UUID],
    now: datetime,
) -> int:
    """Queue held rows again; `new_keys` has one for each. Returns how many there were.

    LINE still knows a retry key that is younger than a day and answers a second push with 409. An
    older one says nothing any more: the row gets a new one, and whoever released it has decided.
    """
    rows = _lock(session, station_id, row_ids)
    for row, key in zip(rows, new_keys, strict=False):
        if row.first_push_at is not None and row.first_push_at + outbox.KEY_LIFE <= now:
            row.retry_key, row.first_push_at = key, None
        row.state, row.fault, row.next_try_at = "queued", None, now
    return len(rows)


def drop(session: Session, station_id: int, row_ids: Sequence[int], now: datetime) -> int:
    """End held rows unsent. Returns how many there were."""
    rows = _lock(session, station_id, row_ids)
    for row in rows:
        outbox.finish(row, "cancelled", now, RESTORED)
    return len(rows)


def _lock(session: Session, station_id: int, row_ids: Sequence[int]) -> list[Outbox]:
    query = _held(station_id).where(col(Outbox.id).in_(row_ids)).order_by(col(Outbox.id))
    return list(session.exec(query.with_for_update()))


def _held(station_id: int) -> SelectOfScalar[Outbox]:
    return select(Outbox).where(
        Outbox.station_id == station_id, Outbox.state == "parked", Outbox.fault == RESTORED
    )
