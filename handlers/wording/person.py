"""What a resident, a shop owner, a volunteer reads in the private chat."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from handlers import messages as m
from handlers.messages import Component, Message
from handlers.snapshots import Case, Label
from handlers.wording import names
from handlers.wording.dates import thai_moment

QUICK_PLACE = m.quick_location("ส่งตำแหน่ง")
QUICK_PHOTO = (m.quick_camera("ถ่ายภาพ"), m.quick_album("เลือกภาพ"))
QUICK_NEW = m.quick(m.tap("เป็นเรื่องใหม่", "a=new", "ขอแจ้งเป็นเรื่องใหม่"))
FROM_STATION = "เจ้าหน้าที่ตำรวจ"


def case_opened(
    label: Label, category: str, place: str | None, reference: str, alias: str
) -> list[Message]:
    """A tip or a request was taken down."""
    tip = label is Label.TIP
    title = "รับเบาะแสแล้ว ขอบคุณค่ะ" if tip else "รับเรื่องแล้วค่ะ"
    body = [
        m.fact("เข้าใจว่า", names.category_name(category)),
        m.fact("สถานที่", place or "ยังไม่ทราบ พิมพ์บอกหรือส่งตำแหน่งได้"),
        m.fact("เลขที่เรื่อง", reference),
        m.separator(),
    ]
    body.append(m.line(_who_reads(alias), "sm", m.GREY))
    body.append(m.line("ถ้ามีอันตรายเกิดขึ้นตอนนี้ โทร 191", "sm", m.GREY))
    contents = m.bubble(body, [m.line(title, "lg", "#FFFFFF", bold=True)], color=m.BLUE)
    alt = f"{title} เลขที่เรื่อง {reference}"
    return [m.flex(alt, contents, quick=[QUICK_PLACE, *QUICK_PHOTO])]


def _who_reads(alias: str) -> str:
    return f"เจ้าหน้าที่ที่อ่านเรื่องนี้จะเห็นคุณในชื่อแทน “{alias}” และตอบกลับทางแชตนี้"


def added(reference: str) -> list[Message]:
    words = f"เพิ่มในเรื่อง {reference} แล้วค่ะ"
    return [m.text(words, quick=[QUICK_PLACE, *QUICK_PHOTO, QUICK_NEW])]


def what_happened(reference: str, got: str) -> list[Message]:
    """A position or a photo came alone. `got` is what came, in Thai."""
    words = (
        f"ได้รับ{got}แล้วค่ะ เลขที่เรื่อง {reference}\n"
        "เกิดอะไรขึ้นคะ พิมพ์บอกสั้น ๆ ได้เลย\n"
        "ถ้ามีอันตราย โทร 191 · 199 · 1669"
    )
    return [m.text(words, quick=[*_dial_quick(), QUICK_PLACE])]


def _dial_quick() -> list[Component]:
    return [m.quick(m.call(f"โทร {line.number}", line.number)) for line in names.HOTLINES]


def go_on_new() -> list[Message]:
    return [m.text("ได้ค่ะ พิมพ์เล่าเรื่องใหม่ได้เลย", quick=[QUICK_PLACE, *QUICK_PHOTO])]


def start_report(kind: str) -> list[Message]:
    """The rich menu was tapped. `kind`: emergency, tip or request."""
    words = {
        "emergency": "เกิดอะไรขึ้น ที่ไหนคะ พิมพ์บอกสั้น ๆ หรือส่งตำแหน่ง\nถ้าเป็นอันตรายถึงชีวิต โปรดโทรก่อน",
        "tip": ("พิมพ์เล่าสิ่งที่พบเห็นได้เลยค่ะ: เห็นอะไร ที่ไหน เวลาใด\nเจ้าหน้าที่ที่อ่านจะเห็นเพียงชื่อแทนของคุณ"),
        "request": "อยากให้ช่วยเรื่องใด ที่ไหนคะ พิมพ์เล่าหรือส่งภาพและตำแหน่งได้เลย",
    }[kind]
    return [m.text(words, quick=[*_dial_quick(), QUICK_PLACE, *QUICK_PHOTO])]


def which_label() -> list[Message]:
    """We could not tell what it is about, and ask."""
    choices = [
        m.tap("เหตุด่วน", "a=label&l=emergency", "เป็นเหตุด่วน"),
        m.tap("แจ้งเบาะแส", "a=label&l=tip"),
        m.tap("แจ้งซ่อม / ร้องเรียน", "a=label&l=request"),
        m.tap("คุยทั่วไป", "a=label&l=other"),
    ]
    words = (
        "ได้รับข้อความแล้วค่ะ ต้องการแจ้งเรื่องใดคะ เลือกด้านล่าง หรือพิมพ์เล่าเพิ่มอีกนิด\n"
        "ถ้ามีอันตรายตอนนี้ โทร 191 · 199 · 1669"
    )
    return [m.text(words, quick=[m.quick(choice) for choice in choices])]


_TALK = {
    "greeting": "สวัสดีค่ะ มีเหตุ เบาะแส หรือเรื่องอยากให้ช่วย พิมพ์เล่าได้เลยนะคะ",
    "thanks": "ยินดีค่ะ ดูแลตัวเองด้วยนะคะ",
    "chitchat": "รับทราบค่ะ ถ้ามีเหตุหรือเบาะแส พิมพ์เล่าได้เลย ถ้ามีอันตราย โทร 191 · 199 · 1669",
    "spam": "บัญชีนี้รับแจ้งเหตุ เบาะแส และคำขอในพื้นที่ค่ะ ถ้าสงสัยว่าถูกหลอก อย่ากดลิงก์ โทร 1441",
    "abuse": "รับทราบค่ะ ถ้ามีเรื่องให้ช่วย พิมพ์เล่าได้เลยค่ะ",
    "resolved": "รับทราบค่ะ ขอบคุณที่แจ้งให้ทราบ",
}


def small_talk(category: str, speaks_thai: bool = True) -> list[Message]:
    if not speaks_thai:
        return [m.text(_TALK["greeting"] + "\n\n" + _ENGLISH, quick=_dial_quick())]
    return [m.text(_TALK.get(category, _TALK["chitchat"]), quick=_dial_quick())]


_ENGLISH = (
    "This is the community safety account of the local police. Tell us what happened and where. "
    "In danger, call 191 (police), 199 (fire) or 1669 (ambulance)."
)


def information() -> list[Message]:
    body = [
        m.line("เบอร์ที่ควรรู้", "lg", bold=True),
        m.fact("191", "แจ้งเหตุด่วนเหตุร้าย ตำรวจ"),
        m.fact("199", "ดับเพลิง กู้ภัย งูเข้าบ้าน"),
        m.fact("1669", "เจ็บป่วยฉุกเฉิน รถพยาบาล"),
        m.fact("1441", "ถูกหลอกทางออนไลน์ อายัดบัญชี"),
        m.fact("1323", "สายด่วนสุขภาพจิต"),
        m.fact("1567", "ศูนย์ดำรงธรรม"),
        m.separator(),
        m.line("ถ้าต้องการให้เจ้าหน้าที่ตอบคำถามนี้ กด “ฝากถึงเจ้าหน้าที่”", "sm", m.GREY),
    ]
    ask = m.quick(m.tap("ฝากถึงเจ้าหน้าที่", "a=label&l=request"))
    return [m.flex("เบอร์ที่ควรรู้: 191 · 199 · 1669 · 1441 · 1323 · 1567", m.bubble(body), [ask])]


def own_cases(cases: Sequence[Case], timezone: str) -> list[Message]:
    if not cases:
        return [m.text("ยังไม่มีเรื่องที่แจ้งไว้ใน 90 วันที่ผ่านมาค่ะ พิมพ์เล่าเรื่องใหม่ได้เลย")]
    zone = ZoneInfo(timezone)
    body: list[Component] = [m.line("เรื่องที่แจ้งไว้", "lg", bold=True)]
    for case in cases:
        body.append(m.separator())
        body.append(m.line(f"{case.reference} · {_topic(case)}", bold=True))
        body.append(m.fact("แจ้งเมื่อ", thai_moment(case.opened_at, zone)))
        body.append(m.fact("สถานะ", names.STATES[case.state]))
    alt = "เรื่องที่แจ้งไว้: " + ", ".join(
        f"{case.reference} {names.STATES[case.state]}" for case in cases
    )
    if any(names.is_sensitive(case.category, case.confidence) for case in cases):
        alt = "มีข้อความตอบกลับ"
    return [m.flex(alt, m.bubble(body))]


def _topic(case: Case) -> str:
    return names.category_name(case.category)


def answer_from_station(reference: str, words: str) -> list[Message]:
    """An officer's own words. They reach the person whole, however long."""
    room = m.TEXT_UTF16 - 60
    first, *rest = m.split_text(words, room)
    head = m.text(f"เจ้าหน้าที่ตอบเรื่อง {reference}\n\n{first}", sender=FROM_STATION)
    return [head, *(m.text(piece, sender=FROM_STATION) for piece in rest)]


