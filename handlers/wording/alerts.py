"""An alert as a group reads it, and the talk in which an officer plans one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers import messages as m
from handlers.messages import Component, Message
from handlers.snapshots import AlertView
from handlers.wording.dates import thai_moment, thai_moment_with_day

_REPEATS = {"": "ครั้งเดียว", "FREQ=DAILY": "ทุกวัน", "FREQ=WEEKLY": "ทุกสัปดาห์"}
_RUNS = {
    "due": "ถึงเวลา", "sending": "กำลังส่ง", "sent": "ส่งครบ", "partly": "ส่งได้บางกลุ่ม",
    "missed": "พลาดเวลา ไม่ได้ส่ง", "cancelled": "ยกเลิก",
}  # fmt: skip
_STATES = {
    "draft": "ร่าง", "submitted": "รออนุมัติ", "approved": "ตั้งเวลาแล้ว",
    "ended": "จบแล้ว", "returned": "ส่งกลับแก้ไข", "rejected": "ไม่อนุมัติ",
}  # fmt: skip


def alert(title: str, words: str, station_name: str) -> list[Message]:
    """The card that a group gets; the alt text says it all."""
    body = [m.line(words), m.line(station_name, "sm", m.GREY)]
    header = [m.line("ประกาศความปลอดภัย", "sm", "#FFFFFF")]
    if is_in_words(title, words):
        alt = f"ประกาศ: {words}"
    else:
        header.append(m.line(title, "lg", "#FFFFFF", bold=True))
        alt = f"ประกาศ: {title}\n{words}"
    footer = [m.button(m.call("โทร 191", "191"), "link")]
    return [m.flex(alt, m.bubble(body, header, footer, color=m.AMBER))]


def is_in_words(title: str, words: str) -> bool:
    """Whether the words begin with the title, whole or cut: then it is not shown beside them."""
    return words == title or (title.endswith("…") and words.startswith(title[:-1]))


def ask_text(group_count: int) -> list[Message]:
    words = f"ตั้งประกาศถึงกลุ่มที่ลงทะเบียนไว้ {group_count} กลุ่ม\nพิมพ์ข้อความประกาศได้เลย บรรทัดแรกจะเป็นหัวเรื่อง"
    return [m.text(words, quick=[_CANCEL])]


def no_groups() -> list[Message]:
    words = "ยังไม่มีกลุ่มที่ลงทะเบียน เชิญบัญชีนี้เข้ากลุ่มชุมชน แล้วให้หัวหน้าชุมชนส่งรหัสที่ผู้ดูแลระบบออกให้"
    return [m.text(words)]


def text_too_long(limit: int) -> list[Message]:
    return [m.text(f"ข้อความยาวเกิน {limit:,} ตัวอักษร โปรดย่อแล้วส่งใหม่", quick=[_CANCEL])]


def ask_time(now: datetime, timezone: str) -> list[Message]:
    return [m.text("จะส่งเมื่อไร เลือกด้านล่าง", quick=_time_choices(now, timezone))]


def choose_time(now: datetime, timezone: str) -> list[Message]:
    """He typed where a button was asked for."""
    return [m.text("เลือกวันเวลาด้วยปุ่มด้านล่าง", quick=_time_choices(now, timezone))]


def _time_choices(now: datetime, timezone: str) -> list[Component]:
    local = now.astimezone(ZoneInfo(timezone))
    soon = (local + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M")
    pick = m.pick_time("เลือกวันเวลา", "a=alert_at", soon, local.strftime("%Y-%m-%dT%H:%M"))
    return [m.quick(pick), m.quick(m.tap("ส่งทันที", "a=alert_now")), _CANCEL]


def ask_repeat() -> list[Message]:
    choices = [m.quick(m.tap(name, f"a=alert_every&r={rule}")) for rule, name in _REPEATS.items()]
    return [m.text("ส่งครั้งเดียว หรือส่งซ้ำ", quick=[*choices, _CANCEL])]


def confirm(
    title: str, words: str, times: Sequence[datetime], rrule: str, timezone: str,
    group_count: int, people_count: int,
) -> list[Message]:  # fmt: skip
    """The whole plan, with its cost at most, before anything is saved."""
    zone = ZoneInfo(timezone)
    heading = [] if is_in_words(title, words) else [m.line(title, bold=True)]
    body: list[Component] = [
        m.line("ตรวจก่อนส่ง", "lg", bold=True),
        m.panel([*heading, m.line(words)]),
        m.fact("ส่ง", repeat_name(rrule)),
        *(
            m.fact("ครั้งที่ " + str(n), thai_moment_with_day(at, zone))
            for n, at in enumerate(times, 1)
        ),
        m.fact("ถึง", f"{group_count} กลุ่ม ประมาณ {people_count:,} คน"),
        m.fact("ใช้โควตา", f"ไม่เกิน {people_count:,} ข้อความต่อครั้ง"),
    ]
    footer = [
        m.button(m.tap("ยืนยันประกาศ", "a=alert_ok"), "primary", m.GREEN),
        m.button(m.tap("ยกเลิก", "a=drop")),
    ]
    return [m.flex("ตรวจประกาศก่อนส่ง", m.bubble(body, footer=footer))]


def repeat_name(rrule: str | None) -> str:
    return _REPEATS.get(rrule or "", "ซ้ำตามกำหนด")


def scheduled(
    title: str, first: datetime, timezone: str, rrule: str | None, is_now: bool
) -> list[Message]:
    when = thai_moment_with_day(first, ZoneInfo(timezone))
    how = f"ส่งครั้งแรก {when}" if rrule else "กำลังส่ง" if is_now else f"จะส่ง {when}"
    return [m.text(f"ตั้งประกาศ “{m.cut(title, 80)}” แล้ว {how}\nพิมพ์ “สถานะประกาศ” เพื่อดูหรือยกเลิก")]


def time_is_past() -> list[Message]:
    return [m.text("เวลานี้ผ่านไปแล้ว โปรดเลือกใหม่ หรือพิมพ์ “ประกาศ” เพื่อเริ่มใหม่", quick=[_CANCEL])]


def plan_forgotten() -> list[Message]:
    return [m.text("ไม่พบประกาศที่กำลังตั้ง พิมพ์ “ประกาศ” เพื่อเริ่มใหม่")]


def status(alerts: Sequence[AlertView], timezone: str) -> list[Message]:
    if not alerts:
        return [m.text("ยังไม่มีประกาศ พิมพ์ “ประกาศ” เพื่อตั้งประกาศ")]
    zone = ZoneInfo(timezone)
    body: list[Component] = [m.line("ประกาศล่าสุด", "lg", bold=True)]
    choices = []
    for view in alerts:
        body += [
            m.separator(),
            m.line(f"เลขที่ {view.id} · {view.title}", bold=True),
            *_facts(view, zone),
        ]
        if view.next_at is not None:
            choices.append(m.quick(m.tap(f"ยกเลิกเลขที่ {view.id}", f"a=alert_end&n={view.id}")))
    return [m.flex("ประกาศล่าสุด", m.bubble(body), choices[:10])]


def _facts(view: AlertView, zone: ZoneInfo) -> list[Component]:
    state = "ยกเลิกแล้ว" if view.is_called_off else _STATES.get(view.state, view.state)
    facts = [m.fact("สถานะ", state)]
    if view.next_at is not None:
        facts.append(m.fact("ครั้งต่อไป", thai_moment(view.next_at, zone)))
    if view.last_run_at is not None:
        how = f"{_RUNS.get(view.last_run_state or '', '')} {view.sent_count}/{view.group_count} กลุ่ม"
        facts.append(m.fact("ครั้งล่าสุด", f"{thai_moment(view.last_run_at, zone)} {how}"))
    return facts


def ended(alert_id: int) -> list[Message]:
    return [m.text(f"ยกเลิกประกาศเลขที่ {alert_id} แล้ว จะไม่ส่งครั้งต่อไป")]


def run_finished(title: str, state: str, sent: int, groups: int, people: int) -> list[Message]:
    words = f"ประกาศ “{m.cut(title, 80)}”: {_RUNS[state]} {sent}/{groups} กลุ่ม ใช้โควตาไม่เกิน {people:,} ข้อความ"
    return [m.text(words)]


def runs_missed(title: str, times: Sequence[datetime], timezone: str) -> list[Message]:
    """One message for all the times that passed while the system stood still."""
    zone = ZoneInfo(timezone)
    first, last = thai_moment(times[0], zone), thai_moment(times[-1], zone)
    which = f"รอบ {first} ไม่ได้ส่ง"
    if len(times) > 1:
        which = f"ไม่ได้ส่ง {len(times):,} รอบ (ตั้งแต่ {first} ถึง {last})"
    words = f"ประกาศ “{m.cut(title, 80)}” {which} เพราะระบบหยุดเกินเวลาที่กำหนด โปรดตรวจว่ายังต้องส่งหรือไม่"
    return [m.text(words)]


def run_without_groups(title: str) -> list[Message]:
    words = f"ประกาศ “{m.cut(title, 80)}” ไม่ได้ส่ง เพราะยังไม่มีกลุ่มที่ลงทะเบียน เชิญบัญชีนี้เข้ากลุ่มชุมชน แล้วให้หัวหน้าชุมชนส่งรหัสลงทะเบียน"
    return [m.text(words)]


_CANCEL = m.quick(m.tap("ยกเลิก", "a=drop"))
