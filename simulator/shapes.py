"""A small language for "what a JSON value must look like". Knows nothing of LINE.

A *shape* is a function `(value, path, problems)` that appends to `problems`; it never raises,
whatever JSON it is given.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from simulator.counting import utf16_units

Problem = tuple[str, str]
Problems = list[Problem]
Shape = Callable[[Any, str, Problems], None]


def anything(value: Any, path: str, problems: Problems) -> None:
    """Accepts every value."""


def words(
    low: int = 0,
    high: int | None = None,
    count: Callable[[str], int] = utf16_units,
    pattern: str | None = None,
) -> Shape:
    """A string whose `count` lies in `low..high` and which matches `pattern` as a whole."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.append((path, "Must be a string"))
        elif low and not value:
            problems.append((path, "May not be empty"))
        elif count(value) < low or (high is not None and count(value) > high):
            problems.append((path, f"Length must be between {low} and {high}"))
        elif pattern is not None and not re.fullmatch(pattern, value):
            problems.append((path, "Has an invalid format"))

    return check


def choice(*allowed: str) -> Shape:
    """One of the given strings."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str) or value not in allowed:
            problems.append((path, "Must be one of the following values: " + ", ".join(allowed)))

    return check


def number(low: float | None = None, high: float | None = None, whole: bool = True) -> Shape:
    """A JSON number (an integer if `whole`) in `low..high`."""

    def check(value: Any, path: str, problems: Problems) -> None:
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            problems.append((path, "Must be an integer" if whole else "Must be a number"))
        elif (low is not None and value < low) or (high is not None and value > high):
            problems.append((path, f"Must be between {low} and {high}"))

    return check


def boolean(value: Any, path: str, problems: Problems) -> None:
    """true or false."""
    if not isinstance(value, bool):
        problems.append((path, "Must be a boolean"))


def array(item: Shape, low: int = 0, high: int | None = None) -> Shape:
    """A list of `low..high` items, each of which has the shape `item`."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.append((path, "Must be an array"))
            return
        if len(value) < low or (high is not None and len(value) > high):
            problems.append((path, f"Size must be between {low} and {high}"))
        for place, one in enumerate(value):
            item(one, f"{path}[{place}]", problems)

    return check


def link(*schemes: str, high: int = 2000) -> Shape:
    """An absolute address with one of `schemes` and no white space."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str) or not value:
            problems.append((path, "May not be empty" if value == "" else "Must be a string"))
        elif utf16_units(value) > high:
            problems.append((path, f"Length must be between 0 and {high}"))
        elif re.search(r"\s", value) or not _is_address(value, schemes):
            problems.append((path, "Must be a URI with scheme " + ", ".join(schemes)))

    return check


def _is_address(value: str, schemes: Sequence[str]) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    if parts.scheme.lower() not in schemes:
        return False
    return bool(parts.netloc if parts.scheme.lower() in ("http", "https") else parts[1] or parts[2])


@dataclass(frozen=True)
class Fields:
    """An object: `required` and `optional` properties, nothing else; `also` looks at the whole."""

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape]
    also: Shape = anything

    def __call__(self, value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.append((path, "Must be an object"))
            return
        before = len(problems)
        for name in self.required:
            if name not in value:
                problems.append((join(path, name), "Must be specified"))
        for name, one in value.items():
            shape = self.required.get(name) or self.optional.get(name)
            if shape is None:
                problems.append((join(path, name), "Unknown property"))
            else:
                shape(one, join(path, name), problems)
        if len(problems) == before:
            self.also(value, path, problems)


def tagged(by: str, shapes: Mapping[str, Fields]) -> Shape:
    """An object whose property `by` names which of `shapes` it must have."""
    known = {
        name: Fields({by: choice(name), **one.required}, one.optional, one.also)
        for name, one in shapes.items()
    }

    def check(value: Any, path: str, problems: Problems) -> None:
        name = value.get(by) if isinstance(value, dict) else None
        if not isinstance(value, dict):
            problems.append((path, "Must be an object"))
        elif not isinstance(name, str) or name not in known:
            problems.append((join(path, by), "Must be one of: " + ", ".join(known)))
        else:
            known[name](value, path, problems)

    return check


def later(find: Callable[[], Shape]) -> Shape:
    """A shape looked up when it is used, for shapes that contain themselves."""

    def check(value: Any, path: str, problems: Problems) -> None:
        find()(value, path, problems)

    return check


def join(path: str, name: str) -> str:
    """`messages[0]` and `text` → `messages[0].text`."""
    return f"{path}.{name}" if path else name
