"""Dates as a Thai reads them: Bangkok time, Buddhist era, short month names."""

from datetime import datetime
from zoneinfo import ZoneInfo

_MONTHS = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
    "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip
_DAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")


def thai_moment(at: datetime, zone: ZoneInfo) -> str:
    """`13 เม.ย. 2570 เวลา 07.00 น.`"""
    local = at.astimezone(zone)
    month = _MONTHS[local.month - 1]
    return f"{local.day} {month} {local.year + 543} เวลา {local:%H.%M} น."


def thai_moment_with_day(at: datetime, zone: ZoneInfo) -> str:
    """`วันอังคารที่ 13 เม.ย. 2570 เวลา 07.00 น.`"""
    return f"วัน{_DAYS[at.astimezone(zone).weekday()]}ที่ {thai_moment(at, zone)}"
