"""LINE's JSON → `handlers.events`. Total: what it does not know or trust becomes `Ignored`.

Nothing in here raises, whatever JSON comes in: LINE adds fields and types without notice, and
one odd event must not harm the others. Source: LINE, "Webhook event objects".
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.line_fields import (
    EVENT_ID,
    PICKED,
    TOKEN,
    JsonObject,
    read_chat,
    read_degrees,
    read_id,
    read_kind,
    read_line,
    read_list,
    read_matching,
    read_object,
    read_occurred_at,
    read_reply_token,
    read_user_id,
)
from handlers import events
from handlers.events import Event, Ignored, MediaKind, Origin, clean

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_TEXT_LENGTH = 10_000
_DATA_LENGTH = 1_000
_FILE_NAME_LENGTH = 255
_MEMBERS = 500
_DUMMY_USER = "Udeadbeefdeadbeefdeadbeefdeadbeef"


class _UnusableError(Exception):
    """Why an event cannot be used, in a few words without content."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the webhook must know of an event; equal `source_id`s are one conversation."""

    event_id: str
    occurred_at: datetime
    has_reply_token: bool
    source_id: str


def read_envelope(raw: object, received_at: datetime) -> Envelope:
    """Raises ValueError or RecursionError only where `raw` is not from `json.loads`."""
    event = read_object(raw)
    event_id = _event_id(raw)
    chat, user_id = read_chat(event), read_user_id(event)
    source_id = f"{chat.line_id}/{user_id or ''}" if chat else f"event/{event_id}"
    occurred_at = read_occurred_at(event, received_at)
    return Envelope(event_id, occurred_at, bool(read_reply_token(event)), source_id)


def event_bytes(raw: object) -> bytes:
    """An event as bytes to be sealed; `parse_event_bytes` is the inverse. Keeps lone surrogates."""
    return _json(raw)


def parse_event_bytes(data: bytes, event_id: str, received_at: datetime) -> Event:
    """`parse_event` of sealed bytes that were opened."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        return Ignored(Origin(event_id, received_at, None), "unknown", "not JSON")
    return parse_event(raw, event_id, received_at)


def parse_event(raw: object, event_id: str, received_at: datetime) -> Event:
    """What `raw`, one element of a webhook's `events`, says. `event_id` is its inbox id."""
    event = read_object(raw)
    origin = _origin(event, event_id, received_at)
    kind = read_kind(event.get("type"))
    try:
        _check_usable(event, origin)
        return _PARSERS[kind](origin, event)
    except _UnusableError as why:
        return Ignored(origin, kind, str(why))


def _origin(event: JsonObject, event_id: str, received_at: datetime) -> Origin:
    return Origin(
        event_id=event_id,
        occurred_at=read_occurred_at(event, received_at),
        chat=read_chat(event),
        user_id=read_user_id(event),
        reply_token=read_reply_token(event),
        is_standby=event.get("mode") == "standby",
        is_redelivery=read_object(event.get("deliveryContext")).get("isRedelivery") is True,
    )


def _check_usable(event: JsonObject, origin: Origin) -> None:
    if not event:
        raise _UnusableError("not an event")
    if read_kind(event.get("type")) not in _PARSERS:
        raise _UnusableError("unknown type")
    if event.get("mode", "active") not in ("active", "standby"):
        raise _UnusableError("unknown mode")
    if origin.chat is None:
        raise _UnusableError("no source")
    if origin.user_id == _DUMMY_USER:
        raise _UnusableError("verification by LINE")


def _message(origin: Origin, event: JsonObject) -> Event:
    message = read_object(event.get("message"))
    kind = message.get("type")
    if not isinstance(kind, str) or kind not in _MESSAGE_PARSERS:
        raise _UnusableError("unknown message type")
    return _MESSAGE_PARSERS[kind](origin, message)


def _text(origin: Origin, message: JsonObject) -> Event:
    return events.TextSaid(
        origin,
        _message_id(message),
        _required_text(message),
        quoted_message_id=read_id(message.get("quotedMessageId")),
        mentions_bot=_mentions_bot(message),
        quote_token=read_matching(TOKEN, message.get("quoteToken")),
    )


def _edited(origin: Origin, event: JsonObject) -> Event:
    message = read_object(event.get("message"))
    if message.get("type") != "text":
        raise _UnusableError("unknown message type")
    return events.TextEdited(
        origin, _message_id(message), _required_text(message), _mentions_bot(message)
    )


