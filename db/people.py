"""People, staff and invite codes."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from db.models import Invite, InviteTry, Person, Staff
from db.stations import OpenStation

INVITE_LIFE = timedelta(hours=24)
TRIES_WINDOW = timedelta(hours=24)
# Asked for every event: built once.
_ROSTER = (
    select(Staff, col(Person.blocked_at).is_(None))
    .join(Person, col(Person.id) == Staff.person_id)
    .where(Staff.station_id == bindparam("station"), col(Staff.removed_at).is_(None))
    .order_by(col(Staff.id))
)


def add_person(session: Session, station: OpenStation, user_id: str, now: datetime) -> Person:
    """Someone we have not heard from before."""
    person = Person(
        station_id=station.id,
        key=station.seals.key("user", user_id),
        sealed_id=station.seals.seal_text(user_id, "person.id"),
        first_seen_at=now,
    )
    session.add(person)
    session.flush()
    return person


def open_user_id(station: OpenStation, person: Person) -> str:
    """The LINE id; for sending only."""
    return station.seals.open_text(person.sealed_id, "person.id")


def list_staff(session: Session, station_id: int) -> list[Staff]:
    query = select(Staff).where(Staff.station_id == station_id, col(Staff.removed_at).is_(None))
    return list(session.exec(query.order_by(col(Staff.id))))


def list_roster(session: Session, station_id: int) -> list[tuple[Staff, bool]]:
    """All staff, and whether a message can reach them: who blocked the account gets none, though
    LINE says 200.
    """
    rows = session.exec(_ROSTER, params={"station": station_id})
    return [(staff, is_there) for staff, is_there in rows]


def list_reachable(session: Session, station_id: int) -> list[Staff]:
    return [staff for staff, is_there in list_roster(session, station_id) if is_there]


def register_staff(session: Session, person: Person, role: str, name: str, now: datetime) -> Staff:
    """A person who was staff before is staff again, with the new role."""
    staff = session.exec(select(Staff).where(Staff.person_id == person.id)).first()
    if staff is None:
        staff = Staff(
            station_id=person.station_id,
            person_id=person.id,
            role=role,
            name=name,
            registered_at=now,
        )
    staff.role, staff.name, staff.registered_at = role, name, now
    staff.removed_at, staff.on_duty = None, True
    session.add(staff)
    session.flush()
    return staff


def add_invite(
    session: Session,
    station: OpenStation,
    kind: str,
    code: str,
    now: datetime,
    role: str | None = None,
    name: str | None = None,
) -> Invite:
    """`code` in the form that `handlers.staff.read_code` gives; only its HMAC is kept."""
    invite = Invite(
        station_id=station.id,
        kind=kind,
        role=role,
        name=name,
        code_key=station.seals.key("invite", code),
        created_at=now,
        expires_at=now + INVITE_LIFE,
    )
    session.add(invite)
    session.flush()
    return invite


def find_invite(session: Session, station: OpenStation, code: str) -> Invite | None:
    """Locked, so that of two who send one code at once only one is let in."""
    key = station.seals.key("invite", code)
    query = select(Invite).where(Invite.station_id == station.id, Invite.code_key == key)
    return session.exec(query.with_for_update()).first()


def is_usable(invite: Invite, now: datetime) -> bool:
    return invite.used_at is None and now < invite.expires_at


def add_wrong_try(session: Session, station: OpenStation, key: bytes, now: datetime) -> None:
    session.add(InviteTry(station_id=station.id, key=key, at=now))


def count_wrong_tries(session: Session, station: OpenStation, key: bytes, now: datetime) -> int:
    query = (
        select(func.count())
        .select_from(InviteTry)
        .where(InviteTry.station_id == station.id, InviteTry.key == key)
        .where(InviteTry.at > now - TRIES_WINDOW)
    )
    return session.exec(query).one()
