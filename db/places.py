"""Where a case is: what each message told of it, sealed in the case, so that unsend takes it out.

Shape, as JSON: [{"from": hex of the message's key, "text"|"latitude", "longitude", "name"}, …].
"""

import json
from dataclasses import dataclass
from typing import Any

from db.models import Case
from db.stations import OpenStation

_CONTEXT = "case.place"


@dataclass(frozen=True, slots=True)
class Place:
    """In words as typed, and as a position in degrees (WGS 84) with LINE's name for the spot."""

    text: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    name: str | None = None

    @property
    def is_empty(self) -> bool:
        return self == Place()


def add_place(station: OpenStation, case: Case, message_id: str, told: Place) -> None:
    if told.is_empty:
        return
    part = {"from": _key(station, message_id), "text": told.text, "latitude": told.latitude}
    part |= {"longitude": told.longitude, "name": told.name}
    _seal(station, case, [*_parts(station, case), part])


def find_place(station: OpenStation, case: Case) -> Place:
    """The first place in words, the newest position."""
    text, spot = None, Place()
    for part in _parts(station, case):
        text = text or part["text"]
        if part["latitude"] is not None:
            spot = Place(None, part["latitude"], part["longitude"], part["name"])
    return Place(text, spot.latitude, spot.longitude, spot.name)


def drop_place(station: OpenStation, case: Case, message_id: str) -> None:
    """Forget what this message told of the place."""
    key = _key(station, message_id)
    parts = _parts(station, case)
    kept = [part for part in parts if part["from"] != key]
    if len(kept) < len(parts):
        _seal(station, case, kept)


def _key(station: OpenStation, message_id: str) -> str:
    return station.seals.key("message", message_id).hex()


def _parts(station: OpenStation, case: Case) -> list[dict[str, Any]]:
    if case.sealed_place is None:
        return []
    parts: list[dict[str, Any]] = json.loads(station.seals.open_text(case.sealed_place, _CONTEXT))
    return parts


def _seal(station: OpenStation, case: Case, parts: list[dict[str, Any]]) -> None:
    case.sealed_place = station.seals.seal_text(json.dumps(parts), _CONTEXT) if parts else None