def _location(origin: Origin, message: JsonObject) -> Event:
    return events.LocationSent(
        origin,
        _message_id(message),
        _degrees(message.get("latitude"), 90),
        _degrees(message.get("longitude"), 180),
        title=read_line(message.get("title")),
        address=read_line(message.get("address")),
    )


def _media(origin: Origin, message: JsonObject) -> Event:
    return events.MediaSent(
        origin,
        _message_id(message),
        MediaKind(str(message["type"])),
        external=read_object(message.get("contentProvider")).get("type") == "external",
        file_name=read_line(message.get("fileName"), _FILE_NAME_LENGTH),
    )


def _sticker(origin: Origin, message: JsonObject) -> Event:
    words = [read_line(word, 100) for word in read_list(message.get("keywords"))[:20]]
    return events.StickerSent(
        origin,
        _message_id(message),
        keywords=tuple(word for word in words if word),
        text=read_line(message.get("text")),
        quoted_message_id=read_id(message.get("quotedMessageId")),
    )


def _unsent(origin: Origin, event: JsonObject) -> Event:
    message_id = read_id(read_object(event.get("unsend")).get("messageId"))
    if message_id is None:
        raise _UnusableError("no message id")
    return events.Unsent(origin, message_id)


def _tapped(origin: Origin, event: JsonObject) -> Event:
    postback = read_object(event.get("postback"))
    data, params = postback.get("data"), read_object(postback.get("params"))
    if not isinstance(data, str) or len(data) > _DATA_LENGTH:
        raise _UnusableError("bad postback data")
    picked = (_picked_at(params.get(name)) for name in ("datetime", "date", "time"))
    return events.Tapped(origin, clean(data), next(filter(None, picked), None))


def _followed(origin: Origin, event: JsonObject) -> Event:
    is_unblocked = read_object(event.get("follow")).get("isUnblocked") is True
    return events.Followed(origin, is_unblocked)


def _members_joined(origin: Origin, event: JsonObject) -> Event:
    return events.MembersJoined(origin, *_members(event.get("joined")))


def _members_left(origin: Origin, event: JsonObject) -> Event:
    return events.MembersLeft(origin, *_members(event.get("left")))


_Parser = Callable[[Origin, JsonObject], Event]

_MESSAGE_PARSERS: Mapping[str, _Parser] = {
    "text": _text,
    "location": _location,
    "sticker": _sticker,
    **dict.fromkeys(map(str, MediaKind), _media),
}

_PARSERS: Mapping[str, _Parser] = {
    "message": _message,
    "messageEdited": _edited,
    "unsend": _unsent,
    "postback": _tapped,
    "follow": _followed,
    "unfollow": lambda origin, _: events.Unfollowed(origin),
    "join": lambda origin, _: events.BotJoined(origin),
    "leave": lambda origin, _: events.BotLeft(origin),
    "memberJoined": _members_joined,
    "memberLeft": _members_left,
}


def _event_id(raw: object) -> str:
    """LINE's id for it, else the SHA-256 of all that stays the same when LINE delivers again."""
    event = read_object(raw)
    if known := read_matching(EVENT_ID, event.get("webhookEventId")):
        return known
    same = {key: value for key, value in event.items() if key != "deliveryContext"}
    return hashlib.sha256(_json(same if event else raw)).hexdigest()


def _json(value: object) -> bytes:
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")


def _message_id(message: JsonObject) -> str:
    message_id = read_id(message.get("id"))
    if message_id is None:
        raise _UnusableError("no message id")
    return message_id


def _required_text(message: JsonObject) -> str:
    """At most twice what LINE lets a person write, so that no event can keep a worker busy."""
    text = message.get("text")
    if not isinstance(text, str):
        raise _UnusableError("no text")
    return clean(text[:_TEXT_LENGTH])


def _mentions_bot(message: JsonObject) -> bool:
    mentionees = read_list(read_object(message.get("mention")).get("mentionees"))
    return any(read_object(mentionee).get("isSelf") is True for mentionee in mentionees)


def _degrees(value: object, limit: int) -> float:
    degrees = read_degrees(value, limit)
    if degrees is None:
        raise _UnusableError("bad position")
    return degrees


def _members(value: object) -> tuple[int, tuple[str, ...]]:
    listed = read_list(read_object(value).get("members"))
    members = [member for member in map(read_object, listed) if member]
    if not members:
        raise _UnusableError("no members")
    ids = (read_id(member.get("userId")) for member in members[:_MEMBERS])
    return len(members), tuple(filter(None, ids))


def _picked_at(value: object) -> str | None:
    return read_matching(PICKED, value.upper()) if isinstance(value, str) else None
