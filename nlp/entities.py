"""Phones, plates, links, coordinates and citizen ids: found as written, before the model sees one
word in place of each, since which one it is says nothing of what the message is about.
"""

import re
from dataclasses import dataclass

# Two consonants and a number that are no plate: รถ 2 คัน, คน 300.
_NO_PLATE = (
    "รถ|คน|ผม|กม|ชม|ซม|มม|รร|บน|ลง|พบ|มด|นก|กบ|สน|จบ|หก|ตก|ชก|ทน|ขน|งบ|วน|อก|ศพ"
    "|พศ|คศ|มค|กพ|พค|กค|สค|กย|ตค|พย|ธค"
)
_PATTERN = re.compile(
    r"(?P<link>(?:https?://|www\.|line\.me/|maps\.app|goo\.gl/)\S+)"
    r"|(?P<coordinates>(?<![\d.])-?\d{1,2}\.\d{4,},? ?-?\d{1,3}\.\d{4,})"
    r"|(?P<citizen_id>(?<!\d)\d-?\d{4}-?\d{5}-?\d{2}-?\d(?!\d))"
    r"|(?P<phone>(?<!\d)(?:0|\+66 ?)\d{1,2}[- ]?\d{3}[- ]?\d{3,4}(?!\d))"
    rf"|(?P<plate>(?:(?<![ก-๙])(?!\d?(?:{_NO_PLATE}))"
    r"(?:\d[ก-ฮ]{2}[ -]?\d{1,4}|[ก-ฮ]{2}[ -]?\d{3,4})"
    r"|(?:(?<=ทะเบียน)|(?<=ทะเบียน ))\d?[ก-ฮ]{1,2}[ -]?\d{1,4})(?!\d))",
    re.IGNORECASE,
)
_JOINTS = re.compile(r"[\s-]")
WORDS = {
    "link": "ลิงก์",
    "coordinates": "พิกัด",
    "citizen_id": "เลขบัตร",
    "phone": "เบอร์โทร",
    "plate": "ทะเบียน",
}
_SPOTS = frozenset({"link", "coordinates"})


@dataclass(frozen=True, slots=True)
class Entity:
    """`kind` is one of WORDS; it stands at `begin` to `end` of the normalised text as `text`."""

    kind: str
    begin: int
    end: int
    text: str

    @property
    def is_spot(self) -> bool:
        """Whether it leads to a place by itself: a map link, coordinates."""
        return self.kind in _SPOTS

    @property
    def value(self) -> str:
        """One spelling of it: a phone number in digits, a plate without gaps."""
        return self.text if self.is_spot else _JOINTS.sub("", self.text)


def find_entities(text: str) -> tuple[Entity, ...]:
    """Every one of a normalised text, in order."""
    return tuple(
        Entity(str(match.lastgroup), *match.span(), match.group())
        for match in _PATTERN.finditer(text)
    )
