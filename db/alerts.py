"""Alerts, their times, their runs, and the groups that a run reaches."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from db.models import (
    Alert,
    AlertGroup,
    AlertRun,
    AlertSchedule,
    GroupChat,
    Outbox,
)

CHUNK = 500


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


def has_due(session: Session, now: datetime) -> bool:
    """Whether a tick would find something to do. Reads only."""
    due = select(AlertSchedule.id).where(col(AlertSchedule.next_at) <= now).limit(1)
    unfinished = select(AlertRun.id).where(col(AlertRun.state).in_(("due", "sending"))).limit(1)
    return session.exec(due).first() is not None or session.exec(unfinished).first() is not None


def list_due_schedules(session: Session, now: datetime, limit: int = 20) -> list[AlertSchedule]:
    """Locked; another scheduler's are passed over."""
    query = (
        select(AlertSchedule)
        .where(col(AlertSchedule.next_at) <= now)
        .order_by(col(AlertSchedule.next_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.exec(query))


def list_runs(session: Session, state: str, limit: int = 20) -> list[AlertRun]:
    """Locked; another scheduler's are passed over."""
    query = (
        select(AlertRun)
        .where(AlertRun.state == state)
        .order_by(col(AlertRun.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.exec(query))


def find_run(session: Session, alert_id: int, due_at: datetime) -> AlertRun | None:
    query = select(AlertRun).where(AlertRun.alert_id == alert_id, AlertRun.due_at == due_at)
    return session.exec(query).first()


def list_target_groups(
    session: Session, alert: Alert, after_id: int = 0, limit: int = CHUNK
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
    return list(session.exec(query.order_by(col(GroupChat.id)).limit(limit)))


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
        col(Outbox.state).in_(("queued", "parked")),
        col(Outbox.first_push_at).is_(None),
    )
    for row in session.exec(query):
        row.state, row.final_at, row.body = "cancelled", now, None
