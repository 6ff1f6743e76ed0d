"""A safety alert, when it goes, and each time that it went."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from db.columns import moment, refers, row_id, string


class Alert(SQLModel, table=True):
    """`state` as in handlers.alerts. The text is the station's own public word: not sealed.

    `all_groups` means every group registered at the moment it goes; else see alert_group.
    """

    id: int = row_id()
    station_id: int = refers("station.id", index=True)
    title: str = string(200)
    text: str
    all_groups: bool = True
    state: str = string(12)
    drafted_by: str = string(60)
    drafter_id: int | None = refers("staff.id", default=None)
    approved_by: str | None = string(60, default=None)
    created_at: datetime = moment()
    approved_at: datetime | None = moment(default=None)
    ended_at: datetime | None = moment(default=None)
    version: int = 1


class AlertGroup(SQLModel, table=True):
    """A group that an alert is meant for, where it is not for all."""

    __tablename__ = "alert_group"
    __table_args__ = (UniqueConstraint("alert_id", "group_chat_id"),)

    id: int = row_id()
    alert_id: int = refers("alert.id")
    group_chat_id: int = refers("group_chat.id")


class AlertSchedule(SQLModel, table=True):
    """`first_at` and, where it repeats, an RFC 5545 `rrule` read in the station's time zone."""

    __tablename__ = "alert_schedule"

    id: int = row_id()
    station_id: int = refers("station.id")
    alert_id: int = refers("alert.id", unique=True)
    first_at: datetime = moment()
    rrule: str | None = string(500, default=None)
    next_at: datetime | None = moment(default=None, index=True)
    grace_s: int = 1800


class AlertRun(SQLModel, table=True):
    """One due time of one alert, with the words it had then. `state` as in handlers.alerts.

    While `due`, its groups are put into the outbox by id; `expanded_to` is the last one that was.
    """

    __tablename__ = "alert_run"
    __table_args__ = (UniqueConstraint("alert_id", "due_at"),)

    id: int = row_id()
    station_id: int = refers("station.id", index=True)
    alert_id: int = refers("alert.id")
    due_at: datetime = moment()
    state: str = string(10)
    title: str = string(200)
    text: str
    alert_version: int
    expanded_to: int = 0
    group_count: int = 0
    people_count: int = 0
    started_at: datetime | None = moment(default=None)
    finished_at: datetime | None = moment(default=None)
