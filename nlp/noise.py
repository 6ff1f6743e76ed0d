"""Copies of a message with the faults that thumbs make, for training only.

Faults as seen in real reports: lost tone marks, neighbouring keys, lost or doubled letters,
stretched ends, two sara e for sara ae, lost spaces, lost polite endings.
"""

import re
from random import Random

_TONES = (
    "\N{THAI CHARACTER MAI EK}\N{THAI CHARACTER MAI THO}\N{THAI CHARACTER MAI TRI}"
    "\N{THAI CHARACTER MAI CHATTAWA}\N{THAI CHARACTER THANTHAKHAT}"
)
# Rows of the Kedmanee keyboard: a neighbour is the key to the left or right.
_ROWS = ("ๅภถุึคตจขช", "ๆไำพะัีรนยบล", "ฟหกดเ้่าสวง", "ผปแอิืทมใฝ")
_SWAPS = (
    ("ใ", "ไ"),
    ("ไ", "ใ"),
    ("ซ", "ช"),
    ("ค่ะ", "คะ"),
    ("แ", "เเ"),
    ("์", ""),
    ("ร", "ล"),
    ("ศ", "ส"),
    ("ณ", "น"),
)
_POLITE = re.compile(r" ?(?:นะ)?(?:ครับ|ค่ะ|คะ|คับ|จ้า)(?=\s|$)")


def noisy(text: str, random: Random, rate: float) -> str:
    """`text` with about `rate` of its characters damaged, at times without spaces or manners."""
    if random.random() < 0.25:
        text = _POLITE.sub("", text)
    if random.random() < 0.25:
        text = text.replace(" ", "")
    if random.random() < 0.2:
        text = "".join(c for c in text if c not in _TONES)
    if random.random() < 0.3:
        old, new = random.choice(_SWAPS)
        text = text.replace(old, new)
    return "".join(_damage(c, random) if random.random() < rate else c for c in text) or text


def _damage(char: str, random: Random) -> str:
    kind = random.random()
    if char in _TONES or kind < 0.3:
        return ""
    if kind < 0.8:
        return _neighbour(char, random)
    return char * random.randint(2, 4) if char.isalpha() else char


def _neighbour(char: str, random: Random) -> str:
    for row in _ROWS:
        at = row.find(char)
        if at >= 0:
            return row[max(0, min(len(row) - 1, at + random.choice((-1, 1))))]
    return char
