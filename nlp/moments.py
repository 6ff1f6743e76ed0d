"""A stretch that says when, as a moment in local time: a point, a span or a habit.

Times are aware, in the zone of the message's own time. Days, parts of a day and clocks are read
apart and then put together; what cannot be read gives None, never a guess from half of it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from nlp.normalize import normalize
from nlp.times import find_all

_DAY = timedelta(days=1)
_NUMBERS = {
    "หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7, "แปด": 8, "เก้า": 9,
    "สิบ": 10, "สิบเอ็ด": 11, "สิบสอง": 12,
}  # fmt: skip
_NUM = r"(\d{1,2}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + ")"
_HALF = r"(?: ?(ครึ่ง))?"
_MONTHS = (
    "ม.ค|มกรา|jan", "ก.พ|กุมภา|feb", "มี.ค|มีนา|mar", "เม.ย|เมษา|apr", "พ.ค|พฤษภา|may",
    "มิ.ย|มิถุนา|jun", "ก.ค|กรกฎา|jul", "ส.ค|สิงหา|aug", "ก.ย|กันยา|sep", "ต.ค|ตุลา|oct",
    "พ.ย|พฤศจิกา|nov", "ธ.ค|ธันวา|dec",
)  # fmt: skip
_MONTH = "(" + "|".join(re.escape(one) for group in _MONTHS for one in group.split("|")) + ")"
_MONTH += r"(?:คม|ยน|พันธ์|\.)?"
_WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัส", "ศุกร์", "เสาร์", "อาทิตย์")
_WEEKDAY = "(" + "|".join(_WEEKDAYS) + ")(?:บดี|ฯ)?"
# Parts of a day by their hours; an end of 24 and more is the day after.
_PARTS = (
    ("เช้ามืด|รุ่งเช้า", 4, 6), ("เช้า", 6, 9), ("สาย", 9, 11), ("กลางวัน", 9, 16), ("เที่ยง", 12, 13),
    ("บ่าย", 13, 16), ("เลิกเรียน|เลิกงาน|เย็น", 16, 18), ("หัวค่ำ|ค่ำ", 18, 20),
    ("กลางดึก|ดึก", 22, 28), ("กลางคืน|คืน|night", 18, 30),
)  # fmt: skip
_NIGHT_ENDS = 6
_CLOCK = re.compile(
    rf"(?P<digital>(\d{{1,2}})[.:](\d{{2}}))|(?P<dawn>ตี ?{_NUM}{_HALF})"
    rf"|(?P<evening>{_NUM} ?ทุ่ม{_HALF})|(?P<afternoon>บ่าย ?(?:{_NUM}(?: ?โมง)?|โมง){_HALF})"
    rf"|(?P<hour>{_NUM} ?โมง ?(เช้า|เย็น)?{_HALF})|(?P<midnight>เที่ยงคืน{_HALF})"
    rf"|(?P<noon>เที่ยง(?:วัน|ตรง)?{_HALF}(?!คืน))"
)
_UNITS = {
    "นาที": timedelta(minutes=1), "ชั่วโมง": timedelta(hours=1), "ชม": timedelta(hours=1),
    "วัน": _DAY, "อาทิตย์": 7 * _DAY, "สัปดาห์": 7 * _DAY, "เดือน": 30 * _DAY, "ปี": 365 * _DAY,
}  # fmt: skip
_AGO = re.compile(rf"{_NUM} ?({'|'.join(_UNITS)})\.? ?(?:ก่อน|ที่แล้ว|ที่ผ่านมา)")
_AHEAD = re.compile(rf"อีก ?{_NUM} ?({'|'.join(_UNITS)})")
_NOW = re.compile(r"ตอนนี้|เดี๋ยวนี้|ขณะนี้|ปัจจุบันนี้|\b(?:right )?now\b")
_JUST_NOW = re.compile(r"(?:เมื่อ ?(?:ตะ)?|ตะ)กี[้๊]|เมื่อ ?(?:สัก)?ครู่|just now")
_DATE = re.compile(
    r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?"
    rf"|(\d{{1,2}}) ?{_MONTH}(?: ?(\d{{4}}|\d{{2}})(?![.:]\d|\d))?"
)
_DATES = re.compile(rf"(\d{{1,2}}) ?(?:-|–|ถึง) ?(\d{{1,2}}) ?{_MONTH}(?: ?(\d{{4}}|\d{{2}}))?")
_TO = re.compile(r" ?(?:น\.?)? ?(?:-|–|ถึง|ยัน) ?$")
_CENTURY = 2500  # Buddhist years of two digits are of this one
_ERA = 543
_SOON = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Point:
    """Some time in the `within` that begins `at`; zero where the minute is told."""

    at: datetime
    within: timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` to `end`."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Habit:
    """On `weekdays` (0 is Monday), from `begin` to `end` where told; an end before the begin is of
    the next day.
    """

    weekdays: tuple[int, ...]
    begin: time | None
    end: time | None


Moment = Point | Span | Habit


def find_moment(stretch: str, sent_at: datetime, *, ahead: bool = False) -> Moment | None:
    """What `stretch` means in a message of `sent_at` (aware, local); None where it cannot be read.

    A clock or a weekday alone is the last one before; `ahead` (plans, alerts): the next one after.
    """
    text = normalize(stretch).lower().strip()
    clocks = _clocks(text)
    if "ทุก" in text or "every" in text:
        return _habit(text, clocks)
    try:
        return _told(text, sent_at, ahead=ahead, clocks=clocks)
    except (ValueError, OverflowError):  # 31 ก.พ., a year that no calendar has
        return None


def find_plan(text: str, now: datetime) -> Moment | None:
    """What an order means that says when and nothing else; None where a part of it is not read."""
    shown = normalize(text).strip()
    if find_all(shown) != [(0, len(shown))]:
        return None
    return find_moment(shown, now, ahead=True)


def _told(text: str, sent_at: datetime, *, ahead: bool, clocks: list[time]) -> Moment | None:
    distance = _distance(text, sent_at)
    if distance:
        return distance
    dates = _DATES.search(text)
    if dates:
        first = _date(int(dates[1]), _month(dates[3]), dates[4], sent_at.date(), ahead=ahead)
        last = _date(
            int(dates[2]), _month(dates[3]), dates[4] or str(first.year), first, ahead=True
        )
        return Span(_at(sent_at, first), _at(sent_at, last + _DAY))
    day = _day(text, sent_at, ahead=ahead)
    if clocks:
        return _with_clock(text, day, clocks, sent_at, ahead=ahead)
    part = _part(text)
    if part is not None:
        begins = _at(sent_at, day or sent_at.date()) + timedelta(hours=part[0])
        if day is None and not ahead and begins > sent_at:
            begins -= _DAY
        if day is None and ahead and begins < sent_at:
            begins += _DAY
        return Point(begins, timedelta(hours=part[1] - part[0]))
    return Point(_at(sent_at, day), _DAY) if day else None


def _distance(text: str, sent_at: datetime) -> Moment | None:
    if _JUST_NOW.search(text):
        return Point(sent_at - timedelta(minutes=15), timedelta(minutes=15))
    ago, hence = _AGO.search(text), _AHEAD.search(text)
    found = ago or hence
    if found:
        unit = _UNITS[found[2]]
        moved = sent_at + _number(found[1]) * unit * (-1 if ago else 1)
        return Point(_at(sent_at, moved.date()), _DAY) if unit >= _DAY else Point(moved, unit)
    return Point(sent_at, timedelta()) if _NOW.search(text) else None


def _with_clock(
    text: str, day: date | None, clocks: list[time], sent_at: datetime, *, ahead: bool
) -> Moment:
    first = _at(sent_at, day or sent_at.date()).replace(
        hour=clocks[0].hour, minute=clocks[0].minute
    )
    is_night = "คืน" in text and clocks[0].hour < _NIGHT_ENDS
    if day is not None and (is_night or ("เที่ยงคืน" in text and clocks[0].hour == 0)):
        first += _DAY
    if day is None and not ahead and first > sent_at + _SOON:
        first -= _DAY
    if day is None and ahead and first < sent_at:
        first += _DAY
    if len(clocks) == 1:
        return Point(first, timedelta(hours=1) if "กว่า" in text else timedelta())
    last = first.replace(hour=clocks[1].hour, minute=clocks[1].minute)
    return Span(first, last if last > first else last + _DAY)


def _habit(text: str, clocks: list[time]) -> Habit:
    named = [_WEEKDAYS.index(name) for name in re.findall(_WEEKDAY, text)]
    if len(named) == 2 and re.search(rf"{_WEEKDAY} ?(?:-|–|ถึง) ?(?:วัน)?{_WEEKDAY}", text):
        named = [
            day % 7 for day in range(named[0], named[1] + (7 if named[1] < named[0] else 0) + 1)
        ]
    if re.search("ทุก ?(?:สัปดาห์|อาทิตย์)(?!ที่)", text):
        named = [day for day in named if day != _WEEKDAYS.index("อาทิตย์")]
    begin, end = (clocks[0] if clocks else None), (clocks[1] if len(clocks) > 1 else None)
    part = _part(text)
    if begin is None and part:
        begin, end = time(part[0] % 24), time(part[1] % 24)
    return Habit(tuple(sorted(set(named))) or tuple(range(7)), begin, end)


def _day(text: str, sent_at: datetime, *, ahead: bool) -> date | None:
    """The day that is named; of a night the day on which it begins."""
    today = sent_at.date()
    for pattern, move in _NAMED_DAYS:
        if pattern.search(text):
            return move(sent_at)
    written = _DATE.search(text)
    if written:
        month = int(written[2]) if written[2] else _month(written[5])
        number, year = written[1] or written[4], written[3] or written[6]
        return _date(int(number), month, year, today, ahead=ahead)
    number_only = re.search(r"วันที่ ?(\d{1,2})", text)
    if number_only:
        return _date(int(number_only[1]), today.month, None, today, ahead=ahead)
    weekday = re.search(rf"{_WEEKDAY} ?(นี้|หน้า|ที่แล้ว|ก่อน)?", text)
    return (
        _weekday(_WEEKDAYS.index(weekday[1]), weekday[2], today, ahead=ahead) if weekday else None
    )


def _weekday(number: int, which: str | None, today: date, *, ahead: bool) -> date:
    to_come = (number - today.weekday()) % 7
    if which == "หน้า":
        return today - today.weekday() * _DAY + (7 + number) * _DAY
    if which == "นี้" or (which is None and ahead):
        return today + to_come * _DAY
    gone = (today.weekday() - number) % 7
    return today - (gone or (7 if which else 0)) * _DAY


def _date(number: int, month: int, year: str | None, near: date, *, ahead: bool) -> date:
    if year is not None:
        return date(_year(int(year), near), month, number)
    found = date(near.year, month, number)
    if ahead and found < near:
        return date(near.year + 1, month, number)
    if not ahead and found > near + 180 * _DAY:
        return date(near.year - 1, month, number)
    return found


def _year(told: int, near: date) -> int:
    """Of the common era: Buddhist years as a rule, of two digits whichever era is nearer."""
    if told >= 100:
        return told - _ERA if told > 2400 else told
    return min((_CENTURY + told - _ERA, 2000 + told), key=lambda year: abs(year - near.year))


def _month(name: str) -> int:
    return next(n for n, group in enumerate(_MONTHS, 1) if name in group.split("|"))


def _clocks(text: str) -> list[time]:
    """At most two, the second only where words join it to the first as an end."""
    found = [(match, _clock(match)) for match in _CLOCK.finditer(text)]
    told = [(match, clock) for match, clock in found if clock is not None]
    if len(told) > 1 and not _TO.search(text[told[0][0].end() : told[1][0].start()]):
        told = told[:1]
    return [clock for _, clock in told[:2]]


def _clock(match: re.Match[str]) -> time | None:
    kind = str(match.lastgroup)
    numbers = [one for one in match.groups() if one is not None][1:]
    if kind == "digital":
        hour, minute = int(numbers[0]), int(numbers[1])
        return time(hour % 24, minute) if hour <= 24 and minute < 60 else None
    half = 30 if numbers and numbers[-1] == "ครึ่ง" else 0
    told = next((_number(one) for one in numbers if one.isdigit() or one in _NUMBERS), 1)
    hours: dict[str, int] = {
        "dawn": told,
        "evening": 18 + told,
        "afternoon": 12 + told,
        "midnight": 0,
        "noon": 12,
        "hour": _plain_hour(told, numbers),
    }
    hour = hours[kind]
    return time(hour % 24, half) if hour <= 24 else None


def _plain_hour(told: int, numbers: list[str]) -> int:
    """8 โมง is in the morning, 4 โมง in the afternoon; 3 โมงเช้า is counted from six."""
    if "เช้า" in numbers:
        return told + 6 if told < 6 else told
    if "เย็น" in numbers or told < 6:
        return told + 12 if told < 12 else told
    return told


def _number(told: str) -> int:
    return int(told) if told.isdigit() else _NUMBERS[told]


def _part(text: str) -> tuple[int, int] | None:
    return next(((begin, end) for names, begin, end in _PARTS if re.search(names, text)), None)


def _at(sent_at: datetime, day: date) -> datetime:
    return datetime.combine(day, time(), sent_at.tzinfo)


def _days(number: int) -> Callable[[datetime], date]:
    return lambda sent_at: sent_at.date() + number * _DAY


def _this_morning(sent_at: datetime) -> date:
    return (sent_at - timedelta(hours=_NIGHT_ENDS)).date()


_NAMED_DAYS: tuple[tuple[re.Pattern[str], Callable[[datetime], date]], ...] = (
    (re.compile("เมื่อวานซืน|วานซืน"), _days(-2)),
    (re.compile("เมื่อวาน|เมื่อคืน|คืนก่อน|last night|yesterday"), _days(-1)),
    (re.compile("มะรืน"), _days(2)),
    (re.compile("พรุ่งนี้|tomorrow"), _days(1)),
    (re.compile("(?:วัน|เช้า|สาย|บ่าย|เย็น|ค่ำ|คืน)นี้|tonight|today"), _days(0)),
    (re.compile("เมื่อ(?:เช้า|สาย|กลางวัน|บ่าย|เย็น|หัวค่ำ|ค่ำ|ตอน)"), _this_morning),
)
