"""Words: the domain list is in force, and nothing of a text is lost."""

import pytest
from hypothesis import given

from nlp.normalize import normalize
from nlp.tokens import domain_words, tokenize
from tests.unit.nlp.nasty import NASTY, TEXTS


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("เสาไฟดูดีมาก", "เสาไฟดูดี"),
        ("ร้านขายยาหน้าตลาด", "ร้านขายยา"),
        ("ขึ้นทางด่วน", "ทางด่วน"),
        ("ป้ายกองโจรเต็มเสา", "ป้ายกองโจร"),
        ("เส้นเลือดฝอยแตก", "เส้นเลือดฝอย"),
        ("ไฟทางดับ", "ไฟทาง"),
        ("แถวศาลายา", "ศาลายา"),
    ],
)
def test_words_of_the_domain_stay_whole(text: str, word: str) -> None:
    assert word in tokenize(text)


def test_a_word_of_position_is_not_swallowed() -> None:
    assert "หน้า" in tokenize("รถหายหน้าเซเว่น")


def test_the_word_list_has_no_remarks_in_it() -> None:
    assert not [word for word in domain_words() if word.startswith("#") or not word.strip()]


@given(TEXTS)
def test_words_joined_again_give_the_text(text: str) -> None:
    normal = normalize(text)
    assert "".join(tokenize(normal)) == normal


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_are_cut(text: str) -> None:
    normal = normalize(text)
    assert "".join(tokenize(normal)) == normal
