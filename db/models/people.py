"""Those who write to the station, those who answer for it, and codes that make one the other."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from db.columns import blob, moment, refers, row_id, string


class Person(SQLModel, table=True):
    """A LINE user: `key` is HMAC(station, user id), `sealed_id` the id itself, sealed."""

    __table_args__ = (UniqueConstraint("station_id", "key"),)

    id: int = row_id()
    station_id: int = refers("station.id")
    key: bytes = blob()
    sealed_id: bytes = blob()
    first_seen_at: datetime = moment()
    welcomed_at: datetime | None = moment(default=None)
    blocked_at: datetime | None = moment(default=None)


class Staff(SQLModel, table=True):
    """An officer. `name` is what the inviting operator called him, not his LINE name."""

    id: int = row_id()
    station_id: int = refers("station.id", index=True)
    person_id: int = refers("person.id", unique=True)
    role: str = string(20)
    name: str = string(80)
    registered_at: datetime = moment()
    on_duty: bool = True
    removed_at: datetime | None = moment(default=None)


class Invite(SQLModel, table=True):
    """A single-use code for an officer (`kind` staff) or a group. Only its HMAC is kept."""

    __table_args__ = (UniqueConstraint("station_id", "code_key"),)

    id: int = row_id()
    station_id: int = refers("station.id")
    kind: str = string(10)
    role: str | None = string(20, default=None)
    name: str | None = string(80, default=None)
    code_key: bytes = blob()
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(default=None)


class InviteTry(SQLModel, table=True):
    """One wrong code from one person (`key` as in person, or of the chat where no user is told)."""

    __tablename__ = "invite_try"

    id: int = row_id()
    station_id: int = refers("station.id")
    key: bytes = blob(index=True)
    at: datetime = moment()
