"""Message objects into the bytes of a call, checked by LINE's own SDK.

The SDK is imported at the first use: it is slow and large, and only the sender needs it.
"""

import json
from collections.abc import Callable
from typing import Any

Messages = list[dict[str, Any]]


class BodyFault(Exception):
    """The messages are not what LINE takes: our fault. Names the place, never the content."""


def load_models() -> None:
    """Import the SDK now rather than before the first message."""
    import linebot.v3.messaging  # noqa: F401


def build_reply(token: str, messages: Messages, silent: bool) -> bytes:
    """Raises BodyFault."""
    from linebot.v3.messaging.models.reply_message_request import ReplyMessageRequest

    return _built({"replyToken": token, **_common(messages, silent)}, ReplyMessageRequest.from_dict)


def build_push(target: str, messages: Messages, silent: bool) -> bytes:
    """Raises BodyFault."""
    from linebot.v3.messaging.models.push_message_request import PushMessageRequest

    return _built({"to": target, **_common(messages, silent)}, PushMessageRequest.from_dict)


def _common(messages: Messages, silent: bool) -> dict[str, Any]:
    return {"messages": messages, **({"notificationDisabled": True} if silent else {})}


def _built(payload: dict[str, Any], read: Callable[[dict[str, Any]], Any]) -> bytes:
    """What goes out is what was stored, not the SDK's rendering: a newer SDK between two tries
    would change the body under its retry key.
    """
    try:
        rendered = read(payload).to_dict()
    except (ValueError, TypeError, AttributeError, KeyError) as fault:
        raise BodyFault(type(fault).__name__) from None
    lost = find_lost(payload, rendered)
    if lost is not None:
        raise BodyFault(lost)
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def find_lost(given: Any, kept: Any, place: str = "") -> str | None:
    """The place of the first property that the SDK dropped or changed: it drops without a word."""
    if isinstance(given, dict) and isinstance(kept, dict):
        pairs = ((f"{place}.{key}".lstrip("."), given[key], kept.get(key)) for key in given)
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        pairs = ((f"{place}[{i}]", *pair) for i, pair in enumerate(zip(given, kept, strict=True)))
    else:
        return None if given == kept else place
    return next((lost for name, a, b in pairs if (lost := find_lost(a, b, name))), None)
