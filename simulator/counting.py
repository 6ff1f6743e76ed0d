"""Two ways of counting a text, as LINE counts it. Knows no limits.

Most properties count UTF-16 code units; labels, display texts and template texts count
grapheme clusters. Source: LINE, "Character counting in a text".
"""

import unicodedata

ZERO_WIDTH_JOINER = "\N{ZERO WIDTH JOINER}"
# Spacing vowels that Unicode attaches to the letter before them although their category is Lo.
ATTACHED_LETTERS = "\N{THAI CHARACTER SARA AM}\N{LAO VOWEL SIGN AM}"
PICTURES = ((0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0x2190, 0x21FF), (0x2B00, 0x2BFF))
HANGUL_LEADS = range(0x1100, 0x1160)
HANGUL_VOWELS = range(0x1160, 0x11A8)
HANGUL_TAILS = range(0x11A8, 0x1200)
HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)


def utf16_units(text: str) -> int:
    """UTF-16 code units, a lone surrogate counting as one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """Extended grapheme clusters (Unicode annex 29, without the rare prepended marks)."""
    count = 0
    flags = 0
    for place, char in enumerate(text):
        before = text[place - 1] if place else ""
        flags = flags + 1 if _is_flag(char) else 0
        if not before or not _joins(text, place, before, char, flags):
            count += 1
    return count


def _joins(text: str, place: int, before: str, char: str, flags: int) -> bool:
    if before == "\r" and char == "\n":
        return True
    if unicodedata.category(before) in ("Cc", "Zl", "Zp"):
        return False
    if _extends(char):
        return True
    if before == ZERO_WIDTH_JOINER and _is_picture(char):
        return _picture_before(text, place - 1)
    if flags:
        return flags % 2 == 0
    return _hangul_joins(before, char)


def _extends(char: str) -> bool:
    code = ord(char)
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or char in ATTACHED_LETTERS
        or char in (ZERO_WIDTH_JOINER, "\N{ZERO WIDTH NON-JOINER}")
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
    )


def _picture_before(text: str, place: int) -> bool:
    while place > 0:
        place -= 1
        if not _extends(text[place]):
            return _is_picture(text[place])
    return False


def _is_picture(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in PICTURES)


def _is_flag(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


def _hangul_joins(before: str, char: str) -> bool:
    left, right = ord(before), ord(char)
    if left in HANGUL_LEADS:
        return right in HANGUL_LEADS or right in HANGUL_VOWELS or right in HANGUL_SYLLABLES
    open_syllable = left in HANGUL_SYLLABLES and (left - 0xAC00) % 28 == 0
    if left in HANGUL_VOWELS or open_syllable:
        return right in HANGUL_VOWELS or right in HANGUL_TAILS
    return (left in HANGUL_SYLLABLES or left in HANGUL_TAILS) and right in HANGUL_TAILS
