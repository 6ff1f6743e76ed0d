"""Rows → the frozen situation that deciders look at. Reads, and makes the rows of newcomers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from db import alerts as alert_rows
from db import cases as case_rows
from db import chats, people, stations
from db import models as rows
from db.speakers import Since, Speaker, find_speaker
from db.stations import OpenStation
from handlers import snapshots as view
from handlers import views
from handlers.events import (
    EVEN_IN_STANDBY,
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
ANSWER_WINDOW = timedelta(hours=12)
CLOSED_WINDOW = timedelta(hours=24)
QUESTION_LIFE = timedelta(minutes=30)
OWN_CASES_AGE = timedelta(days=90)
OWN_CASES_WORDS = frozenset({"ติดตามเรื่อง", "เรื่องของฉัน"})
CARDS_WINDOW = timedelta(hours=1)
WORK_SHOWN = 10

Fields = dict[str, Any]
Roster = Sequence[tuple[rows.Staff, bool]]
LinkMedia = Callable[[str, str], str]
_MEDIA_NAMES = {"image": "ภาพ", "video": "วิดีโอ", "audio": "เสียง", "file": "ไฟล์"}


@dataclass(frozen=True, slots=True)
class Shared:
    """What the events of one station share that are handled in one transaction."""

    row: rows.Station
    roster: Roster
    unsent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Context:
    """What one event is handled with. `link_media` is for an officer's button alone.

    `said_at` is when it occurred: what a person says belongs together by that, however late or
    in one batch it is handled; `now` is for what we do.
    """

    station: OpenStation
    shared: Shared
    timezone: str
    now: datetime
    said_at: datetime
    received_at: datetime
    conversation_key: bytes
    ids: Ids
    link_media: LinkMedia | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """The situation, and the rows that saving needs again."""

    situation: view.Situation
    person: rows.Person | None = None
    group: rows.GroupChat | None = None
    talk: rows.Conversation | None = None


def load_shared(session: Session, station: OpenStation, events: Sequence[Event]) -> Shared:
    """Locks the messages of `events`: until the end nobody else stores or erases their words."""
    named = [getattr(event, "message_id", None) for event in events]
    message_ids = [one for one in named if one]
    case_rows.lock_messages(session, station, message_ids)
    return Shared(
        stations.get_station(session, station.id),
        people.list_roster(session, station.id),
        case_rows.find_unsent(session, station, message_ids),
    )


def load(
    session: Session, context: Context, event: Event, understood: view.Understood | None
) -> Loaded:
    """Everything that bears on `event`."""
    chat, user_id = event.origin.chat, event.origin.user_id
    fields = _station(context)
    is_silent = event.origin.is_standby and not isinstance(event, EVEN_IN_STANDBY)
    if chat is None or is_silent:
        return Loaded(view.Situation(**fields))
    fields |= _message(session, context, event) | {"understood": understood}
    if chat.is_group:
        return _load_group(session, context, event, chat, fields)
    if user_id is None:
        return Loaded(view.Situation(**fields))
    return _load_private(session, context, event, user_id, fields)


def _load_private(
    session: Session,
    context: Context,
    event: Event,
    user_id: str,
    fields: Fields,
) -> Loaded:
    station, now = context.station, context.now
    said_at = context.said_at
    since = Since(said_at - JOIN_WINDOW, said_at - ANSWER_WINDOW, said_at - CLOSED_WINDOW)
    speaker = find_speaker(session, station, user_id, context.conversation_key, since)
    talk = speaker.talk or chats.add_conversation(session, station, context.conversation_key, now)
    talk.last_at = now
    person = speaker.person or people.add_person(session, station, user_id, now)
    staff = _find_staff(context, person)
    fields |= _code(session, context, event, person.key) | _own(session, context, speaker)
    fields |= {
        "person": views.person(person),
        "conversation": views.conversation(station, talk, context.said_at - QUESTION_LIFE),
        "staff": staff,
    }
    if _asks_for_own(event, fields["understood"]):
        own = case_rows.list_own(session, person.id, now - OWN_CASES_AGE)
        fields["own_cases"] = tuple(views.case(session, station, row) for row in own)
    quoted = fields.get("quoted_case")
    if quoted is not None and staff is None and quoted.reporter_id != person.id:
        fields["quoted_case"] = None
    if staff is not None:
        fields |= _work(session, context)
    named = _named_case(session, context, event, talk)
    if named is not None and (staff is not None or named.reporter_id == person.id):
        fields["named_case"] = views.case(session, station, named)
        if staff is not None:
            fields |= _asked_for(session, context, event, named)
    return Loaded(view.Situation(**fields), person, None, talk)


def _load_group(
    session: Session,
    context: Context,
    event: Event,
    chat: Chat,
    fields: Fields,
) -> Loaded:
    """Who speaks in a group is looked up only where he speaks to the bot."""
    station, now = context.station, context.now
    group = chats.ensure_group(session, station, chat.line_id, now)
    fields["group"] = views.group(station, group)
    person = None
    if event.origin.user_id is not None and (is_called(event) or fields.get("quoted_case")):
        since = context.said_at - JOIN_WINDOW
        speaker = find_speaker(
            session,
            station,
            event.origin.user_id,
            context.conversation_key,
            Since(since, since, context.said_at),
        )
        person = speaker.person or people.add_person(session, station, event.origin.user_id, now)
        staff, found = _find_staff(context, person), speaker.open_case
        if found is not None and found.group_chat_id == group.id:
            fields |= _open_case(session, context, found)
        fields |= {
            "person": views.person(person),
            "staff": staff,
        }
    fields |= _code(session, context, event, person.key if person else context.conversation_key)
    return Loaded(view.Situation(**fields), person, group)


def is_called(event: Event) -> bool:
    """Whether words in a group are plainly meant for the bot: it is named, or given a code."""
    match event:
        case TextSaid():
            return event.mentions_bot or read_code(event.text) is not None
        case TextEdited():
            return event.mentions_bot
    return False


def _find_staff(context: Context, person: rows.Person) -> view.Staff | None:
    roster = context.shared.roster
    return next((views.staff(row) for row, _ in roster if row.person_id == person.id), None)


def _station(context: Context) -> Fields:
    """What every decision needs, and a name for a case that may be opened: where another case has
    it, the decision is taken anew.
    """
    row = context.shared.row
    staff = tuple(views.staff(row) for row, is_there in context.shared.roster if is_there)
    return {
        "now": context.now,
        "said_at": context.said_at,
        "station_name": row.name,
        "timezone": context.timezone,
        "fresh_reference": context.ids.reference(),
        "fresh_alias": context.ids.alias(),
        "all_staff": staff,
        "on_duty": tuple(one for one in staff if one.on_duty),
        "quota_is_spent": row.quota_spent_at is not None,
    }


def _own(session: Session, context: Context, speaker: Speaker) -> Fields:
    """The person's own cases: the one that is open now, the one closed lately."""
    found, closed = speaker.open_case, speaker.closed_case
    fields: Fields = {
        "closed_case": views.case(session, context.station, closed) if closed else None
    }
    return fields | (_open_case(session, context, found) if found else {})


