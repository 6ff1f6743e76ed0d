"""What we tell LINE: one row is one message to one chat, and the log of how it went."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.columns import blob, moment, refers, row_id, string


class Outbox(SQLModel, table=True):
    """`state`: queued → sent | failed | expired | parked | unknown | cancelled.

    `retry_key` goes out as X-Line-Retry-Key, is stored before the first call and lives 24 h.
    `body` is the JSON list of LINE message objects (1–5), sealed; it never changes.
    `priority`: 0 emergency, 1 conversation, 2 alert, 3 courtesy. `chat_key` orders a chat's rows.
    `expires_at`: news only until then (an alert's due time and its grace); not tried after it.
    `reply_only` rows are not worth a push: without a young token they expire.
    `reply_tried_at` is set before the one reply call: after a crash we know it may have left.
    """

    __table_args__ = (
        UniqueConstraint("alert_run_id", "chat_key"),
        Index(
            "ix_outbox_queued",
            "priority",
            "next_try_at",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_outbox_chat",
            "chat_key",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
    )

    id: int = row_id()
    station_id: int = refers("station.id")
    retry_key: UUID = Field(unique=True)
    chat_key: bytes = blob()
    target: bytes | None = blob(default=None)
    body: bytes | None = blob(default=None)
    kind: str = string(30)
    priority: int = 1
    to_group: bool = False
    silent: bool = False
    reply_only: bool = False
    reply_token: bytes | None = blob(default=None)
    reply_until: datetime | None = moment(default=None)
    reply_tried_at: datetime | None = moment(default=None)
    state: str = string(10, default="queued")
    attempts: int = 0
    next_try_at: datetime = moment()
    claimed_by: str | None = string(80, default=None)
    claimed_until: datetime | None = moment(default=None)
    created_at: datetime = moment()
    first_push_at: datetime | None = moment(default=None)
    final_at: datetime | None = moment(default=None, index=True)
    fault: str | None = string(80, default=None)
    expires_at: datetime | None = moment(default=None)
    people_count: int | None = None
    case_id: int | None = refers("case.id", default=None, index=True)
    group_chat_id: int | None = refers("group_chat.id", default=None)
    alert_run_id: int | None = refers("alert_run.id", default=None, index=True)


class OutboxWords(SQLModel, table=True):
    """Whose words a row repeats (`message_key` as in words), so that unsend finds them."""

    __tablename__ = "outbox_words"

    id: int = row_id()
    outbox_id: int = refers("outbox.id", index=True)
    message_key: bytes = blob(index=True)


class SendAttempt(SQLModel, table=True):
    """One call to LINE. `status` is HTTP's, 0 where no answer came."""

    __tablename__ = "send_attempt"

    id: int = row_id()
    station_id: int = refers("station.id")
    outbox_id: int = refers("outbox.id", index=True)
    at: datetime = moment()
    call: str = string(10)
    status: int
    outcome: str = string(20)
    request_id: str | None = string(80, default=None)
    duration_ms: int


class LineMessage(SQLModel, table=True):
    """Finds the case of a quoted message: `message_key` is HMAC(LINE message id)."""

    __tablename__ = "line_message"
    __table_args__ = (UniqueConstraint("station_id", "message_key"),)

    id: int = row_id()
    station_id: int = refers("station.id")
    message_key: bytes = blob()
    case_id: int = refers("case.id", index=True)
    outbox_id: int | None = refers("outbox.id", default=None)
    at: datetime = moment()
