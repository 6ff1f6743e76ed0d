"""What LINE accepts as the body of a send call: message objects and the request around them.

Only what can be told from the body itself; membership, quota and tokens are `sending`'s.
Source: LINE, "Message objects", "Send reply message" and its siblings.
"""

import re
from typing import Any

from simulator.actioncheck import quick_reply_action
from simulator.flexcheck import container
from simulator.shapes import (
    Fields,
    Problems,
    Shape,
    array,
    boolean,
    choice,
    join,
    link,
    number,
    tagged,
    words,
)
from simulator.templatecheck import IMAGEMAP, IMAGEMAP_VIDEO, template

TEXT_LIMIT = 5000
ALT_LIMIT = 1500
USER_ID = r"U[0-9a-f]{32}"
CHAT_ID = r"[UCR][0-9a-f]{32}"
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
UNIT = words(1, 30, pattern="[a-zA-Z0-9_]{1,30}")

picture = link("https")
quote = words(1)


def _check_sender_name(value: Any, path: str, problems: Problems) -> None:
    words(1, 20)(value, path, problems)
    if isinstance(value, str) and "line" in value.lower():
        problems.append((path, "Cannot contain the word LINE"))


COMMON: dict[str, Shape] = {
    "quickReply": Fields(
        {
            "items": array(
                Fields(
                    {"action": quick_reply_action, "type": choice("action")}, {"imageUrl": picture}
                ),
                1,
                13,
            )
        },
        {},
    ),
    "sender": Fields({}, {"name": _check_sender_name, "iconUrl": picture}),
}
EMOJI = Fields({"index": number(0), "productId": words(1), "emojiId": words(1)}, {})


def _check_emojis(value: Any, path: str, problems: Problems) -> None:
    """An emoji stands in the text as a dollar sign at its index (UTF-16 units)."""
    units = value["text"].encode("utf-16-le", "surrogatepass")
    for place, one in enumerate(value.get("emojis", [])):
        at = 2 * one["index"]
        if units[at : at + 2] != "$".encode("utf-16-le"):
            where = f"{join(path, 'emojis')}[{place}].index"
            problems.append((where, "Must point at a $ in the text"))


def _check_placeholders(value: Any, path: str, problems: Problems) -> None:
    """Braces of a textV2 come in pairs, name a substitution, or are doubled."""
    known = value.get("substitution", {})
    kinds = [one.get("type") for one in known.values()]
    for kind, name in (("mention", "mentions"), ("emoji", "emojis")):
        if kinds.count(kind) > 20:
            problems.append((join(path, "substitution"), f"At most 20 {name}"))
    if len(known) > 100:
        problems.append((join(path, "substitution"), "Size must be between 0 and 100"))
    for found in PLACEHOLDER.finditer(value["text"]):
        if found[0] in ("{{", "}}"):
            continue
        if found[1] is None or found[1] not in known:
            problems.append((join(path, "text"), f"Unpaired or unknown placeholder {found[0]}"))


def _check_substitution(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, dict):
        problems.append((path, "Must be an object"))
        return
    for name, one in value.items():
        words(1, 20, pattern="[0-9A-Za-z_]+")(name, f"{path}.{name}", problems)
        _substitution(one, f"{path}.{name}", problems)


_substitution = tagged(
    "type",
    {
        "mention": Fields(
            {
                "mentionee": tagged(
                    "type",
                    {
                        "user": Fields({"userId": words(1, pattern=USER_ID)}, {}),
                        "all": Fields({}, {}),
                    },
                )
            },
            {},
        ),
        "emoji": Fields({"productId": words(1), "emojiId": words(1)}, {}),
    },
)
BODY = {"text": words(1, TEXT_LIMIT)}
ALT = {"altText": words(1, ALT_LIMIT)}
QUOTABLE: dict[str, Shape] = {**COMMON, "quoteToken": quote}
MEDIA: dict[str, Shape] = {"originalContentUrl": picture}

message = tagged(
    "type",
    {
        "text": Fields(BODY, {**QUOTABLE, "emojis": array(EMOJI, 0, 20)}, _check_emojis),
        "textV2": Fields(
            BODY, {**QUOTABLE, "substitution": _check_substitution}, _check_placeholders
        ),
        "sticker": Fields({"packageId": words(1), "stickerId": words(1)}, QUOTABLE),
        "image": Fields({**MEDIA, "previewImageUrl": picture}, COMMON),
        "video": Fields(
            {**MEDIA, "previewImageUrl": picture},
            {
                **COMMON,
                "trackingId": words(1, 100, pattern=r"[-a-zA-Z0-9.=,+*()%$&;:@{}!?<>\[\]]+"),
            },
        ),
        "audio": Fields({**MEDIA, "duration": number(1)}, COMMON),
        "location": Fields(
            {
                "title": words(1, 100),
                "address": words(1, 100),
                "latitude": number(-90, 90, whole=False),
                "longitude": number(-180, 180, whole=False),
            },
            COMMON,
        ),
        "imagemap": Fields({**ALT, **IMAGEMAP}, {**COMMON, "video": IMAGEMAP_VIDEO}),
        "template": Fields({**ALT, "template": template}, COMMON),
        "flex": Fields({**ALT, "contents": container}, COMMON),
    },
)

MESSAGES: dict[str, Shape] = {"messages": array(message, 1, 5)}
QUIET: dict[str, Shape] = {"notificationDisabled": boolean}
UNITS: dict[str, Shape] = {"customAggregationUnits": array(UNIT, 0, 1)}
REQUESTS: dict[str, Fields] = {
    "reply": Fields({"replyToken": words(1), **MESSAGES}, QUIET),
    "push": Fields({"to": words(1, pattern=CHAT_ID), **MESSAGES}, {**QUIET, **UNITS}),
    "multicast": Fields(
        {"to": array(words(1, pattern=USER_ID), 1, 500), **MESSAGES}, {**QUIET, **UNITS}
    ),
    "broadcast": Fields(MESSAGES, QUIET),
    "validate": Fields(MESSAGES, {}),
    "loading": Fields({"chatId": words(1, pattern=USER_ID)}, {"loadingSeconds": number(5, 60)}),
    "markAsRead": Fields({"markAsReadToken": words(1)}, {}),
    "endpoint": Fields({"endpoint": words(1, 500)}, {}),
    "test": Fields({}, {"endpoint": words(1, 500)}),
}


def find_problems(kind: str, body: Any) -> Problems:
    """`(property, message)` for all that a strict LINE refuses in this body; empty if none.

    `kind` is a key of `REQUESTS`.
    """
    problems: Problems = []
    REQUESTS[kind](body, "", problems)
    if kind in ("multicast", "broadcast") and not problems:
        _only_reply_and_push_quote(body["messages"], problems)
    if kind == "loading" and not problems and body.get("loadingSeconds", 20) % 5:
        problems.append(("loadingSeconds", "Must be a multiple of 5"))
    return problems


def _only_reply_and_push_quote(messages: list[dict[str, Any]], problems: Problems) -> None:
    for place, one in enumerate(messages):
        if "quoteToken" in one:
            problems.append((f"messages[{place}].quoteToken", "Only reply and push may quote"))
