"""In which language a message is written, told by its letters."""

import unicodedata
from collections import Counter

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


def find_language(text: str) -> str:
    """`th`, `en`, `my`, `km`, `lo`, `zh`, or `und` where there is no letter of these (BCP 47).

    Every text in Latin letters is called `en`, romanised Thai too.
    """
    counts: Counter[str] = Counter()
    for char in text[:_LOOK]:
        if char.isalpha():
            script = unicodedata.name(char, "").split(" ", 1)[0]
            counts[_SCRIPTS.get(script, UNKNOWN)] += 1
    counts["en"] = -(-counts["en"] // _LATIN_SHARE)
    language, count = counts.most_common(1)[0]
    return language if count else UNKNOWN
