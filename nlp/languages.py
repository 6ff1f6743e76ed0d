"""In which language a message is written: by its letters, romanised Thai by its words."""

import re
import unicodedata
from collections import Counter

from nlp.tokens import read_words

_SCRIPTS = {
    "THAI": "th",
    "LATIN": "en",
    "MYANMAR": "my",
    "KHMER": "km",
    "LAO": "lo",
    "CJK": "zh",
}
UNKNOWN = "und"
_LOOK = 500
# A Thai message with an English word in it stays Thai: so many Latin letters weigh as one of Thai.
_LATIN_SHARE = 4
ROMANISED = "th-Latn"
# Of words in Latin letters so many are common Thai ones where the whole is Thai.
_ROMANISED_SHARE = 0.25
_WORD = re.compile(r"[a-z]+")


def find_language(text: str) -> str:
    """`th`, `th-Latn` (romanised), `en` (all else in Latin letters), `my`, `km`, `lo`, `zh`, or
    `und` where there is no letter of these (BCP 47).
    """
    counts: Counter[str] = Counter()
    for char in text[:_LOOK]:
        if char.isalpha():
            script = unicodedata.name(char, "").split(" ", 1)[0]
            counts[_SCRIPTS.get(script, UNKNOWN)] += 1
    counts["en"] = -(-counts["en"] // _LATIN_SHARE)
    language, count = counts.most_common(1)[0]
    if language == "en" and _is_romanised(text[:_LOOK].lower()):
        return ROMANISED
    return language if count else UNKNOWN


def _is_romanised(text: str) -> bool:
    words = _WORD.findall(text)
    known = sum(word in read_words("romanised") for word in words)
    return known > 0 and known >= _ROMANISED_SHARE * len(words)
