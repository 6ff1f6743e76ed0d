"""Words typed with the keyboard in the other language."""

import pytest

from nlp.examples import read_hands
from nlp.keyboard import as_meant as as_meant_by
from nlp.tokens import tokenize
from nlp.understanding import understand
from tests.unit.nlp.nasty import NASTY


def as_meant(text: str) -> str:
    return as_meant_by(text, tokenize(text))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("=j;pfh;p", "ช่วยด้วย"),
        ("i5=osohk;yf", "รถชนหน้าวัด"),
        (",u'^.oshv'ohe", "มีงูในห้องน้ำ"),
        ("้ำสสน", "hello"),
        ("ดรพำ รื ทั ้นีหำ", "fire in my house"),
        ("fire in my house", "fire in my house"),
        ("ไฟไหม้", "ไฟไหม้"),
        ("จ้วยตวยยยย", "จ้วยตวยยยย"),
        ("http://bit.ly/xxxx", "http://bit.ly/xxxx"),
        ("ok", "ok"),
    ],
)
def test_keys_of_the_other_language_are_read_as_meant(typed: str, meant: str) -> None:
    assert as_meant(typed) == meant


@pytest.mark.parametrize("text", NASTY)
def test_every_text_keeps_its_length(text: str) -> None:
    assert len(as_meant(text)) == len(text)


def test_no_message_in_its_own_letters_is_changed() -> None:
    changed = {
        hand: [one.text for one in examples if as_meant(one.text) != one.text]
        for hand, examples in read_hands().items()
    }
    # Two hands wrote some on purpose with the other keys.
    assert {hand for hand, texts in changed.items() if texts} == {"scripts", "tongues"}


def test_an_emergency_is_found_and_its_place_quoted_as_typed() -> None:
    (found,) = understand(["i5=osohk;yf"])
    assert (found.label, found.place) == ("emergency", "sohk;yf")
