"""A case, its log, and beside the log the words and media that can be erased."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.columns import blob, moment, refers, row_id, string


class Case(SQLModel, table=True):
    """One thing that happened or is asked for. `version` settles races between doors.

    `sealed_place` holds what each message told of the place (see db.places), sealed.
    `answered_at`: when staff last wrote to the reporter; what he says then belongs here.
    """

    __table_args__ = (UniqueConstraint("station_id", "reference"),)

    id: int = row_id()
    station_id: int = refers("station.id")
    reference: str = string(12)
    alias: str = string(60)
    label: str = string(20)
    category: str = string(30)
    confidence: float
    state: str = string(20)
    reporter_id: int | None = refers("person.id", default=None, index=True)
    group_chat_id: int | None = refers("group_chat.id", default=None)
    holder_id: int | None = refers("staff.id", default=None)
    sealed_place: bytes | None = blob(default=None)
    opened_at: datetime = moment()
    last_from_reporter_at: datetime = moment()
    answered_at: datetime | None = moment(default=None)
    seen_at: datetime | None = moment(default=None)
    taken_at: datetime | None = moment(default=None)
    closed_at: datetime | None = moment(default=None)
    resolution: str | None = string(30, default=None)
    version: int = 1


class CaseEntry(SQLModel, table=True):
    """One line of a case's log. Append-only (a trigger holds it); facts, never words."""

    __tablename__ = "case_entry"

    id: int = row_id()
    station_id: int = refers("station.id")
    case_id: int = refers("case.id", index=True)
    at: datetime = moment()
    kind: str = string(30)
    direction: str | None = string(5, default=None)
    actor: str = string(20)
    staff_id: int | None = refers("staff.id", default=None)
    event_id: str | None = string(80, default=None)
    facts: dict[str, str] = Field(default_factory=dict, sa_type=JSON)


class Words(SQLModel, table=True):
    """What was said, sealed, beside the entry that records that it was said.

    Without a case it goes at `erase_at`. `message_key` is HMAC(LINE message id), for unsend.
    """

    id: int = row_id()
    station_id: int = refers("station.id")
    entry_id: int | None = refers("case_entry.id", default=None, index=True)
    message_key: bytes | None = blob(default=None, index=True)
    sealed: bytes = blob()
    at: datetime = moment()
    erase_at: datetime | None = moment(default=None, index=True)


class Attachment(SQLModel, table=True):
    """A photo, video, voice or file of a case. `state`: wanted → stored | gone | failed.

    The bytes lie sealed in the media folder under `file_name`, which tells nothing.
    """

    id: int = row_id()
    station_id: int = refers("station.id")
    case_id: int = refers("case.id", index=True)
    entry_id: int | None = refers("case_entry.id", default=None)
    message_key: bytes = blob(index=True)
    sealed_message_id: bytes = blob()
    kind: str = string(10)
    state: str = string(10, default="wanted", index=True)
    attempts: int = 0
    next_try_at: datetime = moment()
    claimed_by: str | None = string(80, default=None)
    claimed_until: datetime | None = moment(default=None)
    file_name: str | None = string(60, default=None)
    content_type: str | None = string(80, default=None)
    byte_count: int | None = None
    fault: str | None = string(60, default=None)
    at: datetime = moment()
