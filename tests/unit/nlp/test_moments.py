"""What a stretch that says when means, for a message of Wednesday, 18 November 2026, 14:20."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from nlp.moments import Habit, Point, Span, find_moment, find_plan
from tests.unit.nlp.nasty import NASTY, TEXTS

BANGKOK = ZoneInfo("Asia/Bangkok")
EVERY_DAY = tuple(range(7))


def at(day: int, hour: int = 0, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BANGKOK)


SENT = at(18, 14, 20)


@pytest.mark.parametrize(
    ("stretch", "moment"),
    [
        ("ตี2", at(18, 2)),
        ("ตีสองครึ่ง", at(18, 2, 30)),
        ("2ทุ่ม", at(17, 20)),
        ("ห้าทุ่มครึ่ง", at(17, 23, 30)),
        ("22.30น.", at(17, 22, 30)),
        ("22:30", at(17, 22, 30)),
        ("บ่าย 2", at(18, 14)),
        ("บ่ายโมง", at(18, 13)),
        ("บ่ายสองโมง", at(18, 14)),
        ("8 โมง", at(18, 8)),
        ("3 โมงเช้า", at(18, 9)),
        ("7 โมงเช้า", at(18, 7)),
        ("4 โมงเย็น", at(17, 16)),
        ("5โมง", at(17, 17)),
        ("เที่ยงครึ่ง", at(18, 12, 30)),
        ("เที่ยงคืน", at(18, 0)),
        ("เมื่อวาน 3 ทุ่ม", at(17, 21)),
        ("เมื่อคืน 3 ทุ่ม", at(17, 21)),
        ("เมื่อคืนตีสอง", at(18, 2)),
        ("คืนนี้ 2 ทุ่ม", at(18, 20)),
        ("คืนนี้ตีหนึ่ง", at(19, 1)),
        ("พรุ่งนี้ 8 โมงเช้า", at(19, 8)),
        ("13 เม.ย. 70 เวลา 7 โมงเช้า", at(13, 7, month=4, year=2027)),
        ("15/8/69 เวลา 18.00 น.", at(15, 18, month=8)),
        ("๑๕/๘/๒๕๖๙ เวลา ๑๘.๐๐ น.", at(15, 18, month=8)),
        ("15/8/2026 18:00", at(15, 18, month=8)),
        ("15/8/26 18:00", at(15, 18, month=8)),
        ("ตอนนี้", SENT),
    ],
)
def test_a_minute_that_is_told(stretch: str, moment: datetime) -> None:
    assert find_moment(stretch, SENT) == Point(moment, timedelta())


@pytest.mark.parametrize(
    ("stretch", "begin", "hours"),
    [
        ("เมื่อกี้", SENT - timedelta(minutes=15), 0.25),
        ("3 วันก่อน", at(15), 24),
        ("2 ชั่วโมงที่แล้ว", at(18, 12, 20), 1),
        ("สามทุ่มกว่าๆ", at(17, 21), 1),
        ("เมื่อวาน", at(17), 24),
        ("เมื่อวานซืน", at(16), 24),
        ("เมื่อคืน", at(17, 18), 12),
        ("เมื่อเช้า", at(18, 6), 3),
        ("คืนนี้", at(18, 18), 12),
        ("15/8/69", at(15, month=8), 24),
        ("13 เม.ย.", at(13, month=4), 24),
        ("25 ธ.ค. 2568", at(25, month=12, year=2025), 24),
        ("วันศุกร์หน้า", at(27), 24),
        ("ศุกร์นี้", at(20), 24),
        ("วันศุกร์ที่แล้ว", at(13), 24),
        ("วันจันทร์", at(16), 24),
        ("กลางดึก", at(17, 22), 6),
    ],
)
def test_a_point_that_is_told_roughly(stretch: str, begin: datetime, hours: float) -> None:
    assert find_moment(stretch, SENT) == Point(begin, timedelta(hours=hours))


@pytest.mark.parametrize(
    ("stretch", "begin", "end"),
    [
        ("23.00–03.00", at(17, 23), at(18, 3)),
        ("เมื่อวาน 13.00-15.30 น.", at(17, 13), at(17, 15, 30)),
        ("ตีหนึ่งถึงตีสาม", at(18, 1), at(18, 3)),
        ("12-16 เม.ย.", at(12, month=4), at(17, month=4)),
    ],
)
def test_a_span_has_both_ends(stretch: str, begin: datetime, end: datetime) -> None:
    assert find_moment(stretch, SENT) == Span(begin, end)


@pytest.mark.parametrize(
    ("stretch", "habit"),
    [
        ("ทุกวัน", Habit(EVERY_DAY, None, None)),
        ("ทุกคืน", Habit(EVERY_DAY, time(18), time(6))),
        ("ทุกวันศุกร์ 18:00", Habit((4,), time(18), None)),
        ("ทุกวันจันทร์-ศุกร์ 7 โมงเช้า", Habit((0, 1, 2, 3, 4), time(7), None)),
        ("ทุกเสาร์อาทิตย์", Habit((5, 6), None, None)),
        ("ทุกคืน 23.00-03.00", Habit(EVERY_DAY, time(23), time(3))),
    ],
)
def test_a_habit_has_weekdays_and_hours(stretch: str, habit: Habit) -> None:
    assert find_moment(stretch, SENT) == habit


@pytest.mark.parametrize(
    ("stretch", "moment"),
    [
        ("ตี2", at(19, 2)),
        ("18:00", at(18, 18)),
        ("วันศุกร์ 18:00", at(20, 18)),
        ("13 เม.ย. 7 โมงเช้า", at(13, 7, month=4, year=2027)),
    ],
)
def test_a_plan_is_the_next_one(stretch: str, moment: datetime) -> None:
    assert find_moment(stretch, SENT, ahead=True) == Point(moment, timedelta())


@pytest.mark.parametrize(
    "text", ["พรุ่งนี้ 18:00", "วันศุกร์ 18:00", "31 ธ.ค. 69 เวลา 18:00 น.", "พรุ่งนี้ 6 โมงเย็น"]
)
def test_an_order_is_read_whole(text: str) -> None:
    plan = find_plan(text, SENT)
    assert plan is not None
    assert plan == find_moment(text, SENT, ahead=True)


@pytest.mark.parametrize("text", ["2026-13-31T18:00", "18:00 หรือ 19:00", "ไม่ใช่พรุ่งนี้ 18:00", ""])
def test_an_order_that_is_half_read_is_none(text: str) -> None:
    assert find_plan(text, SENT) is None


@pytest.mark.parametrize("stretch", ["", "31 ก.พ. 69", "45/13/69", "29/2/69", "3 เดือน", "สวัสดี"])
def test_what_is_no_time_is_none(stretch: str) -> None:
    assert find_moment(stretch, SENT) is None


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_have_a_moment_or_none(text: str) -> None:
    found = find_moment(text, SENT)
    assert found is None or isinstance(found, Point | Span | Habit)


@given(TEXTS)
def test_no_text_raises(text: str) -> None:
    find_moment(text, SENT)
    find_moment(text, SENT, ahead=True)
