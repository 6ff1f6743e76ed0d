"""Alerts, their times, their runs, and the groups that a run reaches."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import Session, col, func, select

from db.models import (
    Alert,
    AlertGroup,
    AlertRun,
    AlertSchedule,
    GroupChat,
    Outbox,
)

# Rows of one transaction: about a tenth of a second, so that no other writer waits long.
CHUNK = 100
_OPEN = ("queued", "parked")


def get_alert(session: Session, station_id: int, alert_id: int) -> Alert:
    """Raises LookupError."""
    alert = session.get(Alert, alert_id)
    if alert is None or alert.station_id != station_id:
        raise LookupError(f"no alert {alert_id}")
    return alert


def list_alerts(session: Session, station_id: int, limit: int = 50) -> list[Alert]:
    query = select(Alert).where(Alert.station_id == station_id)
    return list(session.exec(query.order_by(col(Alert.id).desc()).limit(limit)))


def find_schedule(session: Session, alert_id: int) -> AlertSchedule | None:
    return session.exec(select(AlertSchedule).where(AlertSchedule.alert_id == alert_id)).first()


def find_last_run(session: Session, alert_id: int) -> AlertRun | None:
    query = select(AlertRun).where(AlertRun.alert_id == alert_id)
    return session.exec(query.order_by(col(AlertRun.due_at).desc()).limit(1)).first()


@dataclass(frozen=True, slots=True)
class DueWork:
    """Ids of what a tick has to do: schedules whose time has come, runs to expand, runs to end."""

    schedules: tuple[int, ...]
    to_expand: tuple[int, ...]
    to_finish: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.schedules or self.to_expand or self.to_finish)


def find_due(session: Session, now: datetime, limit: int = 50) -> DueWork:
    """Reads only."""
    schedules = select(AlertSchedule.id).where(col(AlertSchedule.next_at) <= now)
    new = select(AlertRun.id).where(AlertRun.state == "due")
    over = select(AlertRun.id).where(AlertRun.state == "sending", _is_over(now))
    return DueWork(
        tuple(session.exec(schedules.order_by(col(AlertSchedule.next_at)).limit(limit))),
        tuple(session.exec(new.order_by(col(AlertRun.due_at)).limit(limit))),
        tuple(session.exec(over.order_by(col(AlertRun.due_at)).limit(limit))),
    )


def _is_over(now: datetime) -> ColumnElement[bool]:
    """Every message of the run is final, or there is one whose time is past."""
    is_open = and_(col(Outbox.alert_run_id) == AlertRun.id, col(Outbox.state).in_(_OPEN))
    is_late = and_(is_open, col(Outbox.expires_at) <= now, col(Outbox.first_push_at).is_(None))
    return or_(~exists(select(Outbox.id).where(is_open)), exists(select(Outbox.id).where(is_late)))


def claim_schedule(session: Session, schedule_id: int, now: datetime) -> AlertSchedule | None:
    """Locked; None where another scheduler has it or did it."""
    query = select(AlertSchedule).where(
        AlertSchedule.id == schedule_id, col(AlertSchedule.next_at) <= now
    )
    return session.exec(query.with_for_update(skip_locked=True)).first()


def claim_run(session: Session, run_id: int, state: str) -> AlertRun | None:
    """Locked; None where another scheduler has it or it is in that state no more."""
    query = select(AlertRun).where(AlertRun.id == run_id, AlertRun.state == state)
    return session.exec(query.with_for_update(skip_locked=True)).first()


def list_run_times(session: Session, alert_id: int, since: datetime) -> set[datetime]:
    """The due times from then on that have a run."""
    query = select(AlertRun.due_at).where(AlertRun.alert_id == alert_id, AlertRun.due_at >= since)
    return set(session.exec(query))


def list_target_groups(
    session: Session, alert: Alert, after_id: int = 0, limit: int | None = None
) -> list[GroupChat]:
    """The registered groups that the alert is for, by id, in chunks."""
    query = select(GroupChat).where(
        GroupChat.station_id == alert.station_id,
        GroupChat.state == "registered",
        col(GroupChat.id) > after_id,
    )
    if not alert.all_groups:
        chosen = select(AlertGroup.group_chat_id).where(AlertGroup.alert_id == alert.id)
        query = query.where(col(GroupChat.id).in_(chosen))
    return list(session.exec(query.order_by(col(GroupChat.id)).limit(limit or CHUNK)))


def count_outcomes(session: Session, run_id: int) -> dict[str, int]:
    """Outbox rows of a run by state."""
    query = (
        select(Outbox.state, func.count())
        .where(Outbox.alert_run_id == run_id)
        .group_by(Outbox.state)
    )
    return dict(session.exec(query).all())


def sum_people(session: Session, run_id: int) -> int:
    """People reached at most: what the accepted pushes of a run cost."""
    query = select(func.coalesce(func.sum(Outbox.people_count), 0)).where(
        Outbox.alert_run_id == run_id, Outbox.state == "sent"
    )
    return int(session.exec(query).one() or 0)


def list_unfinished_runs(session: Session, alert_id: int) -> list[AlertRun]:
    query = select(AlertRun).where(
        AlertRun.alert_id == alert_id, col(AlertRun.state).in_(("due", "sending"))
    )
    return list(session.exec(query))


def cancel_unsent(session: Session, run_id: int, now: datetime) -> None:
    """Take back what LINE has not been asked to send; what is under way goes on."""
    query = select(Outbox).where(
        Outbox.alert_run_id == run_id,
        col(Outbox.state).in_(_OPEN),
        col(Outbox.first_push_at).is_(None),
    )
    for row in session.exec(query):
        row.state, row.final_at, row.body = "cancelled", now, None


def expire_late(session: Session, run_id: int, now: datetime) -> None:
    """End what LINE was never asked to send within its time; what somebody holds goes on."""
    query = select(Outbox).where(
        Outbox.alert_run_id == run_id,
        col(Outbox.state).in_(_OPEN),
        col(Outbox.first_push_at).is_(None),
        col(Outbox.expires_at) <= now,
    )
    for row in session.exec(query.with_for_update(skip_locked=True)):
        row.state, row.final_at, row.reply_token = "expired", now, None
        row.claimed_by = row.claimed_until = None
