"""What a Flex Message container may look like.

Source: LINE, "Flex Message" (sizes and keywords in "Flex Message layout").
"""

import json
from typing import Any

from simulator.actioncheck import flex_action, flex_button_action
from simulator.shapes import (
    Fields,
    Problems,
    Shape,
    array,
    boolean,
    choice,
    join,
    later,
    link,
    number,
    tagged,
    words,
)

BUBBLE_BYTES = 30 * 1024
CAROUSEL_BYTES = 50 * 1024
PIXELS = r"\d+(\.\d+)?px"
PERCENT = r"\d+(\.\d+)?%"
STEPS = "none|xs|sm|md|lg|xl|xxl"
FONT_STEPS = "xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl"
SIGNED = r"-?\d+(\.\d+)?(px|%)"

color = words(1, pattern=r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?")
gap = words(1, pattern=f"{STEPS}|{PIXELS}")
padding = words(1, pattern=f"{STEPS}|{PIXELS}|{PERCENT}")
length = words(1, pattern=f"{PIXELS}|{PERCENT}")
font_size = words(1, pattern=f"{FONT_STEPS}|{PIXELS}")
ratio = words(1, pattern=r"[1-9]\d{0,5}(\.\d+)?:[1-9]\d{0,5}(\.\d+)?")
picture = link("https")
OFFSETS: dict[str, Shape] = {
    "position": choice("relative", "absolute"),
    **{
        name: words(1, pattern=f"{STEPS}|{SIGNED}")
        for name in ("offsetTop", "offsetBottom", "offsetStart", "offsetEnd")
    },
}
PLACED: dict[str, Shape] = {"flex": number(0), "margin": gap, **OFFSETS}
gravity = choice("top", "bottom", "center")
LETTERS: dict[str, Shape] = {
    "size": font_size,
    "color": color,
    "weight": choice("regular", "bold"),
    "style": choice("normal", "italic"),
    "decoration": choice("none", "underline", "line-through"),
}


def _check_text(value: Any, path: str, problems: Problems) -> None:
    if not value.get("text") and not value.get("contents"):
        problems.append((join(path, "text"), "May not be empty"))


def _check_box(value: Any, path: str, problems: Problems) -> None:
    baseline = value["layout"] == "baseline"
    for place, one in enumerate(value["contents"]):
        kind = one["type"]
        if kind not in ("text", "filler") and (kind == "icon") != baseline:
            where = f"{join(path, 'contents')}[{place}].type"
            problems.append((where, f"A {value['layout']} box cannot contain {kind}"))


def _check_ratio(value: Any, path: str, problems: Problems) -> None:
    wide, high = (float(part) for part in value.get("aspectRatio", "1:1").split(":"))
    if high > 3 * wide:
        problems.append((join(path, "aspectRatio"), "Height is more than three times the width"))


_components = later(lambda: component)

BOX = Fields(
    {
        "layout": choice("horizontal", "vertical", "baseline"),
        "contents": array(_components),
    },
    {
        **PLACED,
        "spacing": gap,
        "backgroundColor": color,
        "borderColor": color,
        "borderWidth": words(1, pattern=f"none|light|normal|medium|semi-bold|bold|{PIXELS}"),
        "cornerRadius": gap,
        "width": length,
        "maxWidth": length,
        "height": length,
        "maxHeight": length,
        **{f"padding{side}": padding for side in ("All", "Top", "Bottom", "Start", "End")},
        "action": flex_action,
        "justifyContent": choice(
            "center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"
        ),
        "alignItems": choice("center", "flex-start", "flex-end"),
        "background": tagged(
            "type",
            {
                "linearGradient": Fields(
                    {
                        "angle": words(1, pattern=r"\d+(\.\d+)?deg"),
                        "startColor": color,
                        "endColor": color,
                    },
                    {"centerColor": color, "centerPosition": words(1, pattern=PERCENT)},
                )
            },
        ),
    },
    _check_box,
)
BUTTON = Fields(
    {"action": flex_button_action},
    {
        **PLACED,
        "color": color,
        "style": choice("primary", "secondary", "link"),
        "gravity": gravity,
        "height": choice("md", "sm"),
        "adjustMode": choice("shrink-to-fit"),
        "scaling": boolean,
    },
)
IMAGE = Fields(
    {"url": picture},
    {
        **PLACED,
        "align": choice("start", "end", "center"),
        "gravity": gravity,
        "size": words(1, pattern=f"{FONT_STEPS}|full|{PIXELS}|{PERCENT}"),
        "aspectRatio": ratio,
        "aspectMode": choice("fit", "cover"),
        "backgroundColor": color,
        "action": flex_action,
        "animated": boolean,
    },
    _check_ratio,
)
VIDEO = Fields(
    {
        "url": picture,
        "previewUrl": picture,
        "altContent": tagged("type", {"box": BOX, "image": IMAGE}),
    },
    {"aspectRatio": ratio, "action": flex_action},
)
ICON = Fields(
    {"url": picture},
    {
        "size": words(1, pattern=f"{FONT_STEPS}|{PIXELS}|{PERCENT}"),
        "aspectRatio": ratio,
        "margin": gap,
        **OFFSETS,
        "scaling": boolean,
    },
)
SPAN = Fields({"text": words(1)}, LETTERS)
TEXT = Fields(
    {},
    {
        **PLACED,
        **LETTERS,
        "text": words(),
        "align": choice("start", "end", "center"),
        "gravity": gravity,
        "wrap": boolean,
        "lineSpacing": words(1, pattern=PIXELS),
        "action": flex_action,
        "maxLines": number(0),
        "contents": array(tagged("type", {"span": SPAN})),
        "adjustMode": choice("shrink-to-fit"),
        "scaling": boolean,
    },
    _check_text,
)
SEPARATOR = Fields({}, {"margin": gap, "color": color})
FILLER = Fields({}, {"flex": number(0)})

box = tagged("type", {"box": BOX})
component: Shape = tagged(
    "type",
    {
        "box": BOX,
        "button": BUTTON,
        "image": IMAGE,
        "icon": ICON,
        "text": TEXT,
        "separator": SEPARATOR,
        "filler": FILLER,
    },
)
_block = Fields({}, {"backgroundColor": color, "separator": boolean, "separatorColor": color})


def _fits(limit: int) -> Shape:
    def check(value: Any, path: str, problems: Problems) -> None:
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if len(written.encode("utf-8", "surrogatepass")) > limit:
            problems.append((path, f"Must be at most {limit} bytes of JSON"))

    return check


def _check_bubble(value: Any, path: str, problems: Problems) -> None:
    _fits(BUBBLE_BYTES)(value, path, problems)
    if not any(name in value for name in ("header", "hero", "body", "footer")):
        problems.append((path, "At least one block must be specified"))
    if value.get("hero", {}).get("type") == "video" and value.get("size", "mega") not in (
        "kilo",
        "mega",
        "giga",
    ):
        problems.append((join(path, "size"), "A video needs size kilo, mega or giga"))


def _check_carousel(value: Any, path: str, problems: Problems) -> None:
    _fits(CAROUSEL_BYTES)(value, path, problems)
    if len({one.get("size", "mega") for one in value["contents"]}) > 1:
        problems.append((join(path, "contents"), "All bubbles must have the same size"))
    for place, one in enumerate(value["contents"]):
        if one.get("hero", {}).get("type") == "video":
            problems.append((f"{join(path, 'contents')}[{place}].hero", "No video in a carousel"))


BUBBLE = Fields(
    {},
    {
        "direction": choice("ltr", "rtl"),
        "styles": Fields({}, dict.fromkeys(("header", "hero", "body", "footer"), _block)),
        "header": box,
        "hero": tagged("type", {"box": BOX, "image": IMAGE, "video": VIDEO}),
        "body": box,
        "footer": box,
        "size": choice("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
        "action": flex_action,
    },
    _check_bubble,
)
CAROUSEL = Fields(
    {"contents": array(tagged("type", {"bubble": BUBBLE}), 1, 12)}, {}, _check_carousel
)
container = tagged("type", {"bubble": BUBBLE, "carousel": CAROUSEL})
