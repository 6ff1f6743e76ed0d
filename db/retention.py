"""What goes when its time is over. The times stand in docs/operating.md too."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, delete, select

from db.heartbeats import forget_dead
from db.models import (
    Attachment,
    Conversation,
    InboxEvent,
    Invite,
    InviteTry,
    Outbox,
    Tombstone,
    Words,
)

PARKED_LIFE = timedelta(days=7)
SENT_LIFE = timedelta(hours=24)
DRAFT_LIFE = timedelta(hours=24)
TOMBSTONE_LIFE = timedelta(days=30)
INVITE_LIFE = timedelta(days=7)
_FINAL = ("sent", "failed", "expired", "unknown", "cancelled")


def erase_due(session: Session, now: datetime) -> int:
    """Erase or empty every row whose time is over. Returns how many."""
    statements = (
        delete(Words).where(col(Words.erase_at) <= now),
        update(InboxEvent)
        .where(col(InboxEvent.state) == "parked", col(InboxEvent.sealed).is_not(None))
        .where(col(InboxEvent.handled_at) <= now - PARKED_LIFE)
        .values(sealed=None),
        update(Outbox)
        .where(col(Outbox.state).in_(_FINAL), col(Outbox.final_at) <= now - SENT_LIFE)
        .where(col(Outbox.target).is_not(None))
        .values(body=None, target=None, reply_token=None),
        update(Conversation)
        .where(col(Conversation.asked_at) <= now - DRAFT_LIFE)
        .where(col(Conversation.question).is_not(None))
        .values(question=None, question_case_id=None, draft=None),
        delete(Tombstone).where(col(Tombstone.at) <= now - TOMBSTONE_LIFE),
        delete(InviteTry).where(col(InviteTry.at) <= now - INVITE_LIFE),
        delete(Invite).where(col(Invite.expires_at) <= now - INVITE_LIFE),
    )
    erased = 0
    for statement in statements:
        done: CursorResult[Any] = session.connection().execute(statement)
        erased += done.rowcount
    forget_dead(session, now)
    return erased


def list_media_files(session: Session) -> set[str]:
    """The files that a row still names; all others in the media folder are strays."""
    query = select(Attachment.file_name).where(col(Attachment.file_name).is_not(None))
    return {name for name in session.exec(query) if name is not None}
