"""What a template message's `template` and an imagemap may look like.

Source: LINE, "Template messages", "Imagemap message".
"""

from typing import Any

from simulator.actioncheck import URI_LIMIT, URI_SCHEMES, image_column_action, template_action
from simulator.counting import graphemes
from simulator.shapes import (
    Fields,
    Problems,
    Shape,
    array,
    choice,
    join,
    link,
    number,
    tagged,
    words,
)

picture = link("https")
LOOKS: dict[str, Shape] = {
    "imageAspectRatio": choice("rectangle", "square"),
    "imageSize": choice("cover", "contain"),
}
HEAD: dict[str, Shape] = {
    "thumbnailImageUrl": picture,
    "imageBackgroundColor": words(1, pattern="#[0-9A-Fa-f]{6}"),
    "title": words(1, 40, graphemes),
    "defaultAction": template_action,
}


def _shorter_with_head(limit: int) -> Any:
    """A picture or a title leaves room for only `limit` characters of text."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if ("title" in value or "thumbnailImageUrl" in value) and graphemes(value["text"]) > limit:
            problems.append((join(path, "text"), f"Length must be between 1 and {limit}"))

    return check


def _check_columns(value: Any, path: str, problems: Problems) -> None:
    columns = value["columns"]
    if len({len(one["actions"]) for one in columns}) > 1:
        problems.append((join(path, "columns"), "All columns need the same number of actions"))
    for name in ("title", "thumbnailImageUrl"):
        if len({name in one for one in columns}) > 1:
            problems.append((join(path, "columns"), f"All columns or none must have {name}"))


COLUMN = Fields(
    {"text": words(1, 120, graphemes), "actions": array(template_action, 1, 3)},
    HEAD,
    _shorter_with_head(60),
)
template = tagged(
    "type",
    {
        "buttons": Fields(
            {"text": words(1, 160, graphemes), "actions": array(template_action, 1, 4)},
            {**LOOKS, **HEAD},
            _shorter_with_head(60),
        ),
        "confirm": Fields(
            {"text": words(1, 240, graphemes), "actions": array(template_action, 2, 2)}, {}
        ),
        "carousel": Fields({"columns": array(COLUMN, 1, 10)}, LOOKS, _check_columns),
        "image_carousel": Fields(
            {
                "columns": array(
                    Fields({"imageUrl": picture, "action": image_column_action}, {}), 1, 10
                )
            },
            {},
        ),
    },
)

AREA = Fields({"x": number(0), "y": number(0), "width": number(1), "height": number(1)}, {})
LABEL: dict[str, Shape] = {"label": words(0, 100)}
IMAGEMAP: dict[str, Shape] = {
    "baseUrl": picture,
    "baseSize": Fields({"width": number(1040, 1040), "height": number(1)}, {}),
    "actions": array(
        tagged(
            "type",
            {
                "message": Fields({"area": AREA, "text": words(1, 400)}, LABEL),
                "uri": Fields({"area": AREA, "linkUri": link(*URI_SCHEMES, high=URI_LIMIT)}, LABEL),
                "clipboard": Fields({"area": AREA, "clipboardText": words(1, 1000)}, LABEL),
            },
        ),
        0,
        50,
    ),
}
IMAGEMAP_VIDEO = Fields(
    {"originalContentUrl": picture, "previewImageUrl": picture, "area": AREA},
    {
        "externalLink": Fields(
            {"linkUri": link(*URI_SCHEMES, high=URI_LIMIT), "label": words(1, 30)}, {}
        )
    },
)
