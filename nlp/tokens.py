"""Thai text into words: PyThaiNLP's newmm with the project's own word list in its dictionary.

One engine everywhere: the same words on every machine give the same label, and newmm needs no
compiled wheel. It cuts thousands of messages a second, and 5,000 hostile characters in a few
milliseconds. Spaces and line breaks come out as tokens, since they carry meaning.
"""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

# The one place in this room that touches the environment, and only to set: without these,
# PyThaiNLP may try to download or to create a data folder at the first use of a corpus.
os.environ.setdefault("PYTHAINLP_OFFLINE", "1")
os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")

from pythainlp.corpus import thai_stopwords, thai_words
from pythainlp.tokenize import newmm
from pythainlp.util import Trie

WORDS = Path(__file__).parent / "words"

# Entries of the base list that swallow a word of position: หาย|หน้าเซเว่น, not หายหน้า|เซเว่น.
_NOT_WORDS = frozenset(
    ("หายหน้า", "ดับไฟ", "ไฟหน้า", "ข้างหน้า", "ชนหน้า", "รถหน้า", "โรงเรียนวัด", "หน้าวัด", "ไฟไหม้บ้าน")
)


@cache
def read_words(name: str) -> frozenset[str]:
    """The words of `nlp/words/NAME.txt`; lines that begin with # are remarks."""
    lines = (WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    words = (line.strip() for line in lines)
    return frozenset(word for word in words if word and not word.startswith("#"))


def domain_words() -> frozenset[str]:
    """Words of this trade that PyThaiNLP's list lacks."""
    return read_words("domain")


def common_words() -> frozenset[str]:
    """PyThaiNLP's stop words: never removed from a message, but they are no names."""
    return frozenset(thai_stopwords())


def tokenize(text: str) -> list[str]:
    """Words of `text` (normalise it first); joined again they give `text`."""
    return list(newmm.segment(text, custom_dict=_dictionary(), safe_mode=True))


def known_share(words: Sequence[str]) -> float:
    """Of the letters of `words`, how many stand in words of two letters and more that are known."""
    solid = [word for word in words if not word.isspace()]
    known = sum(len(word) for word in solid if len(word) > 1 and word in _known_words())
    return known / max(sum(map(len, solid)), 1)


def warm() -> None:
    """Build the dictionary now (about half a second) rather than at the first message."""
    _dictionary()


@cache
def _dictionary() -> Trie:
    return Trie(_known_words())


@cache
def _known_words() -> frozenset[str]:
    return frozenset((thai_words() | domain_words()) - _NOT_WORDS)
