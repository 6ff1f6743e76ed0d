"""What the page's buttons do: one function each, over what the page sent."""

import base64
import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.groups import Group
from simulator.people import Person
from simulator.records import Body

if TYPE_CHECKING:
    from simulator.line import Line


class Acts:
    """`perform` raises KeyError, ValueError or LookupError for what makes no sense."""

    def __init__(self, line: "Line") -> None:
        self._line = line
        self._acts: dict[str, Callable[[Body], Any]] = {
            "say": self._say,
            "location": self._location,
            "photo": self._photo,
            "media": self._media,
            "sticker": self._sticker,
            "tap": self._tap,
            "unsend": lambda given: self._who(given).unsend(str(given["message"])),
            "edit": lambda given: self._who(given).edit(str(given["message"]), str(given["text"])),
            "follow": lambda given: self._who(given).follow(),
            "unfollow": lambda given: self._who(given).unfollow(),
            "invite": lambda given: self._group(given).invite_bot(self._who(given)),
            "remove": lambda given: self._group(given).remove_bot(),
            "fault": self._fault,
            "clearFaults": lambda given: line.faults.clear(),
            "quota": self._quota,
            "addPerson": lambda given: line.add_person(str(given["name"])[:20], friend=False),
        }

    def perform(self, given: Body) -> None:
        """`given` names the act in `act`, who acts in `who`, and where in `chat`."""
        self._acts[given["act"]](given)
        self._line.world.touch()

    def _who(self, given: Body) -> Person:
        return self._line.people[given["who"]]

    def _group(self, given: Body) -> Group:
        return self._line.groups[given["chat"]]

    def _to(self, given: Body) -> Group | None:
        return self._line.groups.get(given["chat"])

    def _say(self, given: Body) -> None:
        text = str(given["text"])[:5000]
        quote = given.get("quote")
        mentions = f"@{self._line.world.bot_name}" in text and self._to(given) is not None
        self._who(given).say(text, self._to(given), quote, mention_bot=mentions)

    def _location(self, given: Body) -> None:
        self._who(given).send_location(
            float(given["latitude"]),
            float(given["longitude"]),
            given.get("title") or None,
            given.get("address") or None,
            self._to(given),
        )

    def _photo(self, given: Body) -> None:
        self._who(given).send_photo(_bytes(given), self._to(given))

    def _media(self, given: Body) -> None:
        data = _bytes(given) or b"sample"
        name = str(given.get("name") or "sample.bin")
        self._who(given).send_media(given["kind"], data, self._to(given), name=name)

    def _sticker(self, given: Body) -> None:
        keywords = [str(one) for one in given.get("keywords", [])]
        self._who(given).send_sticker(given["package"], given["sticker"], self._to(given), keywords)

    def _tap(self, given: Body) -> None:
        action, params = given["action"], given.get("params")
        if not isinstance(action, dict):
            raise ValueError("an action is an object")
        self._who(given).tap(action, self._to(given), params)

    def _fault(self, given: Body) -> None:
        self._line.faults.add(str(given["kind"]), int(given.get("times", 1)), given.get("path"))

    def _quota(self, given: Body) -> None:
        self._line.quota_used = int(given["used"])


def _bytes(given: Body) -> bytes | None:
    try:
        return base64.b64decode(given.get("data") or "", validate=True) or None
    except binascii.Error as fault:
        raise ValueError("data must be base64") from fault
