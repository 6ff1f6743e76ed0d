"""What is so ill that a person must be called, and who of the schedulers calls."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Table, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from db import inbox
from db.models import AlarmCall, Case

OLD_EVENT = "old_event"
UNSEEN_EMERGENCY = "unseen_emergency"
EVENT_AGE = timedelta(seconds=60)
EMERGENCY_AGE = timedelta(minutes=2)

_TABLE: Table = AlarmCall.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Facts without words or ids. `age_s` is that of the oldest of `count`."""

    kind: str
    count: int
    age_s: int


def list_troubles(session: Session, now: datetime) -> list[Trouble]:
    """Events that nobody handles, emergencies that nobody has seen; of all stations."""
    found = []
    oldest_at = inbox.oldest_new_at(session)
    if oldest_at is not None and oldest_at <= now - EVENT_AGE:
        waiting = inbox.count_by_state(session)["new"]
        found.append(Trouble(OLD_EVENT, waiting, _age_s(oldest_at, now)))
    query = select(func.count(), func.min(Case.opened_at)).where(
        Case.label == "emergency", Case.state == "new", col(Case.opened_at) <= now - EMERGENCY_AGE
    )
    count, opened_at = session.exec(query).one()
    if count:
        found.append(Trouble(UNSEEN_EMERGENCY, count, _age_s(opened_at, now)))
    return found


def claim_call(session: Session, kind: str, now: datetime, pause: timedelta) -> bool:
    """Whether the caller may call now: not within `pause` of the last call of that kind.

    Of two who ask at once, one gets it.
    """
    connection = session.connection()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(_TABLE).values(kind=kind, at=now)
    statement = statement.on_conflict_do_update(
        index_elements=["kind"], set_={"at": now}, where=_TABLE.c.at <= now - pause
    )
    done = connection.execute(statement, execution_options={"preserve_rowcount": True})
    return done.rowcount == 1


def release_call(session: Session, kind: str, now: datetime, pause: timedelta) -> None:
    """The call claimed at `now` failed: the next one need not wait."""
    session.connection().execute(
        update(_TABLE).where(_TABLE.c.kind == kind, _TABLE.c.at == now).values(at=now - pause)
    )


def _age_s(since: datetime, now: datetime) -> int:
    return int((now - since).total_seconds())