def told_seen(case: Case) -> list[Message]:
    first, _, _ = names.hotlines_for(case.category)
    words = f"เจ้าหน้าที่อ่านเรื่อง {case.reference} แล้วค่ะ"
    if case.label is Label.EMERGENCY:
        words += f"\nแต่ยังไม่ได้ยืนยันว่ามีเจ้าหน้าที่ออกไป ถ้ายังมีอันตราย โปรดโทร {first.number}"
    return [m.text(words)]


def told_taken(case: Case) -> list[Message]:
    words = f"เจ้าหน้าที่รับเรื่อง {case.reference} ไว้ดำเนินการแล้วค่ะ มีข้อมูลเพิ่มพิมพ์บอกได้เลย"
    return [m.text(words)]


def told_closed(case: Case, resolution: str) -> list[Message]:
    words = (
        f"เรื่อง {case.reference} ปิดแล้วค่ะ\nผล: {names.RESOLUTIONS.get(resolution, resolution)}\n"
        "ถ้ายังไม่เรียบร้อย กดปุ่มด้านล่าง หรือพิมพ์บอกได้เลย"
    )
    again = m.tap("ยังไม่เรียบร้อย", f"a=reopen&c={case.reference}", "เรื่องนี้ยังไม่เรียบร้อย")
    return [m.text(words, quick=[m.quick(again)])]


