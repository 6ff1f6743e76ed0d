"""The language of a message, by its letters."""

import pytest

from nlp.languages import find_language
from tests.unit.nlp.nasty import NASTY


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ไฟไหม้", "th"),
        ("ไฟไหม้ at the 7-eleven ค่ะ", "th"),
        ("fire in my house", "en"),
        ("someone is following me near the temple", "en"),
        ("chuay noi krub rot chon", "th-Latn"),
        ("fai mai baan soi 5 reo reo", "th-Latn"),
        ("မီးလောင်နေတယ်", "my"),
        ("មានភ្លើងឆេះ", "km"),
        ("ໄຟໄໝ້ເຮືອນ", "lo"),
        ("着火了", "zh"),
        ("191", "und"),
        ("", "und"),
        ("пожар", "und"),
    ],
)
def test_language_is_told_by_its_letters(text: str, language: str) -> None:
    assert find_language(text) == language


@pytest.mark.parametrize("text", NASTY)
def test_every_text_has_one(text: str) -> None:
    assert find_language(text) in {"th", "th-Latn", "en", "my", "km", "lo", "zh", "und"}
