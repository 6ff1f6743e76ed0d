"""When repeating alerts come due, and which rules are refused, quickly."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from handlers.recurrence import parse_rrule, times_from

ZONE = "Asia/Bangkok"
FRIDAY = datetime(2026, 11, 6, 1, tzinfo=UTC)  # 08:00 in Bangkok


def test_weekly_rule_counts_in_local_time():
    first = datetime(2026, 11, 6, 23, 30, tzinfo=UTC)  # Saturday 06:30 in Bangkok
    times = times_from(first, "FREQ=WEEKLY;BYDAY=SA", ZONE, first, 2)
    assert times == [first + timedelta(weeks=1), first + timedelta(weeks=2)]


def test_rule_with_its_name_in_front_is_read_too():
    assert parse_rrule("RRULE:FREQ=DAILY", FRIDAY, ZONE)


# UNTIL → how many days the rule gives: in UTC, 08:00 local is 01:00; a bare day counts whole.
UNTILS = [
    ("20261107T010000Z", 2),
    ("20261107T005959Z", 1),
    ("20261107T080000", 2),
    ("20261107T075959", 1),
    ("20261107", 2),
]


@pytest.mark.parametrize(("until", "count"), UNTILS)
def test_until_is_read_in_its_zone(until, count):
    rule = f"FREQ=DAILY;UNTIL={until}"
    assert len(list(parse_rrule(rule, FRIDAY, ZONE))) == count
    assert len(times_from(FRIDAY, rule, ZONE, FRIDAY, 9)) == count - 1


REFUSED = [
    ("", "unreadable"),
    ("FREQ=NEVER", "FREQ"),
    ("FREQ=DAILY;FREQ=DAILY", "unreadable"),
    ("FREQ=DAILY;X=1", "unreadable"),
    ("DTSTART:20200101T000000\nRRULE:FREQ=DAILY", "unreadable"),
    ("FREQ=DAILY\nEXRULE:FREQ=DAILY", "unreadable"),
    ("FREQ=DAILY;BYHOUR=" + "8," * 300 + "8", "unreadable"),
    ("FREQ=DAILY;BYDAY=XX", "unreadable"),
    ("FREQ=DAILY;BYEASTER=0", "unreadable"),
    ("FREQ=MONTHLY;BYDAY=9MO", "no month"),
    ("FREQ=SECONDLY", "once an hour"),
    ("FREQ=MINUTELY;INTERVAL=90", "once an hour"),
    ("FREQ=HOURLY;BYMINUTE=0,59", "once an hour"),
    ("FREQ=DAILY;BYHOUR=1,8,9;BYMINUTE=0,30", "once an hour"),
    ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
    ("FREQ=DAILY;COUNT=99999999999", "COUNT"),
    ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "not both"),
    ("FREQ=DAILY;UNTIL=20200101T000000Z", "no time"),
    ("FREQ=DAILY;UNTIL=20261399", "UNTIL"),
    ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "no time"),
    ("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "no time"),
    ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "no time"),
    ("FREQ=DAILY;BYSETPOS=2", "no time"),
    ("FREQ=HOURLY;BYSETPOS=2", "BYSETPOS"),
]


@pytest.mark.parametrize(("rule", "why"), REFUSED)
def test_rule_that_cannot_be_meant_is_refused_at_once(rule, why):
    began = time.process_time()
    with pytest.raises(ValueError, match=why):
        parse_rrule(rule, FRIDAY, ZONE)
    assert time.process_time() - began < 2


def test_rare_day_is_found():
    rule = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU"
    (at,) = times_from(FRIDAY, rule, ZONE, FRIDAY, 1)
    assert at == datetime(2032, 2, 29, 1, tzinfo=UTC)
    assert parse_rrule(rule, FRIDAY, ZONE)


@pytest.mark.parametrize(
    "rule", ["FREQ=HOURLY;INTERVAL=5", "FREQ=DAILY;INTERVAL=3;BYHOUR=8", "FREQ=WEEKLY;INTERVAL=2"]
)
def test_many_years_on_the_times_are_the_same_as_counted_from_the_start(rule):
    after = FRIDAY + timedelta(days=1000)
    counted = [one for one in times_from(FRIDAY, rule, ZONE, FRIDAY, 6000) if one > after]
    assert times_from(FRIDAY, rule, ZONE, after, 3) == counted[:3]


def test_leap_day_as_the_first_is_no_fault():
    assert parse_rrule("FREQ=DAILY", datetime(2028, 2, 29, 1, tzinfo=UTC), ZONE)
