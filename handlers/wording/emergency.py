"""What a person in danger reads first: which number, what to do, that it was taken down."""

from collections.abc import Sequence

from handlers import messages as m
from handlers.messages import Message
from handlers.snapshots import Case, CaseState, Label
from handlers.wording import names
from handlers.wording.person import QUICK_PHOTO, QUICK_PLACE

_UNSURE = "unsure"
_ADVICE = {
    "fire": "ถ้าอยู่ในอาคาร ให้ออกทันที ใช้บันได อย่าใช้ลิฟต์ และอย่ากลับเข้าไปเอาของ",
    "medical": "อยู่กับผู้ป่วย ถ้าหมดสติและไม่หายใจ ให้กดหน้าอกตามที่เจ้าหน้าที่ 1669 แนะนำทางโทรศัพท์",
    "traffic_accident": "ยืนในที่ปลอดภัย ระวังรถที่ตามมา อย่าเคลื่อนย้ายผู้บาดเจ็บถ้าไม่จำเป็น",
    "violence": "ถ้าออกไปได้ ให้ไปที่ปลอดภัย ถ้าออกไม่ได้ ให้ล็อกประตู ผู้พบเห็นอย่าเข้าไปห้ามเอง",
    "intrusion": "ไปอยู่ในที่ปลอดภัย ล็อกประตู อย่าเผชิญหน้ากับคนร้าย",
    "missing_person": "แจ้งได้ทันที ไม่ต้องรอครบ 24 ชั่วโมง เตรียมรูปถ่ายและบอกเสื้อผ้าที่ใส่ล่าสุด",
    "self_harm": "อย่าอยู่ลำพัง หรืออยู่เป็นเพื่อนเขาไว้ โทร 1323 มีคนพร้อมรับฟังตลอด 24 ชั่วโมง",
    "disaster": "อยู่ห่างจากจุดอันตราย อย่าแตะสายไฟ เสาไฟ หรือน้ำที่อยู่ใกล้สายไฟ",
    "animal": "อยู่ห่าง ๆ ปิดประตู อย่าพยายามจับเอง",
    _UNSURE: "ไปอยู่ในที่ปลอดภัยก่อน ถ้าพูดได้ โปรดโทร ถ้าพูดไม่ได้ พิมพ์บอกหรือส่งตำแหน่งไว้",
}
_HEADLINES = {"self_harm": "เราอยู่ตรงนี้ พร้อมช่วยคุณค่ะ", _UNSURE: "รับแจ้งเหตุแล้ว"}


def first_answer(
    category: str,
    confidence: float,
    place: str | None,
    reference: str,
    told_count: int,
    speaks_thai: bool = True,
) -> list[Message]:
    """The free first answer. It promises nothing but that staff are being told.

    Where we are not sure which danger it is, the police come first and the lock screen tells nothing.
    """
    shown = category if confidence >= names.SURE else _UNSURE
    first, second, third = names.hotlines_for(shown)
    headline = _HEADLINES.get(shown) or names.headline(Label.EMERGENCY, category)
    header = [
        m.line(headline, "lg", "#FFFFFF", bold=True),
        m.line(f"โทร {first.number} ทันที ถ้ายังไม่ได้โทร", "sm", "#FFFFFF"),
    ]
    body = [
        m.line(_ADVICE.get(shown, _ADVICE[_UNSURE]), bold=True),
        m.separator(),
        m.fact("เข้าใจว่า", names.category_name(category)),
        m.fact("สถานที่", place or "ยังไม่ทราบ โปรดส่งตำแหน่งหรือพิมพ์บอก"),
        m.fact("เลขที่เรื่อง", reference),
        m.line(_who_is_told(told_count, first.number), "sm", m.GREY if told_count else m.RED),
    ]
    if not speaks_thai:
        body.append(m.line(_english(told_count), "sm"))
    contents = m.bubble(body, header, _dial(shown, first, second, third), color=m.RED)
    is_quiet = names.is_sensitive(category, confidence)
    alt = _alt(is_quiet, first, reference)
    return [m.flex(alt, contents, quick=[QUICK_PLACE, *QUICK_PHOTO])]