def told_reopened(case: Case) -> list[Message]:
    return [m.text(f"เปิดเรื่อง {case.reference} อีกครั้งแล้วค่ะ เจ้าหน้าที่จะเห็นว่ายังไม่เรียบร้อย")]


def cannot_reopen(case: Case) -> list[Message]:
    return [m.text(f"เรื่อง {case.reference} ยังเปิดอยู่ค่ะ สถานะ: {names.STATES[case.state]}")]


def sticker() -> list[Message]:
    return [m.text("ได้รับสติกเกอร์แล้วค่ะ ถ้ามีเหตุ พิมพ์บอกสั้น ๆ หรือโทรได้เลย", quick=_dial_quick())]


def stopped() -> list[Message]:
    return [m.text("ได้ค่ะ ยกเลิกแล้ว ถ้ามีเรื่องแจ้ง พิมพ์เล่าได้เลย")]


def case_not_found() -> list[Message]:
    return [m.text("ไม่พบเรื่องนี้แล้วค่ะ พิมพ์ “ติดตามเรื่อง” เพื่อดูเรื่องที่แจ้งไว้")]


def button_unknown() -> list[Message]:
    return [m.text("ปุ่มนี้ใช้ไม่ได้แล้วค่ะ พิมพ์เล่าเรื่องได้เลย")]
