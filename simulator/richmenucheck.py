"""What a rich menu object and its picture may look like. Source: LINE, "Rich menu"."""

import struct
from typing import Any

from simulator.actioncheck import rich_menu_action
from simulator.counting import graphemes
from simulator.shapes import Fields, Problems, array, boolean, number, words

PICTURE_BYTES = 1024 * 1024


def _check_size(value: Any, path: str, problems: Problems) -> None:
    if value["width"] / value["height"] < 1.45:
        problems.append((path, "The aspect ratio (width / height) must be at least 1.45"))


def _check_areas(value: Any, path: str, problems: Problems) -> None:
    size = value["size"]
    for place, area in enumerate(value["areas"]):
        bounds = area["bounds"]
        if (
            bounds["x"] + bounds["width"] > size["width"]
            or bounds["y"] + bounds["height"] > size["height"]
        ):
            problems.append((f"areas[{place}].bounds", "Lies outside the rich menu"))


BOUNDS = Fields({"x": number(0), "y": number(0), "width": number(1), "height": number(1)}, {})
rich_menu = Fields(
    {
        "size": Fields({"width": number(800, 2500), "height": number(250)}, {}, _check_size),
        "selected": boolean,
        "name": words(1, 300, graphemes),
        "chatBarText": words(1, 14, graphemes),
        "areas": array(Fields({"bounds": BOUNDS, "action": rich_menu_action}, {}), 0, 20),
    },
    {},
    _check_areas,
)


def find_rich_menu_problems(body: Any) -> Problems:
    """`(property, message)` for all that LINE refuses in a rich menu object."""
    problems: Problems = []
    rich_menu(body, "", problems)
    return problems


def find_picture_fault(data: bytes, width: int, height: int) -> str | None:
    """Why LINE refuses this picture for a menu of that size, or None."""
    if len(data) > PICTURE_BYTES:
        return "The image must be at most 1 MB"
    size = read_picture_size(data)
    if size is None:
        return "The image must be a JPEG or PNG"
    if size != (width, height):
        return f"The image must be {width} x {height} pixels"
    return None


def read_picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG, or None for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        wide, high = struct.unpack(">II", data[16:24])
        return wide, high
    if data[:2] == b"\xff\xd8":
        return _read_jpeg_size(data)
    return None


def _read_jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        mark = data[at + 1]
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            high, wide = struct.unpack(">HH", data[at + 5 : at + 9])
            return wide, high
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None
