"""What an action object (the thing behind a button) may look like, by where it stands.

Source: LINE, "Action objects" and "Specifications of the label".
"""

import re
from typing import Any

from simulator.counting import graphemes
from simulator.shapes import Fields, Problems, Shape, choice, join, link, tagged, words

URI_SCHEMES = ("http", "https", "line", "tel")
URI_LIMIT = 1000
DATA = words(0, 300)
SPOKEN = words(1, 300, graphemes)
PICKER_FORMATS = {
    "date": r"\d{4}-\d{2}-\d{2}",
    "time": r"\d{2}:\d{2}",
    "datetime": r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}",
}
TALKING = ("clipboard", "datetimepicker", "message", "postback", "uri")
PHONE_ONLY = ("camera", "cameraRoll", "location")


def _check_postback(value: Any, path: str, problems: Problems) -> None:
    if "displayText" in value and "text" in value:
        problems.append((join(path, "text"), "Cannot be used together with displayText"))
    if "fillInText" in value and value.get("inputOption") != "openKeyboard":
        problems.append((join(path, "fillInText"), "Needs inputOption openKeyboard"))


def _check_picker(value: Any, path: str, problems: Problems) -> None:
    form = PICKER_FORMATS[value["mode"]]
    for name in ("initial", "min", "max"):
        if name in value and not re.fullmatch(form, value[name]):
            problems.append((join(path, name), "Has an invalid format"))
    if value.get("min", "") and value.get("max", "") and value["min"] >= value["max"]:
        problems.append((join(path, "max"), "Must be later than min"))


def _action_fields() -> dict[str, Fields]:
    any_words = words()
    inputs = choice("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")
    return {
        "camera": Fields({}, {}),
        "cameraRoll": Fields({}, {}),
        "location": Fields({}, {}),
        "clipboard": Fields({"clipboardText": words(1, 1000)}, {}),
        "datetimepicker": Fields(
            {"data": DATA, "mode": choice("date", "time", "datetime")},
            {"initial": any_words, "max": any_words, "min": any_words},
            _check_picker,
        ),
        "message": Fields({"text": SPOKEN}, {}),
        "postback": Fields(
            {"data": DATA},
            {"displayText": SPOKEN, "text": SPOKEN, "inputOption": inputs, "fillInText": SPOKEN},
            _check_postback,
        ),
        "richmenuswitch": Fields({"data": DATA, "richMenuAliasId": words(1, 32)}, {}),
        "uri": Fields(
            {"uri": link(*URI_SCHEMES, high=URI_LIMIT)},
            {"altUri": Fields({}, {"desktop": link("http", "https", high=URI_LIMIT)})},
        ),
    }


def _action(types: tuple[str, ...], label_limit: int, label_needed: bool) -> Shape:
    label: dict[str, Shape] = {"label": words(1 if label_needed else 0, label_limit, graphemes)}
    shapes = {}
    for name, fields in _action_fields().items():
        if name not in types:
            continue
        # LINE always writes a label on the three actions that open a part of the phone.
        needed = label_needed or name in PHONE_ONLY
        required = {**fields.required, **(label if needed else {})}
        shapes[name] = Fields(required, {**fields.optional, **label}, fields.also)
    return tagged("type", shapes)


template_action = _action(TALKING, 20, label_needed=True)
quick_reply_action = _action(TALKING + PHONE_ONLY, 20, label_needed=True)
image_column_action = _action(TALKING, 12, label_needed=False)
flex_button_action = _action(TALKING, 40, label_needed=True)
flex_action = _action(TALKING, 40, label_needed=False)
rich_menu_action = _action((*TALKING, "richmenuswitch"), 20, label_needed=False)
