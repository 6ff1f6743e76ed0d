import pytest

from simulator.counting import graphemes, utf16_units

CASES = [
    ("", 0, 0),
    ("กา", 2, 2),
    ("น้ำ", 3, 1),
    ("กำลัง", 5, 3),
    ("ที่นี่", 6, 2),
    ("\N{FIRE}", 2, 1),
    ("\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-3}", 4, 1),
    ("\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}", 8, 1),
    ("\U0001f1f9\U0001f1ed\U0001f1ef\U0001f1f5", 8, 2),
    ("\r\n\n", 3, 2),
    ("한국", 2, 2),
    ("\u1112\u1161\u11ab", 3, 1),
    ("a\N{ZERO WIDTH SPACE}b", 3, 3),
    ("\ud83d", 1, 1),
]


@pytest.mark.parametrize(("text", "units", "clusters"), CASES)
def test_both_counts(text: str, units: int, clusters: int) -> None:
    assert (utf16_units(text), graphemes(text)) == (units, clusters)
