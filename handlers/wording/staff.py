"""What an officer reads: cards, lists, acknowledgements. The person appears by alias only."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from handlers import messages as m
from handlers.messages import Component, Message
from handlers.snapshots import Case, CaseState, Label, Position, Role, Staff
from handlers.wording import names
from handlers.wording.dates import thai_moment

_COLORS = {Label.EMERGENCY: m.RED, Label.TIP: m.AMBER, Label.REQUEST: m.BLUE, Label.OTHER: m.GREY}
_UNSURE = 0.6
_LISTED = 10
_QUOTED_UTF16 = 1500
# Each Thai letter is nine signs in an address, and LINE takes a thousand.
_MAP_UTF16 = 90


@dataclass(frozen=True, slots=True)
class News:
    """What a card tells beyond the case itself."""

    title: str
    words: str | None = None
    position: Position | None = None
    media: str | None = None


def card(case: Case, news: News, timezone: str) -> list[Message]:
    """The card of a case. Quoting it with a text answers the person."""
    body: list[Component] = [
        m.fact("เลขที่", case.reference),
        m.fact("ผู้แจ้ง", case.alias),
        m.fact("เวลา", thai_moment(case.opened_at, ZoneInfo(timezone))),
        m.fact("สถานที่", case.where or "ยังไม่ทราบ"),
        m.fact("สถานะ", _state(case)),
    ]
    if case.from_group:
        body.append(m.fact("จากกลุ่ม", case.from_group))
    if case.confidence < _UNSURE:
        body.append(m.line("ระบบไม่แน่ใจประเภท โปรดอ่านข้อความ", "sm", m.AMBER))
    if news.words:
        body.append(m.panel([m.line(m.cut(news.words, _QUOTED_UTF16))]))
    if news.media:
        body.append(m.line(f"มี{news.media} กด “ดูภาพและไฟล์”", "sm", m.GREY))
    body.append(m.line("ตอบผู้แจ้ง: กดค้างที่การ์ดนี้ เลือก “ตอบกลับ” แล้วพิมพ์", "xs", m.GREY))
    header = [
        m.line(news.title, "sm", "#FFFFFF"),
        m.line(names.headline(case.label, case.category), "lg", "#FFFFFF", bold=True),
    ]
    color = _COLORS[case.label]
    contents = m.bubble(body, header, _buttons(case, news), color=color)
    return [m.flex(_alt(case, news), contents)]


def _alt(case: Case, news: News) -> str:
    is_quiet = names.is_sensitive(case.category, case.confidence)
    where = f" · {case.where}" if case.where and not is_quiet else ""
    return f"{news.title} {case.reference}: {names.headline(case.label, case.category)}{where}"


def _state(case: Case) -> str:
    state = names.STATES[case.state]
    return f"{state} ({case.holder_name})" if case.holder_name else state


def _buttons(case: Case, news: News) -> list[Component]:
    at = f"&c={case.reference}"
    first = [
        m.button(m.tap("เห็นแล้ว", "a=seen" + at), "primary", m.GREEN),
        m.button(m.tap("รับเรื่อง", "a=take" + at), "primary", m.BLUE),
    ]
    second = [
        m.button(m.tap("ตอบผู้แจ้ง", "a=answer" + at)),
        m.button(m.tap("ปิดเรื่อง", "a=close" + at)),
    ]
    rows = [m.row(first), m.row(second)]
    if map_link := _map_link(case, news.position):
        rows.append(m.button(m.link("นำทาง", map_link), "link"))
    if news.media:
        rows.append(m.button(m.tap("ดูภาพและไฟล์", "a=media" + at), "link"))
    if m.utf16_length(news.words or "") > _QUOTED_UTF16:
        rows.append(m.button(m.tap("อ่านทั้งหมด", "a=read" + at), "link"))
    return rows


def _map_link(case: Case, position: Position | None) -> str | None:
    spot = position or case.position
    if spot is not None:
        where = f"{spot.latitude:.6f},{spot.longitude:.6f}"
    elif case.place:
        where = quote(m.take(case.place, _MAP_UTF16))
    else:
        return None
    return f"https://www.google.com/maps/search/?api=1&query={where}"


# Answers to an officer


def registered(name: str, role: Role, station_name: str) -> list[Message]:
    words = (
        f"ลงทะเบียนเรียบร้อย: {name} ({names.ROLES[role]}) {station_name}\n\n"
        "• เรื่องใหม่จะส่งเป็นการ์ดในแชตนี้ กดค้างที่การ์ดแล้วเลือก “ตอบกลับ” เพื่อพิมพ์ตอบผู้แจ้ง\n"
        "• พิมพ์ “งาน” ดูเรื่องที่ยังเปิด · “ประกาศ” ตั้งเวลาแจ้งเตือนกลุ่ม · “สถานะประกาศ”\n"
        "• “เข้าเวร” / “ออกเวร” เริ่มหรือหยุดรับการ์ด ขณะนี้: เข้าเวร"
    )
    return [m.text(words)]


def already_registered() -> list[Message]:
    return [m.text("คุณลงทะเบียนเป็นเจ้าหน้าที่อยู่แล้ว รหัสนี้ยังไม่ถูกใช้ ส่งให้ผู้อื่นได้")]


def code_refused(tries_left: int) -> list[Message]:
    if tries_left <= 0:
        return [m.text("ส่งรหัสผิดครบ 5 ครั้งแล้ว ลองใหม่ได้หลัง 24 ชั่วโมง หรือติดต่อผู้ดูแลระบบของสถานี")]
    return [m.text(f"รหัสนี้ใช้ไม่ได้ โปรดตรวจว่าพิมพ์ถูก ลองได้อีก {tries_left} ครั้ง หรือขอรหัสใหม่จากผู้ดูแลระบบ")]


def group_code_in_private() -> list[Message]:
    return [m.text("รหัสนี้สำหรับลงทะเบียนกลุ่ม โปรดส่งในกลุ่ม LINE ของชุมชนที่เชิญบัญชีนี้เข้าแล้ว")]


def staff_code_in_group() -> list[Message]:
    return [
        m.text("รหัสเจ้าหน้าที่ต้องส่งในแชตส่วนตัวกับบัญชีนี้ รหัสที่ส่งในกลุ่มยังไม่ถูกใช้ แต่คนในกลุ่มเห็นแล้ว โปรดขอรหัสใหม่")
    ]


def relayed(case: Case) -> list[Message]:
    if case.reporter_id is None:
        return [m.text(f"เรื่อง {case.reference} ไม่มีแชตส่วนตัวของผู้แจ้ง จึงยังไม่ได้ส่ง")]
    if case.reporter_is_blocked:
        return [m.text(f"บันทึกแล้ว แต่ผู้แจ้งเรื่อง {case.reference} บล็อกบัญชีนี้ ข้อความอาจไม่ถึง")]
    return [m.text(f"ส่งให้ผู้แจ้งเรื่อง {case.reference} ({case.alias}) แล้ว")]


def to_whom(cases: Sequence[Case]) -> list[Message]:
    """An officer wrote without quoting: nothing is sent until he says to whom."""
    if not cases:
        words = "ยังไม่ได้ส่งให้ใคร และไม่มีเรื่องที่เปิดอยู่"
    else:
        words = "ยังไม่ได้ส่งให้ใคร จะส่งข้อความนี้ถึงผู้แจ้งเรื่องไหน เลือกด้านล่าง หรือกดค้างที่การ์ดแล้วเลือก “ตอบกลับ”"
    choices = [
        m.quick(m.tap(_choice(case), f"a=send&c={case.reference}", f"ส่งถึงเรื่อง {case.reference}"))
        for case in cases[:_LISTED]
    ]
    choices.append(m.quick(m.tap("แจ้งเป็นเหตุใหม่", "a=report")))
    choices.append(m.quick(m.tap("ไม่ส่ง", "a=drop")))
    return [m.text(words, quick=choices)]


def _choice(case: Case) -> str:
    """At most 20 letters: `KP-4821 เพลิงไหม้`."""
    full = f"{case.reference} {names.category_name(case.category)}"
    return full if len(full) <= 20 else f"{case.reference} {names.LABELS[case.label]}"[:20]


def type_answer(case: Case) -> list[Message]:
    return [
        m.text(
            f"พิมพ์ข้อความถึงผู้แจ้งเรื่อง {case.reference} ({case.alias}) ได้เลย ข้อความถัดไปจะส่งให้ผู้แจ้ง",
            quick=[m.quick(m.tap("ไม่ส่ง", "a=drop"))],
        )
    ]


def dropped() -> list[Message]:
    return [m.text("ยกเลิกแล้ว ยังไม่ได้ส่งให้ใคร")]


def only_text() -> list[Message]:
    return [m.text("ส่งให้ผู้แจ้งได้เฉพาะข้อความ สิ่งที่ส่งมานี้ยังไม่ได้ส่งให้ใคร โปรดพิมพ์เป็นข้อความแทน")]


def how_closed(case: Case) -> list[Message]:
    choices = [
        m.quick(
            m.tap(
                label[:20],
                f"a=close&c={case.reference}&r={key}",
                f"ปิดเรื่อง {case.reference}: {label}",
            )
        )
        for key, label in _SHORT_RESOLUTIONS.items()
    ]
    return [m.text(f"ปิดเรื่อง {case.reference} ผลเป็นอย่างไร", quick=choices)]


_SHORT_RESOLUTIONS = {
    "done": "เรียบร้อย",
    "nothing_found": "ตรวจแล้วไม่พบเหตุ",
    "passed_on": "ส่งต่อหน่วยงานอื่น",
    "duplicate": "ซ้ำกับเรื่องอื่น",
    "not_ours": "ไม่อยู่ในอำนาจ",
}


def done(case: Case, state: CaseState, is_told: bool) -> list[Message]:
    words = f"เรื่อง {case.reference}: {names.STATES[state]}"
    if not is_told:
        words += "\nไม่ได้แจ้งผู้แจ้งโดยอัตโนมัติ เพื่อความปลอดภัยของผู้แจ้ง ถ้าจำเป็น โปรดตอบเอง"
    return [m.text(words)]


def closed_by_other(case: Case, name: str, resolution: str) -> list[Message]:
    how = names.RESOLUTIONS.get(resolution, resolution)
    return [m.text(f"เรื่อง {case.reference} ที่คุณรับไว้ {name} ปิดแล้ว ผล: {how}")]


def report_opened(reference: str, told_count: int) -> list[Message]:
    """An officer reported something himself."""
    told = f"กำลังส่งการ์ดให้เจ้าหน้าที่เวร {told_count} นาย"
    if told_count == 0:
        told = "ขณะนี้ไม่มีเจ้าหน้าที่อื่นเข้าเวรในระบบ ถ้าเป็นเหตุด่วน โปรดวิทยุหรือโทร 191"
    return [m.text(f"เปิดเรื่อง {reference} แล้ว {told}")]


def all_words(case: Case, said: Sequence[tuple[str, str]]) -> list[Message]:
    """Everything said in a case that was not taken back; the newest where it is too much."""
    who = {"person": case.alias, "staff": "เจ้าหน้าที่"}
    whole = "\n".join(f"{who.get(actor, actor)}: {words}" for actor, words in said)
    head = f"ข้อความทั้งหมดของเรื่อง {case.reference}\n\n"
    pieces = m.split_text(head + (whole or "ไม่มีข้อความที่เก็บไว้"))
    return [m.text(piece) for piece in pieces[-m.MESSAGES_PER_CALL :]]


def code_stale() -> list[Message]:
    return [m.text("รหัสนี้ใช้ไปแล้วหรือเกิน 24 ชั่วโมง โปรดขอรหัสใหม่จากผู้ดูแลระบบ")]


def not_allowed(case: Case) -> str:
    return f"เรื่อง {case.reference} ทำรายการนี้ไม่ได้ สถานะตอนนี้: {_state(case)}"


def held_by_other(case: Case) -> str:
    return f"เรื่อง {case.reference} มี {case.holder_name} รับไว้แล้ว"


def work_list(cases: Sequence[Case], timezone: str) -> list[Message]:
    """Ten cases at most; says so where there are more."""
    if not cases:
        return [m.text("ไม่มีเรื่องที่เปิดอยู่")]
    zone, shown = ZoneInfo(timezone), cases[:_LISTED]
    alt = "เรื่องที่เปิดอยู่: " + ", ".join(case.reference for case in shown)
    carousel = {"type": "carousel", "contents": [_work_item(case, zone) for case in shown]}
    listed = [m.flex(alt, carousel)]
    if len(cases) > _LISTED:
        listed.append(m.text(f"แสดง {_LISTED} เรื่องที่ด่วนและใหม่ที่สุด ยังมีเรื่องอื่นที่เปิดอยู่อีก"))
    return listed


def _work_item(case: Case, zone: ZoneInfo) -> Component:
    body = [
        m.fact("ผู้แจ้ง", case.alias),
        m.fact("เวลา", thai_moment(case.opened_at, zone)),
        m.fact("สถานที่", case.where or "ยังไม่ทราบ"),
        m.fact("สถานะ", _state(case)),
    ]
    title = f"{case.reference} {names.headline(case.label, case.category)}"
    header = [m.line(title, "md", "#FFFFFF", bold=True)]
    return m.bubble(body, header, _buttons(case, News("")), color=_COLORS[case.label])


def duty(on_duty: bool) -> list[Message]:
    if on_duty:
        return [m.text("เข้าเวรแล้ว เรื่องใหม่จะส่งเป็นการ์ดในแชตนี้")]
    return [m.text("ออกเวรแล้ว จะไม่ได้รับการ์ดจนกว่าจะพิมพ์ “เข้าเวร” เว้นแต่ขณะนั้นไม่มีใครเข้าเวร")]


def media_links(case: Case, links: Sequence[tuple[str, str]]) -> list[Message]:
    """Links that open for a quarter of an hour. `links`: (what it is, address)."""
    if not links:
        return [m.text(f"เรื่อง {case.reference} ยังไม่มีภาพหรือไฟล์ที่เปิดได้ อาจกำลังดาวน์โหลด")]
    body = [m.line(f"ภาพและไฟล์ของเรื่อง {case.reference}", bold=True)]
    body += [m.button(m.link(what, address), "link") for what, address in links[:10]]
    body.append(m.line("ลิงก์เปิดได้ 15 นาที ห้ามส่งต่อ", "xs", m.GREY))
    return [m.flex(f"ภาพและไฟล์ของเรื่อง {case.reference}", m.bubble(body))]


def help_text(staff: Staff) -> list[Message]:
    words = (
        f"{staff.name} ({names.ROLES[staff.role]})\n"
        "• ตอบผู้แจ้ง: กดค้างที่การ์ด เลือก “ตอบกลับ” แล้วพิมพ์\n"
        "• “งาน” เรื่องที่ยังเปิด\n"
        "• “ประกาศ” ตั้งเวลาแจ้งเตือนกลุ่ม · “สถานะประกาศ”\n"
        "• “เข้าเวร” / “ออกเวร”"
    )
    return [m.text(words)]


def quota_warning() -> Message:
    return m.text(
        "โควตาข้อความ LINE ของเดือนนี้หมดแล้ว ข้อความที่ไม่ใช่เหตุด่วนจะรอจนกว่าโควตากลับมา "
        "การตอบภายใน 1 นาทียังส่งได้ตามปกติ โปรดแจ้งผู้ดูแลให้เพิ่มแพ็กเกจใน LINE Official Account Manager"
    )
