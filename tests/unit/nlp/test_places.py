"""Where: the stretch that would let a patrol find the place, as typed."""

import pytest
from hypothesis import given

from nlp.places import find_span
from nlp.reading import read
from tests.unit.nlp.nasty import NASTY, TEXTS


def find_place(text: str) -> str | None:
    reading = read(text)
    span = find_span(reading)
    return reading.aligned.quote(*span).strip() if span else None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("มีควันออกจากห้องข้าง ๆ เยอะมาก ซอยเทศบาล 5 ช่วยด้วย", "ซอยเทศบาล 5"),
        ("เห็นคนส่งยาบ้ากันทุกคืนท้ายซอยวัดไผ่", "ท้ายซอยวัดไผ่"),
        ("ไฟทางหน้าโรงเรียนดับมาสามวันแล้ว", "หน้าโรงเรียน"),
        ("มีขโมยกำลังปีนเข้าบ้านเลขที่ 12 หมู่ 3", "บ้านเลขที่ 12 หมู่ 3"),
        ("มีคนโดนรถชนหน้าตลาด เลือดออกเยอะ", "หน้าตลาด"),
        ("ไฟไหม้ 45/12 ม.3 ต.ศาลายา", "45/12 ม.3 ต.ศาลายา"),
        ("รถชนซอย5", "ซอย5"),
        ("รถหายหน้าเซเว่น", "หน้าเซเว่น"),
        ("เด็กจมน้ำ คลองหลังวัด", "คลองหลังวัด"),
        ("มาที่ 13.8199, 100.0600 ด่วน", "13.8199, 100.0600"),
        ("ไฟไหม้ซอย๕", "ซอย๕"),
        ("ช่วยด้วย อยู่ในบ้าน", None),
        ("ตรงนี้มีคนเจ็บ", None),
        ("ไฟไหม้บ้านค่ะ", None),
        ("สวัสดีตอนเช้าค่ะ", None),
    ],
)
def test_places_are_found_as_typed(text: str, place: str | None) -> None:
    assert find_place(text) == place


def test_a_map_link_is_found_at_the_end_of_a_long_message() -> None:
    link = "https://maps.app.goo.gl/abc"
    assert find_place("น้ำท่วมสูงมาก ออกไม่ได้ " * 150 + link) == link


def test_a_place_is_found_behind_a_long_story() -> None:
    found = find_place("คุยกันมานานแล้วไม่มีใครมาดูเลยสักคนเดียว " * 20 + "ซอยเทศบาล 5")
    assert found is not None
    assert "ซอยเทศบาล 5" in found


@given(TEXTS)
def test_a_place_is_a_stretch_of_the_text(text: str) -> None:
    place = find_place(text)
    assert place is None or (place and place in text)


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_have_some_answer(text: str) -> None:
    place = find_place(text)
    assert place is None or place in text
