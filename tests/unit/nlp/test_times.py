"""When: a point or a habit is found as typed; a mere length of time is not."""

import pytest
from hypothesis import given

from nlp import times
from nlp.normalize import align
from tests.unit.nlp.nasty import NASTY, TEXTS


def find_when(text: str) -> str | None:
    return times.find_when(align(text))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("เห็นคนส่งยาบ้ากันทุกคืนท้ายซอยวัดไผ่", "ทุกคืน"),
        ("เมื่อคืนโดนงัดรถ", "เมื่อคืน"),
        ("มีเสียงดังตอนตีสอง", "ตอนตีสอง"),
        ("รถหายตี2", "ตี2"),
        ("แข่งรถ 2ทุ่ม", "2ทุ่ม"),
        ("มาแถวนี้ห้าทุ่มครึ่ง", "ห้าทุ่มครึ่ง"),
        ("เกิดเหตุ 22.30 น. ครับ", "22.30 น."),
        ("นัดบ่าย 3", "บ่าย 3"),
        ("ไม่อยู่ 12-16 เม.ย. ครับ", "12-16 เม.ย."),
        ("หายไปวันที่ 13 เม.ย.", "วันที่ 13 เม.ย."),
        ("เมื่อกี้มีคนกระชากสร้อย", "เมื่อกี้"),
        ("เริ่ม 15/8/69", "15/8/69"),
        ("เปิดเพลงดัง 23.00–03.00", "23.00–03.00"),
        ("โดนขโมย 3 วันก่อน", "3 วันก่อน"),
        ("ไฟทางดับมาสามวันแล้ว", None),
        ("รอมา 3 เดือน", None),
        ("ตีกันหน้าตลาด", None),
        ("สวัสดีครับ", None),
    ],
)
def test_times_are_found_as_typed(text: str, when: str | None) -> None:
    assert find_when(text) == when


@given(TEXTS)
def test_when_is_a_stretch_of_the_text(text: str) -> None:
    when = find_when(text)
    assert when is None or (when and when in text)


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_have_some_answer(text: str) -> None:
    when = find_when(text)
    assert when is None or when in text
