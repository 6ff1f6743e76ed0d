"""Photos, videos, voices and files that people sent, from wanted to stored.

A row that was unsent meanwhile is gone or no longer wanted: then nothing is recorded, and whoever
wrote the file must erase it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, or_
from sqlmodel import Session, col, select, update

from db.models import Attachment
from db.quota import is_paused
from db.stations import OpenStation


@dataclass(frozen=True, slots=True)
class Wanted:
    """One download that is ours for a while; `message_id` is kept only meanwhile."""

    id: int
    message_id: str
    attempts: int
    at: datetime


def has_wanted(session: Session, station_id: int, now: datetime) -> bool:
    query = select(Attachment.id).where(_is_due(station_id, now)).limit(1)
    return not is_paused(session, station_id) and session.exec(query).first() is not None


def claim_attachments(
    session: Session,
    station: OpenStation,
    instance: str,
    now: datetime,
    lease_s: float,
    limit: int,
) -> list[Wanted]:
    """Lease due downloads, the longest due first. The attempt counts from here."""
    if is_paused(session, station.id):
        return []
    query = (
        select(Attachment)
        .where(_is_due(station.id, now))
        .order_by(col(Attachment.next_try_at), col(Attachment.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = []
    for row in session.exec(query):
        row.claimed_by, row.claimed_until = instance, now + timedelta(seconds=lease_s)
        row.attempts += 1
        message_id = station.seals.open_text(row.sealed_message_id, "attachment.message_id")
        claimed.append(Wanted(row.id, message_id, row.attempts, row.at))
    return claimed


def renew_lease(session: Session, attachment_id: int, instance: str, until: datetime) -> bool:
    """A large video takes its time. False where it is no longer wanted, or not from us."""
    return _change(session, attachment_id, instance, claimed_until=until)


def mark_stored(
    session: Session,
    attachment_id: int,
    instance: str,
    file_name: str,
    content_type: str | None,
    byte_count: int,
) -> bool:
    """False where it is no longer wanted: the file must be erased then."""
    return _change(
        session,
        attachment_id,
        instance,
        state="stored",
        file_name=file_name,
        content_type=content_type and content_type[:80],
        byte_count=byte_count,
        fault=None,
        **_FREE,
    )


def mark_gone(session: Session, attachment_id: int, instance: str, fault: str) -> bool:
    """LINE has it no more: unsent, or too old."""
    return _change(session, attachment_id, instance, state="gone", fault=fault, **_FREE)


def mark_failed(session: Session, attachment_id: int, instance: str, fault: str) -> bool:
    return _change(session, attachment_id, instance, state="failed", fault=fault, **_FREE)


def mark_later(
    session: Session, attachment_id: int, instance: str, next_try_at: datetime, fault: str | None
) -> bool:
    changes = {"next_try_at": next_try_at, "fault": fault, **_FREE}
    return _change(session, attachment_id, instance, **changes)


_FREE: dict[str, Any] = {"claimed_by": None, "claimed_until": None}


def _change(session: Session, attachment_id: int, instance: str, **values: Any) -> bool:
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Attachment)
        .where(
            col(Attachment.id) == attachment_id,
            col(Attachment.state) == "wanted",
            col(Attachment.claimed_by) == instance,
        )
        .values(**values)
    )
    return result.rowcount == 1


def _is_due(station_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(
        col(Attachment.station_id) == station_id,
        col(Attachment.state) == "wanted",
        col(Attachment.next_try_at) <= now,
        or_(col(Attachment.claimed_until).is_(None), col(Attachment.claimed_until) <= now),
    )
