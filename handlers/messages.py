"""Messages to LINE, as values: plain dictionaries in LINE's own form, built by pure functions.

LINE's limits that its schema lacks stand here (docs/adr/0005-messages.md): text 5,000 UTF-16
units, alt text 1,500, labels counted in what a person sees as letters.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Literal

Message = dict[str, Any]
Component = dict[str, Any]
Action = dict[str, Any]

TEXT_UTF16 = 5000
ALT_UTF16 = 1500
MESSAGES_PER_CALL = 5

# One palette for the whole account; red is kept for emergencies alone.
RED, AMBER, BLUE, GREEN, GREY = "#C62828", "#B26A00", "#1F5AA6", "#2E7D32", "#666666"
SOFT, INK = "#F6F7F9", "#1A1A1A"


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def has_thai(text: str | None) -> bool:
    """Whether there is a Thai letter in it; words that we do not have count as Thai."""
    return text is None or any(
        "\N{THAI CHARACTER KO KAI}" <= letter <= "\N{THAI CHARACTER KHOMUT}" for letter in text
    )


def cut(text: str, limit_utf16: int) -> str:
    """At most `limit_utf16` units, ended by an ellipsis where something is missing."""
    if utf16_length(text) <= limit_utf16:
        return text
    return take(text, limit_utf16 - 1).rstrip() + "…"


def take(text: str, limit_utf16: int) -> str:
    """The longest start of `text` within the limit that ends between what a reader sees."""
    end, used = 0, 0
    for index, letter in enumerate(text):
        used += 2 if ord(letter) > 0xFFFF else 1
        if used > limit_utf16:
            break
        end = index + 1
    start = end
    while 0 < end < len(text) and _continues(text[end]):
        end -= 1
    return text[: end or start]


def split_text(text: str, limit_utf16: int = TEXT_UTF16) -> list[str]:
    """Pieces that together are `text`, each within the limit, cut at a line or space if near.

    No letter is lost or added: "".join(split_text(text)) == text.
    """
    pieces = []
    while utf16_length(text) > limit_utf16:
        piece = take(text, limit_utf16)
        near = max(piece.rfind("\n"), piece.rfind(" ")) + 1
        if near > len(piece) // 2:
            piece = piece[:near]
        pieces.append(piece)
        text = text[len(piece) :]
    return [*pieces, text] if text or not pieces else pieces


def _continues(letter: str) -> bool:
    """Whether this belongs to the letter before: Thai vowels and tone marks above, joiners."""
    return (
        unicodedata.category(letter) in ("Mn", "Me", "Cf") or letter == "\N{THAI CHARACTER SARA AM}"
    )


# Messages


def text(words: str, quick: Sequence[Component] = (), sender: str | None = None) -> Message:
    message: Message = {"type": "text", "text": cut(words, TEXT_UTF16)}
    return _with(message, quick, sender)


def flex(
    alt: str, contents: Component, quick: Sequence[Component] = (), sender: str | None = None
) -> Message:
    message: Message = {"type": "flex", "altText": cut(alt, ALT_UTF16), "contents": contents}
    return _with(message, quick, sender)


def _with(message: Message, quick: Sequence[Component], sender: str | None) -> Message:
    if quick:
        message["quickReply"] = {"items": list(quick)}
    if sender:
        message["sender"] = {"name": sender}
    return message


# Actions and quick replies


def call(label: str, number: str) -> Action:
    return {"type": "uri", "label": label, "uri": f"tel:{number}"}


def link(label: str, uri: str) -> Action:
    return {"type": "uri", "label": label, "uri": uri}


def tap(label: str, data: str, shown: str | None = None) -> Action:
    """A postback. `shown` appears in the chat as the person's own words."""
    return {"type": "postback", "label": label, "data": data, "displayText": shown or label}


def pick_time(label: str, data: str, initial: str, earliest: str) -> Action:
    """A date-time picker; times as `YYYY-MM-DDtHH:MM`, without zone."""
    return {
        "type": "datetimepicker", "label": label, "data": data, "mode": "datetime",
        "initial": initial, "min": earliest,
    }  # fmt: skip


def quick(action: Action) -> Component:
    return {"type": "action", "action": action}


def quick_location(label: str) -> Component:
    return quick({"type": "location", "label": label})


def quick_camera(label: str) -> Component:
    return quick({"type": "camera", "label": label})


def quick_album(label: str) -> Component:
    return quick({"type": "cameraRoll", "label": label})


# Flex


def bubble(
    body: Iterable[Component],
    header: Iterable[Component] = (),
    footer: Iterable[Component] = (),
    color: str = BLUE,
    size: Literal["kilo", "mega"] = "mega",
) -> Component:
    parts: Component = {"type": "bubble", "size": size}
    if head := list(header):
        parts["header"] = {**column(head), "backgroundColor": color, "paddingAll": "16px"}
    parts["body"] = {**column(list(body), spacing="md"), "paddingAll": "16px"}
    if foot := list(footer):
        parts["footer"] = {**column(foot, spacing="sm"), "paddingAll": "12px"}
    return parts


def column(contents: list[Component], spacing: str = "none") -> Component:
    return {"type": "box", "layout": "vertical", "contents": contents, "spacing": spacing}


def row(contents: list[Component], spacing: str = "sm") -> Component:
    return {"type": "box", "layout": "horizontal", "contents": contents, "spacing": spacing}


def panel(contents: list[Component]) -> Component:
    """A soft box that sets somebody's words apart from ours."""
    box = column(contents, spacing="sm")
    return {**box, "backgroundColor": SOFT, "cornerRadius": "8px", "paddingAll": "12px"}


def line(
    words: str, size: str = "md", color: str = INK, bold: bool = False, flex: int | None = None
) -> Component:
    """Words that wrap. LINE refuses an empty text, so nothing becomes a dash."""
    component: Component = {
        "type": "text", "text": words.strip() or "–", "wrap": True, "size": size, "color": color,
    }  # fmt: skip
    if bold:
        component["weight"] = "bold"
    if flex is not None:
        component["flex"] = flex
    return component


def fact(name: str, value: str) -> Component:
    """One line of a table: what it is, and what it is here."""
    return row([line(name, "sm", GREY, flex=3), line(value, "sm", flex=7)], spacing="md")


def button(
    action: Action,
    style: Literal["primary", "secondary", "link"] = "secondary",
    color: str | None = None,
) -> Component:
    component: Component = {"type": "button", "action": action, "style": style, "height": "sm"}
    if color:
        component["color"] = color
    return component


def separator() -> Component:
    return {"type": "separator"}
