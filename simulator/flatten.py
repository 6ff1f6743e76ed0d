"""Every word a person can read in a message the bot sent."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from simulator.records import Body

BRACES = re.compile(r"\{\{|\}\}|\{([0-9A-Za-z_]+)\}")
READABLE = ("title", "address", "text", "altText")


def list_texts(body: Body, name_of: Callable[[str], str]) -> list[str]:
    """The words in reading order: text, altText, texts and button labels of cards, quick replies.

    `name_of` turns a mentioned user id into the name that is shown.
    """
    found: list[str] = []
    if body["type"] in ("text", "textV2"):
        found.append(fill_in(body, name_of))
    else:
        found += [body[name] for name in READABLE if body.get(name)]
        found += _walk(body.get("template") or body.get("contents") or {})
    for item in body.get("quickReply", {}).get("items", []):
        found.append(item["action"].get("label", ""))
    return [text for text in found if text]


def fill_in(body: Body, name_of: Callable[[str], str]) -> str:
    """The text of a text or textV2 message with its placeholders filled in."""
    text = str(body["text"])
    if body["type"] == "text":
        return text
    known = body.get("substitution", {})

    def filled(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        one = known.get(found[1], {})
        if one.get("type") == "emoji":
            return "\N{SLIGHTLY SMILING FACE}"
        mentionee = one.get("mentionee", {})
        return "@" + ("All" if mentionee.get("type") == "all" else name_of(mentionee["userId"]))

    return BRACES.sub(filled, text)


def _walk(part: Any, is_action: bool = False) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _walk(one, is_action)
    elif isinstance(part, dict):
        for name in ("label",) if is_action else ("title", "text"):
            if isinstance(part.get(name), str):
                yield part[name]
        for name, one in part.items():
            if isinstance(one, dict | list):
                yield from _walk(one, is_action or name in ("action", "actions", "defaultAction"))
