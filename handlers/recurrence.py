"""When a repeating alert comes due: RFC 5545 rules, read strictly, counted in local time.

Nothing here takes long, whatever the rule: what could never give a time is refused at once.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

RULE_LETTERS = 500
_GAPS = 50
_SHORTEST = timedelta(hours=1)
_COUNT_MAX, _INTERVAL_MAX = 10_000, 1_000
_LINE = re.compile(r"[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*")
_FREQUENCIES = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = frozenset({
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYHOUR",
    "BYMINUTE", "BYSETPOS",
})  # fmt: skip
_STEPS = {"HOURLY": timedelta(hours=1), "DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}


def parse_rrule(rule: str, first_at: datetime, timezone: str) -> rrule:
    """One RRULE line, counted in local time from `first_at`. Raises ValueError in plain words.

    More often than once an hour is refused: it is a mistake, and would empty the quota.
    """
    zone = ZoneInfo(timezone)
    start = first_at.astimezone(zone).replace(tzinfo=None)
    parts = _read_parts(rule)
    _check_parts(parts)
    _check_gaps(parts, start)
    parsed = _build(parts, start, zone)
    if next(iter(parsed), None) is None:
        raise ValueError("this RRULE gives no time: it ends before it begins")
    return parsed


def times_from(
    first_at: datetime, rule: str | None, timezone: str, after: datetime, count: int
) -> list[datetime]:
    """Up to `count` due times later than `after`, aware UTC. Raises ValueError as above."""
    if not rule:
        return [first_at] if first_at > after else []
    zone = ZoneInfo(timezone)
    start = first_at.astimezone(zone).replace(tzinfo=None)
    local_after = after.astimezone(zone).replace(tzinfo=None)
    parts = _read_parts(rule)
    parsed = _build(parts, _nearer(parts, start, local_after), zone)
    times = parsed.xafter(local_after, count=count)
    return [one.replace(tzinfo=zone).astimezone(UTC) for one in times]


def _read_parts(rule: str) -> dict[str, str]:
    bare = rule.strip().upper().removeprefix("RRULE:")
    fault = f"unreadable RRULE: {bare[:60]!r} (example: FREQ=DAILY)"
    if len(bare) > RULE_LETTERS or not _LINE.fullmatch(bare):
        raise ValueError(fault)
    pairs = [part.split("=") for part in bare.split(";")]
    parts = {pair[0]: pair[1] for pair in pairs}
    if len(parts) != len(pairs) or not parts.keys() <= _PARTS:
        raise ValueError(fault)
    return parts


def _check_parts(parts: Mapping[str, str]) -> None:
    if parts.get("FREQ") in ("SECONDLY", "MINUTELY"):
        raise ValueError("an alert may repeat once an hour at most")
    if parts.get("FREQ") not in _FREQUENCIES:
        raise ValueError(f"an RRULE needs one FREQ of {', '.join(_FREQUENCIES)}")
    for name, limit in (("INTERVAL", _INTERVAL_MAX), ("COUNT", _COUNT_MAX)):
        value = parts.get(name, "1")
        if not value.isdecimal() or not 1 <= int(value) <= limit:
            raise ValueError(f"{name} of an RRULE is a number from 1 to {limit:,}")
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError("an RRULE has COUNT or UNTIL, not both")
    if parts["FREQ"] == "HOURLY" and "BYSETPOS" in parts:
        raise ValueError("BYSETPOS has no meaning in an hourly RRULE")


def _check_gaps(parts: Mapping[str, str], start: datetime) -> None:
    """Looks at the first times, in a calendar that ends soon, so that it cannot take long."""
    endless = {name: value for name, value in parts.items() if name not in ("COUNT", "UNTIL")}
    probe = _build(endless, _near_the_end(start), ZoneInfo("UTC"))
    try:
        times = list(islice(probe, _GAPS + 1))
    except (IndexError, ValueError, OverflowError) as fault:
        raise ValueError("this RRULE names a day that no month has") from fault
    if not times:
        raise ValueError("this RRULE gives no time: there is no such day")
    if any(later - earlier < _SHORTEST for earlier, later in pairwise(times)):
        raise ValueError("an alert may repeat once an hour at most")


def _near_the_end(start: datetime) -> datetime:
    """The same moment in a year with the same calendar, 32 to 59 years before time ends.

    dateutil looks for a day that never comes until the year 9999: from today that takes a minute.
    The calendar repeats after 28 years.
    """
    for year in range(9940, 9968):
        is_same = date(year, 1, 1).weekday() == date(start.year, 1, 1).weekday()
        if is_same and (year - start.year) % 4 == 0:
            return start.replace(
                year=year, day=min(start.day, 28) if start.month == 2 else start.day
            )
    raise AssertionError("28 years hold every calendar")


def _nearer(parts: Mapping[str, str], start: datetime, after: datetime) -> datetime:
    """A later start of the same times: what lies years back need not be counted again."""
    step = _STEPS.get(parts.get("FREQ", ""))
    if step is None or "COUNT" in parts or after <= start:
        return start
    step *= int(parts.get("INTERVAL", "1"))
    return start + step * max((after - start) // step - 1, 0)


def _build(parts: Mapping[str, str], start: datetime, zone: ZoneInfo) -> rrule:
    until = {"UNTIL": _read_until(parts["UNTIL"], zone)} if "UNTIL" in parts else {}
    line = ";".join(f"{name}={value}" for name, value in {**parts, **until}.items())
    try:
        parsed = rrulestr(line, dtstart=start)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as fault:
        raise ValueError(f"unreadable RRULE: {line[:60]!r} (example: FREQ=DAILY)") from fault
    assert isinstance(parsed, rrule), "one bare line is one rule"
    return parsed


def _read_until(value: str, zone: ZoneInfo) -> str:
    """RFC 5545 writes it in UTC; dateutil compares it with local times. A day is all of it."""
    try:
        if len(value) == len("20261231"):
            local = datetime.combine(datetime.strptime(value, "%Y%m%d"), time(23, 59, 59))  # noqa: DTZ007 - local
        elif value.endswith("Z"):
            at = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            local = at.astimezone(zone)
        else:
            local = datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - local
    except (ValueError, OverflowError) as fault:
        raise ValueError(f"unreadable UNTIL of the RRULE: {value[:20]!r}") from fault
    return local.strftime("%Y%m%dT%H%M%S")
