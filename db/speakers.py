"""Who speaks: the person, what the bot remembers of the talk, the cases his words may belong to.

Asked for nearly every event, so it is one question, and the statement is built once.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, and_, bindparam, or_
from sqlmodel import Session, col, select

from db.cases import CLOSED_STATES, OPEN_STATES
from db.columns import UtcDateTime
from db.models import Case, Conversation, Person, Station
from db.stations import OpenStation


@dataclass(frozen=True, slots=True)
class Since:
    """How far back a case may lie to be meant: last written to, last answered, closed."""

    said: datetime
    answered: datetime
    closed: datetime


@dataclass(frozen=True, slots=True)
class Speaker:
    """`open_case`: the newest that he wrote to, or was answered in, lately; `closed_case`: the
    last one closed lately. None for what is not there yet.
    """

    person: Person | None
    talk: Conversation | None
    open_case: Case | None
    closed_case: Case | None


def find_speaker(
    session: Session, station: OpenStation, user_id: str, conversation_key: bytes, since: Since
) -> Speaker:
    asked = {
        "station": station.id,
        "user": station.seals.key("user", user_id),
        "talk": conversation_key,
        "said": since.said,
        "answered": since.answered,
        "closed": since.closed,
    }
    found = session.exec(_SPEAKER, params=asked).all()
    person, talk = found[0][:2]
    cases: list[Case | None] = [case for _, _, case in found]
    own = [case for case in cases if case is not None]
    closed = [case for case in own if case.state in CLOSED_STATES]
    return Speaker(
        person,
        talk,
        next((case for case in own if case.state in OPEN_STATES), None),
        max(closed, key=lambda case: case.closed_at or case.opened_at, default=None),
    )


def _at(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime())


_IS_HIS = and_(col(Person.station_id) == Station.id, col(Person.key) == bindparam("user"))
_IS_TALK = and_(
    col(Conversation.station_id) == Station.id, col(Conversation.key) == bindparam("talk")
)
_IS_RECENT = or_(
    col(Case.last_from_reporter_at) > _at("said"), col(Case.answered_at) > _at("answered")
)
_IS_OPEN = and_(col(Case.state).in_(OPEN_STATES), _IS_RECENT)
_IS_CLOSED = and_(col(Case.state).in_(CLOSED_STATES), col(Case.closed_at) > _at("closed"))
_IS_OWN = and_(
    col(Case.station_id) == Station.id,
    col(Case.reporter_id) == Person.id,
    or_(_IS_OPEN, _IS_CLOSED),
)
_SPEAKER = (
    select(Person, Conversation, Case)
    .select_from(Station)
    .outerjoin(Person, _IS_HIS)
    .outerjoin(Conversation, _IS_TALK)
    .outerjoin(Case, _IS_OWN)
    .where(Station.id == bindparam("station"))
    .order_by(col(Case.last_from_reporter_at).desc(), col(Case.id).desc())
)
