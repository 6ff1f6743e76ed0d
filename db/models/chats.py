"""Neighbourhood groups, and what the bot remembers of a talk with one person in one chat."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from db.columns import blob, moment, refers, row_id, string


class GroupChat(SQLModel, table=True):
    """A LINE group or room. `state`: joined, registered, left, inactive (LINE refuses pushes).

    `changed_at` is when that occurred which gave it the state: an older event changes nothing.
    """

    __tablename__ = "group_chat"
    __table_args__ = (UniqueConstraint("station_id", "key"),)

    id: int = row_id()
    station_id: int = refers("station.id")
    key: bytes = blob()
    sealed_id: bytes = blob()
    sealed_name: bytes | None = blob(default=None)
    state: str = string(20)
    joined_at: datetime = moment()
    changed_at: datetime | None = moment(default=None)
    registered_at: datetime | None = moment(default=None)
    left_at: datetime | None = moment(default=None)
    leader_person_id: int | None = refers("person.id", default=None)
    member_count: int | None = None
    looked_up_at: datetime | None = moment(default=None)
    look_up_due_at: datetime | None = moment(default=None, index=True)


class Conversation(SQLModel, table=True):
    """`key` is HMAC(chat and user). `question` is what the bot asked last; `draft` is sealed."""

    __table_args__ = (UniqueConstraint("station_id", "key"),)

    id: int = row_id()
    station_id: int = refers("station.id")
    key: bytes = blob()
    question: str | None = string(40, default=None)
    question_case_id: int | None = refers("case.id", default=None)
    draft: bytes | None = blob(default=None)
    asked_at: datetime | None = moment(default=None)
    last_at: datetime = moment()
