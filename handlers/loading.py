"""Rows → the frozen situation that deciders look at. Reads, and makes the rows of newcomers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from sqlmodel import Session

from db import alerts as alert_rows
from db import cases as case_rows
from db import chats, people, stations
from db import models as rows
from db.stations import OpenStation
from handlers import snapshots as view
from handlers import views
from handlers.events import (
    Chat,
    Event,
    LocationSent,
    MediaSent,
    StickerSent,
    Tapped,
    TextEdited,
    TextSaid,
    Unsent,
)
from handlers.ids import Ids
from handlers.staff import read_code

JOIN_WINDOW = timedelta(minutes=30)
QUESTION_LIFE = timedelta(minutes=30)
OWN_CASES_AGE = timedelta(days=90)

Fields = dict[str, Any]
LinkMedia = Callable[[str, str], str]

_MEDIA_NAMES = {"image": "ภาพ", "video": "วิดีโอ", "audio": "เสียง", "file": "ไฟล์"}


@dataclass(frozen=True, slots=True)
class Context:
    """What one event is handled with."""

    station: OpenStation
    timezone: str
    now: datetime
    received_at: datetime
    conversation_key: bytes
    ids: Ids


@dataclass(frozen=True, slots=True)
class Loaded:
    """The situation, and the rows that saving needs again."""

    situation: view.Situation
    person: rows.Person | None = None
    group: rows.GroupChat | None = None
    talk: rows.Conversation | None = None


def load(
    session: Session,
    context: Context,
    event: Event,
    understood: view.Understood | None,
    link_media: LinkMedia | None = None,
) -> Loaded:
    """Everything that bears on `event`. Links are made only for an officer's button."""
    chat, user_id = event.origin.chat, event.origin.user_id
    if chat is not None and not event.origin.is_standby:
        if chat.is_group:
            return _load_group(session, context, event, chat, understood)
        if user_id is not None:
            return _load_private(session, context, event, user_id, understood, link_media)
    return Loaded(view.Situation(**_station(session, context)))


def _load_private(
    session: Session,
    context: Context,
    event: Event,
    user_id: str,
    understood: view.Understood | None,
    link_media: LinkMedia | None,
) -> Loaded:
    station, now = context.station, context.now
    person = people.ensure_person(session, station, user_id, now)
    talk = chats.ensure_conversation(session, station, context.conversation_key, now)
    talk.last_at = now
    staff = people.find_staff(session, person.id)
    found = case_rows.find_open_case(session, station.id, person.id, now - JOIN_WINDOW)
    own = case_rows.list_own(session, person.id, now - OWN_CASES_AGE)
    fields = _station(session, context) | _message(session, context, event)
    fields |= _code(session, context, event, person.key)
    fields |= {
        "person": views.person(person),
        "conversation": views.conversation(station, talk, now - QUESTION_LIFE),
        "understood": understood,
        "open_case": views.case(session, station, found) if found else None,
        "own_cases": tuple(views.case(session, station, row) for row in own),
    }
    if staff is not None:
        fields |= _staff_view(session, context) | {"staff": views.staff(staff)}
    named = _named_case(session, context, event, talk)
    if named is not None and (staff is not None or named.reporter_id == person.id):
        fields["named_case"] = views.case(session, station, named)
        if staff is not None and link_media is not None:
            fields["media_links"] = _media_links(session, named, link_media)
    return Loaded(view.Situation(**fields), person, None, talk)


def _load_group(
    session: Session, context: Context, event: Event, chat: Chat, understood: view.Understood | None
) -> Loaded:
    """Who speaks in a group is looked up only where he speaks to the bot."""
    station, now = context.station, context.now
    group = chats.ensure_group(session, station, chat.line_id, now)
    fields = _station(session, context) | _message(session, context, event)
    fields |= {"group": views.group(group), "understood": understood}
    person = None
    if event.origin.user_id is not None and (_is_for_bot(event) or fields.get("quoted_case")):
        person = people.ensure_person(session, station, event.origin.user_id, now)
        fields["person"] = views.person(person)
    fields |= _code(session, context, event, person.key if person else context.conversation_key)
    return Loaded(view.Situation(**fields), person, group)


