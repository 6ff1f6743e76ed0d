"""What a person in danger reads first: which number, what to do, that it was taken down."""

from collections.abc import Sequence

from handlers import messages as m
from handlers.messages import Message
from handlers.snapshots import Label
from handlers.wording import names
from handlers.wording.person import QUICK_PHOTO, QUICK_PLACE

_ADVICE = {
    "fire": "ออกจากอาคารทันที ใช้บันได อย่าใช้ลิฟต์ และอย่ากลับเข้าไปเอาของ",
    "medical": "อยู่กับผู้ป่วย ถ้าหมดสติและไม่หายใจ ให้กดหน้าอกตามที่เจ้าหน้าที่ 1669 แนะนำทางโทรศัพท์",
    "traffic_accident": "ยืนในที่ปลอดภัย ระวังรถที่ตามมา อย่าเคลื่อนย้ายผู้บาดเจ็บถ้าไม่จำเป็น",
    "violence": "ไปอยู่ในที่ปลอดภัย ล็อกประตู อย่าเข้าไปห้ามด้วยตัวเอง",
    "intrusion": "ไปอยู่ในที่ปลอดภัย ล็อกประตู อย่าเผชิญหน้ากับคนร้าย",
    "missing_person": "แจ้งได้ทันที ไม่ต้องรอครบ 24 ชั่วโมง เตรียมรูปถ่ายและบอกเสื้อผ้าที่ใส่ล่าสุด",
    "self_harm": "อย่าอยู่ลำพัง มีคนพร้อมรับฟังที่สายด่วนสุขภาพจิต 1323 ตลอด 24 ชั่วโมง",
    "disaster": "อยู่ห่างจากจุดอันตราย อย่าแตะสายไฟ เสาไฟ หรือน้ำที่อยู่ใกล้สายไฟ",
    "animal": "อยู่ห่าง ๆ ปิดประตู อย่าพยายามจับเอง",
}


def first_answer(
    category: str, place: str | None, reference: str, duty_count: int, speaks_thai: bool = True
) -> list[Message]:
    """The free first answer. It promises nothing but that staff are being told."""
    first, second, third = names.hotlines_for(category)
    header = [
        m.line(names.headline(Label.EMERGENCY, category), "lg", "#FFFFFF", bold=True),
        m.line(f"โทร {first.number} ทันที ถ้ายังไม่ได้โทร", "sm", "#FFFFFF"),
    ]
    body = [
        m.line(_ADVICE.get(category, _ADVICE["violence"]), bold=True),
        m.separator(),
        m.fact("เข้าใจว่า", names.category_name(category)),
        m.fact("สถานที่", place or "ยังไม่ทราบ โปรดส่งตำแหน่งหรือพิมพ์บอก"),
        m.fact("เลขที่เรื่อง", reference),
        m.line(_who_is_told(duty_count), "sm", _tone(duty_count)),
    ]
    if not speaks_thai:
        body.append(m.line(_ENGLISH, "sm"))
    contents = m.bubble(body, header, _dial(first, second, third), color=m.RED)
    return [m.flex(_alt(category, first, reference), contents, quick=[QUICK_PLACE, *QUICK_PHOTO])]


def follow_up_answer(category: str, reference: str, is_told: bool) -> list[Message]:
    """More was said about an emergency: it was added, and the number stays at hand.

    `is_told`: whether there is an officer in the system to whom it goes.
    """
    first, _, _ = names.hotlines_for(category)
    words = f"เพิ่มในเรื่อง {reference} แล้วค่ะ กำลังแจ้งเจ้าหน้าที่\nถ้ายังไม่มีเจ้าหน้าที่ตอบ โปรดโทร {first.number}"
    if not is_told:
        words = f"เพิ่มในเรื่อง {reference} แล้วค่ะ\nขณะนี้ไม่มีเจ้าหน้าที่ในระบบ โปรดโทร {first.number} ทันที"
    dial = m.quick(m.call(f"โทร {first.number}", first.number))
    return [m.text(words, quick=[dial, QUICK_PLACE, *QUICK_PHOTO])]


def still_open(category: str, reference: str) -> list[Message]:
    """The person says that it is over. It stays open until staff have checked."""
    first, _, _ = names.hotlines_for(category)
    words = (
        f"รับทราบค่ะ เรื่อง {reference} ยังเปิดอยู่จนกว่าเจ้าหน้าที่จะตรวจสอบ\n"
        f"ถ้าเหตุยังไม่จบหรือพิมพ์เองไม่สะดวก โทร {first.number} ได้ทุกเมื่อ"
    )
    return [m.text(words, quick=[m.quick(m.call(f"โทร {first.number}", first.number))])]


def in_group(category: str, reference: str) -> list[Message]:
    """The same in a group, without repeating what was said there."""
    first, second, third = names.hotlines_for(category)
    body = [
        m.line(_ADVICE.get(category, _ADVICE["violence"]), bold=True),
        m.fact("เลขที่เรื่อง", reference),
        m.line("ส่งตำแหน่งและภาพในแชตส่วนตัวกับบัญชีนี้ จะถึงเฉพาะเจ้าหน้าที่", "sm", m.GREY),
    ]
    header = [m.line(f"เหตุด่วน โทร {first.number} ทันที", "lg", "#FFFFFF", bold=True)]
    contents = m.bubble(body, header, _dial(first, second, third), color=m.RED)
    return [m.flex(f"เหตุด่วน โทร {first.number} ทันที · เลขที่เรื่อง {reference}", contents)]


_ENGLISH = (
    "Emergency numbers: 191 police · 199 fire and rescue · 1669 ambulance. Staff are being told."
)


def _tone(duty_count: int) -> str:
    return m.GREY if duty_count else m.RED


def _who_is_told(duty_count: int) -> str:
    if duty_count == 0:
        return "ขณะนี้ไม่มีเจ้าหน้าที่เวรในระบบ โปรดโทรทันที"
    return "กำลังแจ้งเจ้าหน้าที่เวร ถ้าไม่มีเจ้าหน้าที่ตอบใน 2 นาที โปรดโทร"


def _dial(first: names.Hotline, *others: names.Hotline) -> Sequence[m.Component]:
    main = m.button(m.call(f"โทร {first.number} {first.who}", first.number), "primary", m.RED)
    beside = [m.button(m.call(f"{other.number} {other.who}", other.number)) for other in others]
    return [main, m.row(beside)]


def _alt(category: str, first: names.Hotline, reference: str) -> str:
    """What the lock screen shows; for violence and self-harm it tells nothing."""
    if category in names.SENSITIVE:
        return "มีข้อความตอบกลับ"
    return f"เหตุด่วน โทร {first.number} ทันที ถ้ายังไม่ได้โทร · รับเรื่องแล้ว เลขที่ {reference}"
