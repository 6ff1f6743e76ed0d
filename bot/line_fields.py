"""Reads single values out of LINE's JSON without trusting it: the value, or None, never a fault."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from handlers.events import Chat, ChatKind, clean

JsonObject = Mapping[str, object]

EVENT_ID = re.compile(r"[!-~]{1,80}")
TOKEN = re.compile(r"[!-~]{1,400}")
PICKED = re.compile(r"[0-9][0-9T:-]{3,19}")
_ID = re.compile(r"[!-~]{1,64}")
_KIND = re.compile(r"[A-Za-z]{1,40}")
_LINE_LENGTH = 1_000
# What the console's old "Verify" button sent; LINE refuses an answer to them.
_DUMMY_TOKENS = ("0" * 32, "f" * 32)
_AHEAD_MS = 5 * 60 * 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST_MS = int(datetime(2011, 1, 1, tzinfo=UTC).timestamp()) * 1000
_CHAT_IDS = {
    "user": (ChatKind.USER, "userId"),
    "group": (ChatKind.GROUP, "groupId"),
    "room": (ChatKind.ROOM, "roomId"),
}


def read_object(value: object) -> JsonObject:
    return value if isinstance(value, Mapping) else {}


def read_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def read_matching(pattern: re.Pattern[str], value: object) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None


def read_kind(value: object) -> str:
    """A type's name, or `unknown`: what is not a plain word might be content."""
    return read_matching(_KIND, value) or "unknown"


def read_id(value: object) -> str | None:
    """An id of LINE. Message ids are strings of digits; a number is taken for one."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**40:
        return str(value)
    return read_matching(_ID, value)


def read_line(value: object, length: int = _LINE_LENGTH) -> str | None:
    """Text, storable and cut to `length` characters; None where there is none."""
    return clean(value[:length]) or None if isinstance(value, str) else None


def read_degrees(value: object, limit: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -limit <= value <= limit else None


def read_chat(event: JsonObject) -> Chat | None:
    source = read_object(event.get("source"))
    known = _CHAT_IDS.get(read_kind(source.get("type")))
    line_id = read_matching(_ID, source.get(known[1])) if known else None
    return Chat(known[0], line_id) if known and line_id else None


def read_user_id(event: JsonObject) -> str | None:
    return read_matching(_ID, read_object(event.get("source")).get("userId"))


def read_reply_token(event: JsonObject) -> str | None:
    """A token that LINE would take: none in standby, none of the dummies."""
    token = read_matching(TOKEN, event.get("replyToken"))
    is_usable = token not in _DUMMY_TOKENS and event.get("mode", "active") == "active"
    return token if is_usable else None


def read_occurred_at(event: JsonObject, received_at: datetime) -> datetime:
    """LINE's timestamp (ms) unless it makes no sense; then the time of arrival."""
    stamp = event.get("timestamp")
    if isinstance(stamp, bool) or not isinstance(stamp, int):
        return received_at
    latest_ms = int(received_at.timestamp() * 1000) + _AHEAD_MS
    if not _EARLIEST_MS <= stamp <= latest_ms:
        return received_at
    return _EPOCH + timedelta(milliseconds=stamp)
