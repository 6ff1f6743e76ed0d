"""Rows → snapshots, one function for each."""

from datetime import datetime

from sqlmodel import Session

from db import alerts as alert_rows
from db import chats, people
from db import models as rows
from db.places import Place, find_place
from db.stations import OpenStation
from handlers import snapshots as view


def person(row: rows.Person) -> view.Person:
    is_blocked = row.blocked_at is not None
    return view.Person(view.PersonId(row.id), row.welcomed_at is not None, is_blocked)


def staff(row: rows.Staff) -> view.Staff:
    return view.Staff(
        view.StaffId(row.id),
        view.PersonId(row.person_id),
        view.Role(row.role),
        row.name,
        row.on_duty,
    )


def group(station: OpenStation, row: rows.GroupChat) -> view.Group:
    leader = view.PersonId(row.leader_person_id) if row.leader_person_id is not None else None
    state, name = view.GroupState(row.state), chats.open_group_name(station, row)
    return view.Group(view.GroupId(row.id), state, leader, row.member_count, name)


def conversation(
    station: OpenStation, row: rows.Conversation, since: datetime
) -> view.Conversation:
    """A question asked before `since` is forgotten."""
    if row.question is None or row.asked_at is None or row.asked_at < since:
        return view.Conversation()
    case_id = view.CaseId(row.question_case_id) if row.question_case_id is not None else None
    question = view.Question(row.question)
    return view.Conversation(question, case_id, chats.open_draft(station, row))


def case(session: Session, station: OpenStation, row: rows.Case) -> view.Case:
    reporter = session.get(rows.Person, row.reporter_id) if row.reporter_id is not None else None
    holder = session.get(rows.Staff, row.holder_id) if row.holder_id is not None else None
    place = find_place(station, row)
    return view.Case(
        id=view.CaseId(row.id),
        reference=row.reference,
        alias=row.alias,
        label=view.Label(row.label),
        category=row.category,
        state=view.CaseState(row.state),
        opened_at=row.opened_at,
        last_from_reporter_at=row.last_from_reporter_at,
        reporter_id=view.PersonId(reporter.id) if reporter else None,
        reporter_is_blocked=reporter is not None and reporter.blocked_at is not None,
        holder_id=view.StaffId(holder.id) if holder else None,
        holder_name=holder.name if holder else None,
        place=place.text,
        position=_position(place),
        confidence=row.confidence,
        from_group=_group_name(session, station, row),
    )


def invite(session: Session, station: OpenStation, code: str, now: datetime) -> view.Invite | None:
    row = people.find_invite(session, station, code)
    if row is None:
        return None
    role = view.Role(row.role) if row.role else None
    return view.Invite(row.id, row.kind, role, row.name, people.is_usable(row, now))


def alert(session: Session, row: rows.Alert) -> view.AlertView:
    schedule = alert_rows.find_schedule(session, row.id)
    run = alert_rows.find_last_run(session, row.id)
    outcomes = alert_rows.count_outcomes(session, run.id) if run else {}
    return view.AlertView(
        id=row.id,
        title=row.title,
        state=row.state,
        next_at=schedule.next_at if schedule else None,
        last_run_state=run.state if run else None,
        last_run_at=run.due_at if run else None,
        sent_count=outcomes.get("sent", 0),
        group_count=run.group_count if run else 0,
        is_called_off=_is_called_off(row, run),
        first_at=schedule.first_at if schedule else None,
    )


def _is_called_off(alert: rows.Alert, run: rows.AlertRun | None) -> bool:
    """One that runs out ends together with its last run."""
    if alert.ended_at is None:
        return False
    return run is None or run.state == "cancelled" or run.finished_at != alert.ended_at


def _position(place: Place) -> view.Position | None:
    if place.latitude is None or place.longitude is None:
        return None
    return view.Position(place.latitude, place.longitude, place.name)


def _group_name(session: Session, station: OpenStation, row: rows.Case) -> str | None:
    """Where the case was told, if in a group: its name, or that it was in one."""
    group = session.get(rows.GroupChat, row.group_chat_id) if row.group_chat_id else None
    return (chats.open_group_name(station, group) or "กลุ่ม") if group else None
