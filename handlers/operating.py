"""What the operator at the server's shell may order. Runs inside `dispatch`'s transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from db import chats, outbox, people, stations
from db import models as rows
from db.stations import OpenStation
from handlers import planning
from handlers.changes import ApproveAlert, EndAlert, ScheduleAlert
from handlers.ids import Ids
from handlers.snapshots import Role
from handlers.staff import read_code

OPERATOR = "operator"
_STAFF_KINDS = ("card", "notice")


@dataclass(frozen=True, slots=True)
class InviteStaff:
    role: Role
    name: str | None = None


@dataclass(frozen=True, slots=True)
class InviteGroup:
    pass


@dataclass(frozen=True, slots=True)
class RemoveStaff:
    staff_id: int


@dataclass(frozen=True, slots=True)
class NameStation:
    name: str


Command = (
    InviteStaff | InviteGroup | RemoveStaff | NameStation | ScheduleAlert | ApproveAlert | EndAlert
)


def operate(
    session: Session, station: OpenStation, command: Command, timezone: str, ids: Ids, now: datetime
) -> dict[str, object]:
    """Returns what the operator is shown, one JSON object. Raises ValueError, LookupError."""
    match command:
        case InviteStaff():
            return _invite(session, station, command, ids, now)
        case InviteGroup():
            return _invite(session, station, command, ids, now)
        case RemoveStaff():
            return _remove_staff(session, station, command.staff_id, now)
        case NameStation():
            stations.get_station(session, station.id).name = _name(command.name)
            _audit(session, station, now, "station_named", f"station {station.id}")
            return {"station": station.slug, "name": command.name.strip()}
        case ScheduleAlert():
            return _schedule(session, station, command, now)
        case ApproveAlert():
            plan = planning.approve(session, station.id, command, timezone, now)
            shown = {"alert": command.alert_id, "state": "approved", "next_at": plan.next_at}
            return shown | _warn(session, station)
        case EndAlert():
            planning.end(session, station.id, command, now)
            return {"alert": command.alert_id, "state": "ended"}


def _invite(
    session: Session,
    station: OpenStation,
    command: InviteStaff | InviteGroup,
    ids: Ids,
    now: datetime,
) -> dict[str, object]:
    is_staff = isinstance(command, InviteStaff)
    code = ids.code("YS" if is_staff else "YG")
    hashed = read_code(code)
    assert hashed is not None, "a code that we made is one that we read"
    role = command.role if isinstance(command, InviteStaff) else None
    name = command.name if isinstance(command, InviteStaff) else None
    kind = "staff" if is_staff else "group"
    invite = people.add_invite(session, station, kind, hashed, now, role, name)
    _audit(session, station, now, f"{kind}_invited", f"invite {invite.id}")
    shown: dict[str, object] = {"code": code, "expires_at": invite.expires_at}
    return shown | ({"role": role} if role else {})


def _remove_staff(
    session: Session, station: OpenStation, staff_id: int, now: datetime
) -> dict[str, object]:
    """What still waits for him is taken back: no card may reach him any more."""
    staff = session.get(rows.Staff, staff_id)
    if staff is None or staff.station_id != station.id or staff.removed_at is not None:
        raise LookupError(f"no officer {staff_id} (see: flask staff list)")
    staff.removed_at, staff.on_duty = now, False
    user_id = people.open_user_id(station, session.get_one(rows.Person, staff.person_id))
    chat_key = station.seals.key("chat", user_id)
    outbox.cancel_waiting(session, station.id, chat_key, _STAFF_KINDS, now)
    _audit(session, station, now, "staff_removed", f"staff {staff_id}")
    return {"staff": staff_id, "removed": True}


def _schedule(
    session: Session, station: OpenStation, plan: ScheduleAlert, now: datetime
) -> dict[str, object]:
    alert = planning.schedule(session, station, plan, now)
    shown: dict[str, object] = {"alert": alert.id, "state": str(alert.state), "at": plan.first_at}
    return shown | _warn(session, station)


def _warn(session: Session, station: OpenStation) -> dict[str, object]:
    """Groups may still register before the time comes; now there are none."""
    if chats.list_groups(session, station.id, "registered"):
        return {}
    return {"warning": "no group is registered: nobody would get it (see: flask group invite)"}


def _name(name: str) -> str:
    if not 1 <= len(name.strip()) <= 120:
        raise ValueError("a station's name has 1 to 120 letters")
    return name.strip()


def _audit(
    session: Session, station: OpenStation, now: datetime, action: str, subject: str
) -> None:
    stations.add_audit(session, station.id, now, OPERATOR, action, subject)
