"""Messages that say too little for a model: no words, a bare address, a bare number.

In a conversation these answer the bot's question, so they are `unclear` with the place kept.
"""

import re

_LETTER = re.compile(r"[^\W\d_]")
_NUMBER_ONLY = re.compile(r"[\d\s\-+()./,#]+")
_LINK_ONLY = re.compile(r"\S+://\S+")
_PLEA = re.compile(
    r"(?=.*(?:ช่วย|🆘|🚨|รีบมา))(?:(?:ใครก็ได้|รีบ|มา|ด่วน|ช่วย|กัน|ผม|หนู|ฉัน|พวก|เรา|ด้วย|ที|หน่อย|เร็ว|โปรด|ได้โปรด|[\sๆ!.🆘🚨😭🙏])|ครับ|ค่ะ|คะ|คับ|นะ|จ้า)+"
)
_POLITE = re.compile(r"(?:นะ)?(?:ครับ|คับ|ค่ะ|คะ|ค้าบ|จ้า|จ้ะ|จ๊ะ)$")


def is_bare_plea(text: str) -> bool:
    """Whether a normalised text is a call for help and nothing else: ช่วยที, 🆘🆘."""
    return _PLEA.fullmatch(text.strip()) is not None


def is_wordless(text: str) -> bool:
    """Whether a normalised text has no letter at all, or is only a link."""
    return _LETTER.search(text) is None or _LINK_ONLY.fullmatch(text.strip()) is not None


def plain_category(text: str, place: str | None) -> str | None:
    """`unclear` for a bare place or number, else None."""
    bare = _POLITE.sub("", text.strip()).strip()
    if _NUMBER_ONLY.fullmatch(bare):
        return "unclear"
    if place is not None and _same_letters(bare, place):
        return "unclear"
    return None


def _same_letters(bare: str, place: str) -> bool:
    rest = re.sub(r"^(?:ที่|อยู่|อยู่ที่|ตรง|แถว)+ ?", "", bare)
    return re.sub(r"\W", "", rest) == re.sub(r"\W", "", place) or bare == place
