"""A station (one LINE account), what staff did there, and which processes are alive."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from db.columns import blob, moment, refers, row_id, string


class Station(SQLModel, table=True):
    """One police station. Its credentials stay in the environment.

    `lookup_key` is sealed; HMAC with it finds LINE ids that are stored only sealed.
    `line_fault` is set while LINE refuses our token (nothing is sent meanwhile), and
    `quota_spent_at` from a monthly 429 until the month or the plan changes.
    """

    id: int = row_id()
    slug: str = string(40, unique=True)
    name: str = string(120)
    lookup_key: bytes = blob()
    created_at: datetime = moment()
    line_fault: str | None = string(60, default=None)
    line_fault_at: datetime | None = moment(default=None)
    quota_limit: int | None = None
    quota_used: int | None = None
    quota_read_at: datetime | None = moment(default=None)
    quota_spent_at: datetime | None = moment(default=None)


class AuditEntry(SQLModel, table=True):
    """Who did what to which thing. Append-only (a trigger holds it); never words."""

    __tablename__ = "audit_entry"

    id: int = row_id()
    station_id: int = refers("station.id", index=True)
    at: datetime = moment()
    actor: str = string(60)
    action: str = string(60)
    subject: str = string(80)
    facts: dict[str, str] = Field(default_factory=dict, sa_type=JSON)


class Heartbeat(SQLModel, table=True):
    """A live process; older than half a minute counts as gone."""

    instance: str = string(80, primary_key=True)
    kind: str = string(20, index=True)
    started_at: datetime = moment()
    at: datetime = moment()


class AlarmCall(SQLModel, table=True):
    """When ALARM_URL was last called for a kind of trouble, by whichever scheduler."""

    __tablename__ = "alarm_call"

    kind: str = string(30, primary_key=True)
    at: datetime = moment()
