"""Which processes are alive: they say so every few seconds."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from db.models import Heartbeat

LIFE_S = 30


def beat(session: Session, instance: str, kind: str, now: datetime) -> None:
    row = session.get(Heartbeat, instance)
    if row is None:
        row = Heartbeat(instance=instance, kind=kind, started_at=now, at=now)
    row.at = now
    session.add(row)


def leave(session: Session, instance: str) -> None:
    session.exec(delete(Heartbeat).where(col(Heartbeat.instance) == instance))


def list_live(session: Session, now: datetime, kind: str | None = None) -> list[Heartbeat]:
    query = select(Heartbeat).where(Heartbeat.at > now - timedelta(seconds=LIFE_S))
    if kind is not None:
        query = query.where(Heartbeat.kind == kind)
    return list(session.exec(query.order_by(Heartbeat.instance)))


def forget_dead(session: Session, now: datetime) -> None:
    session.exec(delete(Heartbeat).where(col(Heartbeat.at) < now - timedelta(days=1)))


def forget_all(session: Session) -> None:
    """In a restored copy: those processes live on another database."""
    session.exec(delete(Heartbeat))
