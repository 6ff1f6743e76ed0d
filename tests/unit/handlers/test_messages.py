"""Cutting and splitting what is said: nothing is lost, no letter is torn."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import messages as m
from handlers.events import clean
from handlers.wording import names

THAI = st.text(alphabet=st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B)) | st.text()


@given(THAI, st.integers(min_value=2, max_value=40))
def test_splitting_loses_nothing_and_obeys_the_limit(text, limit):
    text = clean(text)
    pieces = m.split_text(text, limit)
    assert "".join(pieces) == text
    assert all(m.utf16_length(piece) <= limit for piece in pieces)


@given(THAI, st.integers(min_value=2, max_value=40))
def test_cut_text_fits(text, limit):
    assert m.utf16_length(m.cut(clean(text), limit)) <= limit


def test_split_never_tears_a_tone_mark_from_its_letter():
    pieces = m.split_text("น้ำ" * 500, 100)
    assert all(unicodedata.category(piece[0]) != "Mn" for piece in pieces)


@pytest.mark.parametrize("text", ["a\0b", "\ud83d", "\udc00x", "ปกติ", "😀"])
def test_clean_text_can_be_stored_anywhere(text):
    stored = clean(text)
    assert "\0" not in stored
    assert stored.encode("utf-8").decode() == stored


def test_empty_words_become_a_dash_since_line_refuses_them():
    assert m.line("  ")["text"] == "–"


@pytest.mark.parametrize(
    ("category", "first"),
    [("fire", "199"), ("medical", "1669"), ("violence", "191"), ("unknown", "191")],
)
def test_three_numbers_the_fitting_one_first(category, first):
    numbers = [line.number for line in names.hotlines_for(category)]
    assert numbers[0] == first
    assert sorted(numbers) == ["1669", "191", "199"]
