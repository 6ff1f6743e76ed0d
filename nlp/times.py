"""The stretch of a message that says when: a point (ตีสอง, 22.30 น.) or a habit (ทุกคืน).

A mere length of time (3 เดือน, มาสามวันแล้ว) is no answer to *when* and is left out.
"""

import re

from nlp.normalize import Aligned, align

_NUM = r"(?:\d{1,2}|หนึ่ง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า|สิบเอ็ด|สิบสอง|สิบ)"
_DAY = r"(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัสฯ?|พฤหัส|ศุกร์|เสาร์|อาทิตย์)"
_MONTH = (
    r"(?:มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม"
    r"|ม\.ค\.|ก\.พ\.|มี\.ค\.|เม\.ย\.|พ\.ค\.|มิ\.ย\.|ก\.ค\.|ส\.ค\.|ก\.ย\.|ต\.ค\.|พ\.ย\."
    r"|ธ\.ค\.|มกรา|กุมภา|มีนา|เมษา|พฤษภา|มิถุนา|กรกฎา|สิงหา|กันยา|ตุลา|พฤศจิกา|ธันวา)"
)
_PART = r"(?:เช้า|สาย|เที่ยง|บ่าย|เย็น|ค่ำ|ดึก|คืน|กลางวัน|กลางคืน|หัวค่ำ|รุ่งเช้า|เช้ามืด|เลิกเรียน|เลิกงาน)"
_HALF = r"(?:ครึ่ง| ?กว่า(?:ๆ| ๆ)?)?"
_CLOCK = (
    rf"(?:(?:ประมาณ|ราวๆ?|ราว|สัก|ช่วง|ตอน|เวลา) ?)?"
    rf"(?:\d{{1,2}}[.:]\d{{2}} ?(?:น\.?|นาฬิกา)(?![ก-๙])|\d{{1,2}}:\d{{2}}(?!\d)"
    rf"|ตี ?{_NUM}{_HALF}|{_NUM} ?ทุ่ม{_HALF}|บ่าย ?{_NUM}(?: ?โมง)?{_HALF}|บ่ายโมง{_HALF}"
    rf"|{_NUM} ?โมง(?:เช้า|เย็น)?{_HALF}|เที่ยงคืน{_HALF}|เที่ยงวัน|เที่ยงตรง|เที่ยงครึ่ง)"
)
_SPAN = (
    rf"(?:ตั้งแต่ ?)?(?:\d{{1,2}}[.:]\d{{2}}) ?(?:น\.)? ?(?:-|–|ถึง"
    rf"|ยัน) ?(?:\d{{1,2}}[.:]\d{{2}})(?: ?น\.)?"
    rf"|{_CLOCK} ?(?:-|–|ถึง|ยัน) ?{_CLOCK}"
)
_HABIT = (
    rf"(?:เกือบ|แทบ)?ทุก ?(?:วัน{_DAY}|{_DAY}(?:-{_DAY})?|คืน|วัน|เย็น|เช้า|บ่าย|เที่ยง|อาทิตย์|สัปดาห์"
    rf"|เดือน|ค่ำ|ดึก|สิ้นเดือน|ต้นเดือน|หัวค่ำ|ตอนเย็น)"
    rf"(?: ?(?:วัน)?(?:ศุกร์|เสาร์)[- ]?(?:เสาร์|อาทิตย์)?)?(?:เลย)?"
)
_POINT = (
    rf"(?:เมื่อ(?:วานซืน|วาน|คืน|เช้า|เย็น|บ่าย|กลางวัน|หัวค่ำ|ค่ำ|ตอน)(?:นี้|ก่อน)?|เมื่อ ?(?:กี้|กี๊|ตะกี้|ตะกี๊"
    rf"|สักครู่|ครู่)|ตะกี้|ตะกี๊"
    rf"|เมื่อ ?{_NUM} ?(?:นาที|ชั่วโมง|ชม\.?|วัน)(?:ก่อน|ที่แล้ว|ที่ผ่านมา)|{_NUM} ?(?:นาที|ชั่วโมง|ชม\.?"
    rf"|วัน|อาทิตย์|เดือน|ปี) ?(?:ก่อน|ที่แล้ว)"
    rf"|เมื่อ ?(?:วัน)?(?:ที่ ?\d{{1,2}}|{_DAY})(?:ที่แล้ว|ก่อน)?"
    rf"|ตอนนี้|เดี๋ยวนี้|ขณะนี้|ปัจจุบันนี้|วันนี้|คืนนี้|เย็นนี้|เช้านี้|บ่ายนี้|พรุ่งนี้|มะรืน(?:นี้)?|เมื่อเช้ามืด|ตอน{_PART}"
    rf"|ช่วง{_PART}(?:ๆ)?"
    rf"|(?:วัน)?{_DAY}(?:นี้|หน้า|ที่แล้ว|ก่อน)|วัน{_DAY}(?:ที่ ?\d{{1,2}})?|(?:อาทิตย์|สัปดาห์|เดือน"
    rf"|ปี)(?:ก่อน|ที่แล้ว|หน้า|นี้)|ปีกลาย"
    rf"|วันก่อน|คืนก่อน|วันที่ ?\d{{1,2}}(?: ?{_MONTH})?(?: ?\d{{2,4}})?"
    rf"|\d{{1,2}} ?(?:- ?\d{{1,2}} ?)?{_MONTH}(?: ?(?:-"
    rf"|ถึง) ?\d{{1,2}} ?{_MONTH})?(?: ?\d{{2,4}})?|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}"
    rf"|ช่วง(?:สงกรานต์|ปีใหม่|ปิดเทอม|วันหยุด)|กลางดึก|ดึกๆ|ดึก ๆ|กลางคืน|หลังเที่ยงคืน|หลังเลิกเรียน|หัวค่ำ"
    rf"|เช้ามืด|(?:now|right now|just now|tonight|last night|yesterday|every night|today))"
)
_ONE = rf"(?:{_SPAN}|{_HABIT}|{_POINT}|{_CLOCK})"
_WHEN = re.compile(rf"{_ONE}(?: ?{_ONE}){{0,3}}(?:เป็นต้นไป|เป็นประจำ)?", re.IGNORECASE)


def find_when(text: str) -> str | None:
    """The first stretch of `text` that says when, or None."""
    return find_when_in(align(text))


def find_when_in(aligned: Aligned) -> str | None:
    """The same for a text already aligned; the answer is quoted from the original."""
    best: re.Match[str] | None = None
    for match in _WHEN.finditer(aligned.text):
        if best is None or _weight(match.group()) > _weight(best.group()):
            best = match
    return aligned.quote(best.start(), best.end()).strip() if best else None


def find_all(text: str) -> list[tuple[int, int]]:
    """Every stretch of a normalised text that says when."""
    return [match.span() for match in _WHEN.finditer(text)]


def _weight(stretch: str) -> int:
    """A clock or a date tells a patrol more than ตอนนี้; a longer stretch more than a shorter."""
    return len(stretch) + 20 * bool(re.search(r"\d|ตี|ทุ่ม|โมง|เที่ยง|ทุก|เมื่อ", stretch))
