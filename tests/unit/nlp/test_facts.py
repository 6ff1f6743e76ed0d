"""What an officer on the way wants to know, told by words and never guessed."""

import pytest
from hypothesis import given

from nlp.facts import Facts, Vehicle, find_facts
from nlp.reading import read
from tests.unit.nlp.nasty import NASTY, TEXTS

NOTHING = Facts((), None, (), (), None, (), is_over=False)


def facts(text: str) -> Facts:
    return find_facts(read(text))


@pytest.mark.parametrize(
    ("text", "vehicles"),
    [
        ("ขี่มอไซเวฟสีแดง ทะเบียน กก 0000 หนี", [("motorcycle", "แดง", "กก0000")]),
        (
            "รถกระบะสีขาว 2กก 0000 ชนเก๋งดำ",
            [("pickup", "ขาว", "2กก0000"), ("car", "ดำ", None)],
        ),
        ("รถตู้จอดเฝ้าหน้าโรงเรียน", [("van", None, None)]),
        ("จำได้แค่ทะเบียน กก 0000", [(None, None, "กก0000")]),
        ("แจ้งไฟดับ ซอย 5", []),
    ],
)
def test_a_vehicle_comes_with_its_colour_and_plate(
    text: str, vehicles: list[tuple[str | None, str | None, str | None]]
) -> None:
    assert facts(text).vehicles == tuple(Vehicle(*one) for one in vehicles)


@pytest.mark.parametrize(
    ("text", "weapons"),
    [
        ("มันถือปืนกับมีดพร้า", ("gun", "blade")),
        ("เอาไม้หน้าสามไล่ตี", ("club",)),
        ("แถวกรมทหารปืนใหญ่ไฟดับ", ()),
        ("สวัสดีค่ะ", ()),
    ],
)
def test_weapons_are_told_by_kind(text: str, weapons: tuple[str, ...]) -> None:
    assert facts(text).weapons == weapons


def test_the_hurt_are_counted_where_told() -> None:
    found = facts("รถชนกัน คนเจ็บ 3 คน หมดสติ")
    assert (found.hurt, found.hurt_count) == (("คนเจ็บ", "หมดสติ"), 3)
    assert facts("มีคนบาดเจ็บ").hurt_count is None


def test_nobody_hurt_is_nobody() -> None:
    assert facts("รถชนกัน ไม่มีคนเจ็บ").hurt == ()


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("หนีไปทางศาลายา", "หนีไปทางศาลายา"),
        ("วิ่งไปทางวัด ตัวสูง", "วิ่งไปทางวัด"),
        ("กลับไปทางเดิม", None),
        ("ไปไหนมา", None),
    ],
)
def test_which_way_is_quoted_as_typed(text: str, direction: str | None) -> None:
    assert facts(text).direction == direction


def test_a_phone_number_and_the_end_are_told() -> None:
    found = facts("ไฟดับแล้ว ปลอดภัยแล้วครับ โทร 000-000-0000")
    assert found.phones == ("0000000000",)
    assert found.is_over


def test_silence_says_nothing() -> None:
    assert facts("เย็นนี้กินอะไรกันดี") == NOTHING


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_tell_something_or_nothing(text: str) -> None:
    assert isinstance(facts(text), Facts)


@given(TEXTS)
def test_a_direction_is_a_stretch_of_the_text(text: str) -> None:
    direction = facts(text).direction
    assert direction is None or direction in text
