"""A message as numbered features with weights: words, characters and cues, hashed into one table.

Hashing (CRC-32, the same on every machine) needs no vocabulary file and gives unseen spellings a
place. Words break under typing errors and characters hold, so the model has both.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.reading import Reading

TABLE_BITS = 17
TABLE_SIZE = 1 << TABLE_BITS
_LONGEST_RUN = 5  # characters
# How much each kind of feature counts, as the length of its part of a message.
_WORDS_COUNT, _CHARS_COUNT, _CUES_COUNT, _TOPICS_COUNT = 1.0, 0.8, 0.6, 1.0

# Multipliers of the hash over code points: odd, of no pattern (2^64 / golden ratio; a prime).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0x100000001B3)

# Places in the table, with repeats, and the weight at each.
Features = tuple[NDArray[np.int64], NDArray[np.float32]]


def extract(reading: Reading) -> Features:
    """Places in the table and weights of a text; each group has length one."""
    seen = reading.seen()
    shown = "".join(seen.tokens)
    cues, topics = seen.cues, seen.topics
    groups = (
        (_WORDS_COUNT, _places(_word_names(seen.words))),
        (_CHARS_COUNT, _char_places(shown)),
        (_CUES_COUNT, _places(_cue_names(shown, seen.words, cues))),
        (_TOPICS_COUNT, _places(_topic_names(topics, cues))),
    )
    weights = [np.full(len(found), share / max(len(found), 1) ** 0.5) for share, found in groups]
    return np.concatenate([found for _, found in groups]), np.concatenate(weights).astype(
        np.float32
    )


def place_of(name: str) -> int:
    """Where in the table a feature stands."""
    return crc32(name.encode("utf-8", "replace")) & (TABLE_SIZE - 1)


def _places(names: Iterable[str]) -> NDArray[np.int64]:
    return np.array([place_of(name) for name in dict.fromkeys(names)], dtype=np.int64)


def _char_places(text: str) -> NDArray[np.int64]:
    """Of every run of two to five characters: hashed together, since there are hundreds."""
    padded = "^" + re.sub(r"\s+", " ", text).strip() + "$"
    codes = np.frombuffer(padded.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    hashes, found = codes, []
    for length in range(2, _LONGEST_RUN + 1):
        hashes = hashes[:-1] * _STEP + codes[length - 1 :]
        found.append(hashes * _SPREAD >> np.uint64(64 - TABLE_BITS))
    return np.unique(np.concatenate(found)).astype(np.int64)


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


def _cue_names(text: str, words: Sequence[str], cues: Sequence[str]) -> Iterator[str]:
    yield from ("q:" + cue for cue in cues)
    yield from (f"q:{a}&{b}" for a, b in combinations(cues, 2))
    yield f"q:length{min(len(words).bit_length(), 7)}"
    yield from (f"q:{name}" for name in _shape_names(text))


def _topic_names(topics: Sequence[str], cues: Sequence[str]) -> Iterator[str]:
    yield from ("t:" + topic for topic in topics)
    yield from (f"t:{a}&{b}" for a, b in combinations(topics, 2))
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