def _station(session: Session, context: Context) -> Fields:
    """What every decision needs, and a fresh name for a case that may be opened."""
    station = context.station
    staff = [views.staff(row) for row in people.list_staff(session, station.id)]
    row = stations.get_station(session, station.id)
    return {
        "now": context.now,
        "station_name": row.name,
        "timezone": context.timezone,
        "fresh_reference": _fresh_reference(session, context),
        "fresh_alias": context.ids.alias(),
        "all_staff": tuple(staff),
        "on_duty": tuple(one for one in staff if one.on_duty),
        "quota_is_spent": row.quota_spent_at is not None,
    }


def _fresh_reference(session: Session, context: Context) -> str:
    while True:
        reference = context.ids.reference()
        if case_rows.find_case(session, context.station.id, reference) is None:
            return reference


def _message(session: Session, context: Context, event: Event) -> Fields:
    """The cases that the message belongs to or quotes, and whether it was taken back."""
    fields: Fields = {}
    station = context.station
    message_id = getattr(event, "message_id", None)
    if message_id is not None and isinstance(event, Unsent | TextEdited):
        found = case_rows.find_by_message(session, station, message_id)
        fields["message_case"] = views.case(session, station, found) if found else None
    if isinstance(event, TextSaid | LocationSent | MediaSent | StickerSent | TextEdited):
        fields["message_is_unsent"] = case_rows.is_unsent(session, station, event.message_id)
    quoted_id = getattr(event, "quoted_message_id", None)
    if quoted_id is not None:
        found = case_rows.find_by_message(session, station, quoted_id)
        fields["quoted_case"] = views.case(session, station, found) if found else None
    return fields


def _code(session: Session, context: Context, event: Event, tries_key: bytes) -> Fields:
    code = read_code(event.text) if isinstance(event, TextSaid) else None
    if code is None:
        return {}
    station, now = context.station, context.now
    return {
        "invite": views.invite(session, station, code, now),
        "wrong_tries": people.count_wrong_tries(session, station, tries_key, now),
    }


def _staff_view(session: Session, context: Context) -> Fields:
    """What only an officer is shown: the work, the groups, the alerts."""
    station = context.station
    waiting = case_rows.list_waiting(session, station.id)
    groups = chats.list_groups(session, station.id, "registered")
    alerts = alert_rows.list_alerts(session, station.id, 5)
    return {
        "duty_cases": tuple(views.case(session, station, row) for row in waiting),
        "group_count": len(groups),
        "people_count": sum(row.member_count or 0 for row in groups),
        "alerts": tuple(views.alert(session, row) for row in alerts),
    }


def _named_case(
    session: Session, context: Context, event: Event, talk: rows.Conversation
) -> rows.Case | None:
    """The case that a button names, or that the bot's question was about."""
    if isinstance(event, Tapped):
        reference = parse_qs(event.data, max_num_fields=10).get("c", [""])[-1]
        return case_rows.find_case(session, context.station.id, reference)
    if talk.question_case_id is not None:
        return case_rows.get_case(session, talk.question_case_id)
    return None


def _is_for_bot(event: Event) -> bool:
    match event:
        case TextSaid():
            return event.mentions_bot or read_code(event.text) is not None
        case TextEdited():
            return event.mentions_bot
    return False


def _media_links(
    session: Session, case: rows.Case, link_media: LinkMedia
) -> tuple[tuple[str, str], ...]:
    """(what it is, address) of every stored medium of the case."""
    stored = case_rows.list_stored_media(session, case.id)
    return tuple(
        (f"{_MEDIA_NAMES[row.kind]} {number}", link_media(row.file_name, row.content_type or ""))
        for number, row in enumerate(stored, 1)
        if row.file_name is not None
    )
