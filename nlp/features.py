"""A message as numbered features with weights: words, characters and cues, hashed into one table.

Hashing (CRC-32, the same on every machine) needs no vocabulary file and gives unseen spellings a
place. Words break under typing errors and characters hold, so the model has both.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.cues import CUES, find_groups, phrases
from nlp.tokens import tokenize
from nlp.topics import TOPICS

TABLE_BITS = 17
TABLE_SIZE = 1 << TABLE_BITS
_HEAD, _TAIL = 1200, 400  # of a very long text, what is looked at: its beginning and its end
_CHAR_LENGTHS = (2, 3, 4, 5)
_GROUP_WEIGHTS = {"word": 1.0, "char": 0.8, "cue": 0.6, "topic": 1.0}

_MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:https?://|www\.|line\.me/|maps\.app|goo\.gl/)\S+", re.IGNORECASE), " ลิงก์ "),
    (re.compile(r"-?\d{1,3}\.\d{4,},? ?-?\d{1,3}\.\d{4,}"), " พิกัด "),
    (re.compile(r"(?<!\d)0\d{1,2}[- ]?\d{3}[- ]?\d{3,4}(?!\d)"), " เบอร์โทร "),
    (re.compile(r"(?<![ก-๙])\d?[ก-ฮ]{2} ?\d{1,4}(?!\d)"), " ทะเบียน "),
    (re.compile(r"55+5"), " 555 "),
)

Features = tuple[NDArray[np.int64], NDArray[np.float32]]


def extract(text: str) -> Features:
    """Places in the table and weights of a *normalised* text; each group has length one."""
    shown = masked_of(text)
    words = words_of(shown)
    groups = {
        "word": set(_word_names(words)),
        "char": set(_char_names(shown)),
        "cue": set(_cue_names(shown, words)),
        "topic": set(_topic_names(words)),
    }
    weights: dict[int, float] = {}
    for group, names in groups.items():
        share = _GROUP_WEIGHTS[group] / max(len(names), 1) ** 0.5
        for name in names:
            place = place_of(name)
            weights[place] = weights.get(place, 0.0) + share
    places = sorted(weights)
    values = [weights[place] for place in places]
    return np.array(places, dtype=np.int64), np.array(values, dtype=np.float32)


def masked_of(text: str) -> str:
    """What is looked at of a normalised text: in small letters, masked, of a long one the ends."""
    return mask(_shorten(text).lower())


def place_of(name: str) -> int:
    """Where in the table a feature stands."""
    return crc32(name.encode("utf-8", "replace")) & (TABLE_SIZE - 1)


@lru_cache(maxsize=4)
def words_of(masked: str) -> tuple[str, ...]:
    """The words of a masked text. Rules and model ask for the same text one after the other."""
    return tuple(word for word in tokenize(masked) if not word.isspace())


def mask(text: str) -> str:
    """Links, coordinates, phones and plates become one word each: which one does not matter."""
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    return text


def _shorten(text: str) -> str:
    if len(text) <= _HEAD + _TAIL:
        return text
    return text[:_HEAD] + "\n" + text[-_TAIL:]


def _word_names(words: Sequence[str]) -> Iterator[str]:
    ends = ["<", *(_number_class(word) for word in words), ">"]
    for word in ends[1:-1]:
        yield "w:" + word
    for first, second in pairwise(ends):
        yield f"b:{first}|{second}"


def _number_class(word: str) -> str:
    if not word.isdigit() or word in {"191", "199", "1669", "1155", "555"}:
        return word
    return f"#{min(len(word), 4)}"


def _char_names(text: str) -> Iterator[str]:
    padded = "^" + re.sub(r"\s+", " ", text).strip() + "$"
    for length in _CHAR_LENGTHS:
        for begin in range(len(padded) - length + 1):
            yield "c:" + padded[begin : begin + length]


def _cue_names(text: str, words: Sequence[str]) -> Iterator[str]:
    found = phrases(words)
    cues = sorted(find_groups(CUES, found))
    yield from ("q:" + cue for cue in cues)
    yield from (f"q:{a}&{b}" for i, a in enumerate(cues) for b in cues[i + 1 :])
    yield f"q:length{min(len(words).bit_length(), 7)}"
    yield from (f"q:{name}" for name in _shape_names(text))


def _topic_names(words: Sequence[str]) -> Iterator[str]:
    found = phrases(words)
    topics, cues = sorted(find_groups(TOPICS, found)), sorted(find_groups(CUES, found))
    yield from ("t:" + topic for topic in topics)
    yield from (f"t:{a}&{b}" for i, a in enumerate(topics) for b in topics[i + 1 :])
    yield from (f"t:{topic}&q:{cue}" for topic in topics for cue in cues)


def _shape_names(text: str) -> Iterable[str]:
    if re.search(r"[?？]", text):
        yield "mark?"
    if "!" in text:
        yield "mark!"
    if re.search(r"\d", text):
        yield "digit"
    if not re.search(r"[ก-๙]", text):
        yield "latin" if re.search(r"[a-z]", text) else "wordless"