def _asks_for_own(event: Event, understood: view.Understood | None) -> bool:
    if isinstance(event, Tapped):
        return event.fields.get("a") == "mine"
    is_asked = understood is not None and understood.category == "case_status"
    return is_asked or (isinstance(event, TextSaid) and event.text.strip() in OWN_CASES_WORDS)


def _open_case(session: Session, context: Context, row: rows.Case) -> Fields:
    times = case_rows.list_card_times(session, row.id, context.now - CARDS_WINDOW)
    return {
        "open_case": views.case(session, context.station, row),
        "card_times": tuple(times),
        "last_medium_at": case_rows.find_last_medium_at(session, row.id),
    }


def _message(session: Session, context: Context, event: Event) -> Fields:
    """The cases that the message belongs to or quotes, and whether it was taken back."""
    fields: Fields = {}
    station = context.station
    if isinstance(event, Unsent | TextEdited):
        found = case_rows.find_by_message(session, station, event.message_id)
        fields["message_case"] = views.case(session, station, found) if found else None
    if isinstance(event, Unsent):
        fields["answer_waits"] = case_rows.has_waiting_answer(session, station, event.message_id)
    if isinstance(event, TextSaid | LocationSent | MediaSent | StickerSent | TextEdited):
        fields["message_is_unsent"] = event.message_id in context.shared.unsent
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


def _work(session: Session, context: Context) -> Fields:
    """What only an officer is shown: the work, the groups, the alerts."""
    station = context.station
    waiting = case_rows.list_waiting(session, station.id, WORK_SHOWN + 1)
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
        return case_rows.find_case(session, context.station.id, event.fields.get("c", ""))
    if talk.question_case_id is not None:
        return case_rows.get_case(session, talk.question_case_id)
    return None


def _asked_for(session: Session, context: Context, event: Event, case: rows.Case) -> Fields:
    """What an officer's button asks to see of a case: its media, or all its words."""
    action = event.fields.get("a") if isinstance(event, Tapped) else None
    if action == "media" and context.link_media is not None:
        return {"media_links": _media_links(session, case, context.link_media)}
    if action == "read":
        return {"case_words": tuple(case_rows.list_words(session, context.station, case.id))}
    return {}


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
