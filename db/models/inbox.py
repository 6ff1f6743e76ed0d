"""What LINE told us: the log that is also the queue of the worker."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import SQLModel

from db.columns import blob, moment, refers, row_id, string


class InboxEvent(SQLModel, table=True):
    """One webhook event. `state`: new → handled | parked.

    `sealed` is the event itself; it is erased when handled (parked: after seven days).
    `result` says without words what came of it; `handled_at` is also the time of parking.
    """

    __tablename__ = "inbox_event"
    __table_args__ = (
        UniqueConstraint("station_id", "event_id"),
        Index(
            "ix_inbox_event_waiting",
            "conversation_key",
            "occurred_at",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        Index(
            "ix_inbox_event_parked",
            "handled_at",
            sqlite_where=text("state = 'parked'"),
            postgresql_where=text("state = 'parked'"),
        ),
    )

    id: int = row_id()
    station_id: int = refers("station.id")
    event_id: str = string(80)
    conversation_key: bytes = blob()
    occurred_at: datetime = moment()
    received_at: datetime = moment()
    has_reply_token: bool = False
    sealed: bytes | None = blob(default=None)
    state: str = string(10, default="new")
    attempts: int = 0
    next_try_at: datetime = moment()
    claimed_by: str | None = string(80, default=None)
    claimed_until: datetime | None = moment(default=None)
    kind: str | None = string(40, default=None)
    result: str | None = string(80, default=None)
    fault: str | None = string(200, default=None)
    handled_at: datetime | None = moment(default=None)
    case_id: int | None = refers("case.id", default=None)


class Tombstone(SQLModel, table=True):
    """A message unsent before it was handled: its words must never be stored."""

    __table_args__ = (UniqueConstraint("station_id", "message_key"),)

    id: int = row_id()
    station_id: int = refers("station.id")
    message_key: bytes = blob()
    at: datetime = moment()
