"""The grammar of an address, over words: where its parts stand in a text.

A part is a unit (ซอย, หมู่, ถนน, ต., เลขที่) or a landmark, with or without a word of position (หน้า,
หลัง, ท้าย), and the name that follows it; neighbouring parts join. A pointer (ตรงนี้, ในบ้าน) is none.
"""

import re
from collections.abc import Sequence

from nlp.gazette import ENDS, INTO, LANDMARKS, NAMES, POSITIONS, UNITS, WEAK
from nlp.reading import Word

_NUMBER = re.compile(r"[/-]?\d[\d/\-.]*")
_NAME_WORDS = 3


def find_parts(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Spans of single parts, in order, none inside another."""
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(words):
        stop = _part_end(words, at)
        if stop is None:
            at += 1
            continue
        begin = _with_position(words, at)
        spans.append((words[begin].begin, words[stop - 1].end))
        at = stop
    return spans


def _part_end(words: Sequence[Word], at: int) -> int | None:
    """Index after the part that begins at word `at`, or None where none begins."""
    text = words[at].text
    if text in NAMES:
        return at + 1
    if text in UNITS:
        stop = _name_end(words, _after_dot(words, at))
        return stop if stop > _after_dot(words, at) else None
    if text in LANDMARKS:
        stop = _name_end(words, at + 1)
        return stop if stop > at + 1 or _is_anchored(words, at) else None
    if text in WEAK and (_is_anchored(words, at) or _begins_phrase(words, at)):
        stop = _name_end(words, at + 1)
        return stop if stop > at + 1 or _has_position(words, at) else None
    return None


def _after_dot(words: Sequence[Word], at: int) -> int:
    after = at + 1
    while after < len(words) and words[after].text in {".", "ที่", " "}:
        after += 1
    return after


def _is_anchored(words: Sequence[Word], at: int) -> bool:
    """Whether a bare landmark is used as a place: หน้าตลาด, ในตลาด, ตลาดข้างวัด."""
    before = words[at - 1].text if at else ""
    after = words[at + 1].text if at + 1 < len(words) else ""
    following = words[at + 2].text if at + 2 < len(words) else ""
    leads_on = after in POSITIONS and (following in LANDMARKS or following in WEAK)
    return before in POSITIONS or before in INTO or leads_on


def _has_position(words: Sequence[Word], at: int) -> bool:
    return at > 0 and words[at - 1].text in POSITIONS and words[at].text not in {"บ้าน", "ห้อง"}


def _begins_phrase(words: Sequence[Word], at: int) -> bool:
    return at > 0 and words[at - 1].text.isspace()


def _name_end(words: Sequence[Word], at: int) -> int:
    """Index after the name that begins at `at`: a few words and numbers, up to a word of `ENDS`."""
    stop, taken = at, 0
    while stop < len(words):
        text = words[stop].text
        if text.isspace():
            if stop + 1 < len(words) and "\n" not in text and _goes_on(words[stop + 1].text):
                stop += 1
                continue
            break
        if _NUMBER.fullmatch(text):
            stop += 1
            continue
        if text in ENDS or taken >= _NAME_WORDS or not re.match(r"[ก-๙A-Za-z]", text):
            break
        if text in UNITS or text in POSITIONS:
            break
        stop, taken = stop + 1, taken + 1
    return stop


def _goes_on(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) or text == "แยก"


def _with_position(words: Sequence[Word], at: int) -> int:
    begin = at
    while begin > 0:
        back = begin - 1
        if words[back].text == " " and back > 0 and _leads(words, back - 1):
            back -= 1
        if words[back].text not in POSITIONS and not _NUMBER.fullmatch(words[back].text):
            break
        begin = back
    return begin


def _leads(words: Sequence[Word], at: int) -> bool:
    """Whether word `at`, before a space, belongs to the address after it: 45/12 ม.3."""
    return "/" in words[at].text and bool(_NUMBER.fullmatch(words[at].text))
