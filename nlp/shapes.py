"""Messages that say too little for a model: no words, a bare address, a bare number.

In a conversation these answer the bot's question, so they are `unclear` with the place kept.
"""

import re

from nlp.cues import phrase_set
from nlp.places import Span
from nlp.reading import Reading

_LETTER = re.compile(r"[^\W\d_]")
_NUMBER_ONLY = re.compile(r"[\d\s\-+()./,#]+")
_LINK_ONLY = re.compile(r"\S+://\S+")
_PLEA = re.compile(
    r"(?=.*(?:ช่วย|🆘|🚨|รีบมา))(?:(?:ใครก็ได้|รีบ|มา|ด่วน|ช่วย|กัน|ผม|หนู|ฉัน|พวก|เรา|ด้วย|ที|หน่อย|เร็ว|โปรด|ได้โปรด|[\sๆ!.🆘🚨😭🙏])|ครับ|ค่ะ|คะ|คับ|นะ|จ้า)+"
)
_POLITE = re.compile(r"(?:นะ)?(?:ครับ|คับ|ค่ะ|คะ|ค้าบ|จ้า|จ้ะ|จ๊ะ)$")
# Where one of these stands, something happens or is asked.
_STORY = phrase_set(
    "มี เป็น ถูก โดน กำลัง ไม่ ช่วย แล้ว ไหม มั้ย หรือ ว่า เพราะ ก็ ต้อง อีก กัน มา ไป จะ ได้ "
    "ให้ กับ แต่ เห็น เจอ แจ้ง ขอ ฝาก รบกวน ใคร อะไร มาก เลย เคย ทำ ใช้ ชอบ กิน ขอบคุณ สวัสดี"
)
# Characters of the longest message that is still a bare address.
_ADDRESS_LENGTH = 120


def is_bare_plea(text: str) -> bool:
    """Whether a normalised text is a call for help and nothing else: ช่วยที, 🆘🆘."""
    return _PLEA.fullmatch(text.strip()) is not None


def is_wordless(text: str) -> bool:
    """Whether a normalised text has no letter at all, or is only a link."""
    return _LETTER.search(text) is None or _LINK_ONLY.fullmatch(text.strip()) is not None


def is_bare_number(text: str) -> bool:
    """Whether a normalised text is a number, whatever it may count."""
    return _NUMBER_ONLY.fullmatch(_bare(text)) is not None


def may_be_place(reading: Reading) -> bool:
    """Whether a message may name a place and nothing else: short, and nothing happens in it."""
    return len(reading.text) <= _ADDRESS_LENGTH and _STORY.isdisjoint(reading.words)


def is_bare_place(text: str, place: Span) -> bool:
    """Whether a normalised text names `place` and nothing else."""
    return _same_letters(_bare(text), text[slice(*place)])


def _bare(text: str) -> str:
    return _POLITE.sub("", text.strip()).strip()


def _same_letters(bare: str, place: str) -> bool:
    rest = re.sub(r"^(?:ที่|อยู่|อยู่ที่|ตรง|แถว)+ ?", "", bare)
    return re.sub(r"\W", "", rest) == re.sub(r"\W", "", place) or bare == place