def follow_up_answer(case: Case, is_told: bool) -> list[Message]:
    """More was said about an emergency: it was added, and the number stays at hand.

    `is_told`: whether there is an officer on duty to whom it goes.
    """
    first, _, _ = names.hotlines_for(case.category)
    head = f"เพิ่มในเรื่อง {case.reference} แล้วค่ะ"
    words = f"{head} {_STANDING.get(case.state, 'กำลังแจ้งเจ้าหน้าที่')}\n"
    words += f"ถ้ายังมีอันตรายและยังไม่ได้โทร โปรดโทร {first.number}"
    if not is_told and case.state not in _STANDING:
        words = f"{head}\nขณะนี้ไม่มีเจ้าหน้าที่เวรในระบบ โปรดโทร {first.number} ทันที"
    dial = m.quick(m.call(f"โทร {first.number}", first.number))
    return [m.text(words, quick=[dial, QUICK_PLACE, *QUICK_PHOTO])]


def still_open(case: Case) -> list[Message]:
    """The person says that it is over. It stays open until staff have checked."""
    first, _, _ = names.hotlines_for(case.category)
    words = (
        f"รับทราบค่ะ เรื่อง {case.reference} ยังเปิดอยู่จนกว่าเจ้าหน้าที่จะตรวจสอบ\n"
        f"ถ้ายังไม่ปลอดภัย หรือไม่สะดวกพิมพ์ โทร {first.number} ได้ทุกเมื่อ"
    )
    return [m.text(words, quick=[m.quick(m.call(f"โทร {first.number}", first.number))])]


def in_group(category: str, reference: str) -> list[Message]:
    """The same in a group, without repeating what was said there."""
    first, second, third = names.hotlines_for(category)
    body = [
        m.line(_ADVICE.get(category, _ADVICE[_UNSURE]), bold=True),
        m.fact("เลขที่เรื่อง", reference),
        m.line(
            "ส่งตำแหน่งและภาพ: แตะชื่อบัญชีนี้เพื่อเปิดแชตส่วนตัว แล้วส่งรายละเอียด คนในกลุ่มจะไม่เห็น",
            "sm",
            m.GREY,
        ),
    ]
    header = [m.line(f"เหตุด่วน โทร {first.number} ทันที", "lg", "#FFFFFF", bold=True)]
    contents = m.bubble(body, header, _dial(category, first, second, third), color=m.RED)
    return [m.flex(f"เหตุด่วน โทร {first.number} ทันที · เลขที่เรื่อง {reference}", contents)]


_STANDING = {
    CaseState.SEEN: "เจ้าหน้าที่อ่านเรื่องแล้ว",
    CaseState.WORKING: "เจ้าหน้าที่รับเรื่องไว้แล้ว",
    CaseState.WAITING: "เจ้าหน้าที่รับเรื่องไว้แล้ว",
}


def _english(told_count: int) -> str:
    numbers = "Emergency numbers: 191 police · 199 fire and rescue · 1669 ambulance."
    told = "Staff on duty are being told." if told_count else "Nobody is on duty here: please call."
    return f"{numbers} {told}"


def _who_is_told(told_count: int, number: str) -> str:
    if told_count == 0:
        return f"ขณะนี้ไม่มีเจ้าหน้าที่เวรในระบบ โปรดโทร {number} ทันที"
    return f"กำลังแจ้งเจ้าหน้าที่เวร อย่ารอคำตอบทางแชต ถ้าไม่มีเจ้าหน้าที่ตอบใน 2 นาที โปรดโทร {number}"


def _dial(category: str, first: names.Hotline, *others: names.Hotline) -> Sequence[m.Component]:
    main = m.button(m.call(f"โทร {first.number} {first.who}", first.number), "primary", m.RED)
    beside = [m.button(m.call(f"{other.number} {other.who}", other.number)) for other in others]
    buttons = [main, m.row(beside)]
    if category == "self_harm":
        buttons.insert(0, m.button(m.call("โทร 1323 มีคนรับฟัง", "1323"), "primary", m.GREEN))
    return buttons


def _alt(is_quiet: bool, first: names.Hotline, reference: str) -> str:
    """What the lock screen shows; where it could betray, it tells nothing."""
    if is_quiet:
        return "มีข้อความตอบกลับ"
    return f"เหตุด่วน โทร {first.number} ทันที ถ้ายังไม่ได้โทร · รับเรื่องแล้ว เลขที่ {reference}"
