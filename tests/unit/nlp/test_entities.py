"""Phones, plates, links, coordinates and ids: one word for the model, a value for people."""

import pytest
from hypothesis import given

from nlp.reading import read
from tests.unit.nlp.nasty import NASTY, TEXTS


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("โทร 000-000-0000 ด่วน", "phone", "0000000000"),
        ("โทร ๐๐๐-๐๐๐-๐๐๐๐", "phone", "0000000000"),
        ("โทร +66 00 000 0000", "phone", "+66000000000"),
        ("ดู https://example.com/a", "link", "https://example.com/a"),
        ("อยู่ 13.8199, 100.0600", "coordinates", "13.8199, 100.0600"),
        ("รถ กก 0000", "plate", "กก0000"),
        ("ทะเบียน 1กก 00 สีดำ", "plate", "1กก00"),
        ("ทะเบียนกก-0000", "plate", "กก0000"),
        ("บัตร 0-0000-00000-00-0 หาย", "citizen_id", "0000000000000"),
    ],
)
def test_an_entity_is_taken_out_of_the_words(text: str, kind: str, value: str) -> None:
    reading = read(text)
    (entity,) = reading.entities
    assert (entity.kind, entity.value) == (kind, value)
    assert entity.text not in reading.words


@pytest.mark.parametrize(
    "text", ["รถ 2 คัน", "คน 300 คน", "ซอย 5", "ม.3", "กม 12", "45/12 ม.3", "ตี 2", "บน 200", "191"]
)
def test_a_plain_number_is_none(text: str) -> None:
    assert read(text).entities == ()


@pytest.mark.parametrize("text", NASTY)
def test_pieces_joined_are_the_text(text: str) -> None:
    reading = read(text)
    assert "".join(piece.text for piece in reading.pieces) == reading.text
    assert len(reading.tokens) == len(reading.pieces)


@given(TEXTS)
def test_every_entity_stands_where_it_says(text: str) -> None:
    reading = read(text)
    assert all(reading.text[one.begin : one.end] == one.text for one in reading.entities)
