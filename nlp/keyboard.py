"""Words typed with the keyboard in the other language: `=j;p` is meant to be Thai, ้ำสสน English.

Key for key, so that the result has the length of the text and positions hold.
"""

import re
from collections.abc import Sequence

from pythainlp.util import eng_to_thai, thai_to_eng

from nlp.tokens import known_share, read_words, tokenize

_LOOK = 300
_LEAST = 4
# Of letters in words that a dictionary knows: Thai typed on English keys has nearly all, English
# read as Thai keys never half; in what was meant to be Thai, hardly ever so few are known.
_SURELY_THAI = 0.8
_HARDLY_THAI = 0.6
_ENGLISH_SHARE = 0.6
_THAI = re.compile(r"[ก-๙]")
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[a-z]+")


def as_meant(text: str, words: Sequence[str]) -> str:
    """`text`, or what the same keys give in the other language where only that makes words.

    `words`: those of `text` as it stands.
    """
    looked = text[:_LOOK]
    if len(looked.strip()) < _LEAST or "://" in looked:
        return text
    if not _THAI.search(looked):
        return eng_to_thai(text) if _is_thai(looked) else text
    if _LATIN.search(looked) or known_share(words) > _HARDLY_THAI:
        return text
    return thai_to_eng(text) if _is_english(thai_to_eng(looked)) else text


def _is_thai(text: str) -> bool:
    if not _LATIN.search(text):
        return False
    return known_share(tokenize(eng_to_thai(text))) >= _SURELY_THAI


def _is_english(text: str) -> bool:
    words = _WORD.findall(text.lower())
    letters = sum(map(len, words))
    known = sum(len(word) for word in words if word in read_words("english"))
    return letters >= _LEAST and known >= _ENGLISH_SHARE * letters
