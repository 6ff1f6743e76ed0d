"""Groups, and what the bot remembers of a talk."""

import json
from datetime import datetime

from sqlmodel import Session, col, select

from db.models import Conversation, GroupChat
from db.stations import OpenStation


def find_group(session: Session, station: OpenStation, line_id: str) -> GroupChat | None:
    key = station.seals.key("group", line_id)
    query = select(GroupChat).where(GroupChat.station_id == station.id, GroupChat.key == key)
    return session.exec(query).first()


def ensure_group(session: Session, station: OpenStation, line_id: str, now: datetime) -> GroupChat:
    """A group that we hear from is one that we are in, also where its join event never came."""
    group = find_group(session, station, line_id)
    if group is None:
        group = GroupChat(
            station_id=station.id,
            key=station.seals.key("group", line_id),
            sealed_id=station.seals.seal_text(line_id, "group.id"),
            state="joined",
            joined_at=now,
            look_up_due_at=now,
        )
        session.add(group)
        session.flush()
    return group


def open_group_id(station: OpenStation, group: GroupChat) -> str:
    """The LINE id; for sending only."""
    return station.seals.open_text(group.sealed_id, "group.id")


def open_group_name(station: OpenStation, group: GroupChat) -> str | None:
    if group.sealed_name is None:
        return None
    return station.seals.open_text(group.sealed_name, "group.name")


def list_groups(session: Session, station_id: int, state: str | None = None) -> list[GroupChat]:
    query = select(GroupChat).where(GroupChat.station_id == station_id)
    if state is not None:
        query = query.where(GroupChat.state == state)
    return list(session.exec(query.order_by(col(GroupChat.id))))


def add_conversation(
    session: Session, station: OpenStation, key: bytes, now: datetime
) -> Conversation:
    talk = Conversation(station_id=station.id, key=key, last_at=now)
    session.add(talk)
    return talk


def set_question(
    station: OpenStation,
    talk: Conversation,
    question: str | None,
    case_id: int | None,
    draft: dict[str, str] | None,
    now: datetime,
) -> None:
    talk.question, talk.question_case_id, talk.asked_at = question, case_id, now
    talk.draft = None
    if draft:
        talk.draft = station.seals.seal_text(json.dumps(draft), "conversation.draft")


def open_draft(station: OpenStation, talk: Conversation) -> dict[str, str] | None:
    if talk.draft is None:
        return None
    draft: dict[str, str] = json.loads(station.seals.open_text(talk.draft, "conversation.draft"))
    return draft
