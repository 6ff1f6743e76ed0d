"""Officers: how a code makes one, and what his words and buttons in the private chat do.

Text of an officer reaches a person only where it is plain to whom: he quoted a card, pressed
"answer", or chose the case when asked.
"""

import re
from dataclasses import replace

from handlers import alerts, cases, drafts, reports
from handlers.changes import (
    Answer,
    Ask,
    CountWrongCode,
    Decision,
    NotAllowed,
    RegisterGroup,
    RegisterStaff,
    Said,
    SetDuty,
    StopAsking,
)
from handlers.events import Tapped, TextSaid
from handlers.snapshots import (
    Case,
    Label,
    Question,
    Role,
    Situation,
    Staff,
    Understood,
)
from handlers.wording import groups as group_words
from handlers.wording import staff as words

WRONG_TRIES = 5
REPORT_KINDS = frozenset({Label.EMERGENCY, Label.TIP, Label.REQUEST})
STOP_WORDS = frozenset({"ยกเลิก", "ไม่ส่ง", "ไม่ส่งแล้ว"})
# Crockford's alphabet: no letter that is read as another. Ten of them are 50 bits.
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE = re.compile(
    rf"^\s*Y[SG][- ]?[{CODE_LETTERS}ILO]{{5}}[- ]?[{CODE_LETTERS}ILO]{{5}}\s*$", re.IGNORECASE
)


def read_code(text: str) -> str | None:
    """The invite code that a text consists of, in the form that is hashed, or None.

    `ys-7k3f9 qxd2m` is read as `YS7K3F9QXD2M`; I and L are read as 1, O as 0.
    """
    if not _CODE.match(text):
        return None
    bare = re.sub(r"[\s-]", "", text).upper()
    return bare[:2] + bare[2:].translate(str.maketrans("ILO", "110"))


def on_code(situation: Situation, in_group: bool) -> Decision:
    """A code was sent: right, wrong, in the wrong place, or once too often."""
    invite = situation.invite
    if in_group and situation.person is None:
        return Decision("code_without_user", (Answer(tuple(group_words.code_without_user())),))
    if situation.wrong_tries >= WRONG_TRIES:
        return Decision("code_locked", (Answer(tuple(words.code_refused(0))),))
    if invite is not None and not invite.is_usable:
        return Decision("code_stale", (Answer(tuple(words.code_stale())),))
    if invite is None:
        left = WRONG_TRIES - situation.wrong_tries - 1
        return Decision("code_wrong", (CountWrongCode(), Answer(tuple(words.code_refused(left)))))
    if invite.kind == "group":
        return _group_code(situation, invite.id, in_group)
    if in_group:
        return Decision("code_misplaced", (Answer(tuple(words.staff_code_in_group())),))
    if situation.staff is not None:
        return Decision("code_unused", (Answer(tuple(words.already_registered())),))
    role, name = invite.role or Role.OFFICER, invite.name or "เจ้าหน้าที่"
    answer = Answer(tuple(words.registered(name, role, situation.station_name)))
    return Decision("staff_registered", (RegisterStaff(invite.id, role, name), answer))


def on_text(situation: Situation, staff: Staff, event: TextSaid) -> Decision:
    text = event.text.strip()
    if situation.quoted_case is not None:
        return cases.relay(staff, situation.quoted_case, event.text, event.message_id)
    if text in STOP_WORDS:
        return Decision("dropped", (StopAsking(), Answer(tuple(words.dropped()))))
    if decision := _command(situation, staff, text):
        return decision
    match situation.conversation.question:
        case Question.ANSWER_TEXT if situation.named_case is not None:
            relayed = cases.relay(staff, situation.named_case, event.text, event.message_id)
            return Decision(relayed.result, (StopAsking(), *relayed.changes))
        case Question.ALERT_TEXT:
            return alerts.on_text(situation, event.text, event.message_id)
        case Question.ALERT_PLAN:
            return alerts.on_other_text(situation)
        case Question.NEW_CASE:
            return _report(situation, Said(event.message_id, words=event.text))
    return _to_whom(situation, event)


def on_tap(situation: Situation, staff: Staff, fields: dict[str, str], event: Tapped) -> Decision:
    """A button of a card or of a question. Raises NotAllowed with words for the officer."""
    action = fields.get("a", "")
    if action == "drop":
        return Decision("dropped", (StopAsking(), Answer(tuple(words.dropped()))))
    if action == "report":
        return _report(situation, _drafted(situation))
    if action in ("menu", "mine"):
        return _menu(situation, fields)
    if action.startswith("alert_"):
        return alerts.on_tap(situation, staff, action, fields, event.picked_at)
    case = situation.named_case
    if case is None:
        raise NotAllowed("ไม่พบเรื่องนี้แล้ว พิมพ์ “งาน” เพื่อดูเรื่องที่เปิดอยู่")
    return _on_case(situation, staff, action, case, fields)


def _on_case(
    situation: Situation, staff: Staff, action: str, case: Case, fields: dict[str, str]
) -> Decision:
    match action:
        case "seen":
            return cases.see(situation, staff, case)
        case "take":
            return cases.take(situation, staff, case)
        case "close":
            return cases.close(situation, staff, case, fields.get("r"))
        case "answer":
            ask = Ask(Question.ANSWER_TEXT, case.id)
            asked = Answer(tuple(words.type_answer(case)), case=case.id)
            return Decision("asked_answer", (ask, asked))
        case "media":
            links = words.media_links(case, situation.media_links)
            return Decision("media_shown", (Answer(tuple(links), case=case.id),))
        case "read":
            said = words.all_words(case, situation.case_words)
            return Decision("words_shown", (Answer(tuple(said), case=case.id),))
        case "send":
            return _send_draft(situation, staff, case)
    raise NotAllowed("ปุ่มนี้ใช้ไม่ได้แล้ว พิมพ์ “งาน” เพื่อดูเรื่องที่เปิดอยู่")


def _command(situation: Situation, staff: Staff, text: str) -> Decision | None:
    match text:
        case "งาน" | "เรื่อง" | "เรื่องที่เปิด":
            listed = words.work_list(situation.duty_cases, situation.timezone)
            return Decision("work_listed", (Answer(tuple(listed)),))
        case "เข้าเวร" | "ออกเวร":
            on_duty = text == "เข้าเวร"
            answer = Answer(tuple(words.duty(on_duty)))
            return Decision("duty_set", (SetDuty(staff.id, on_duty), answer))
        case "ประกาศ" | "แจ้งเตือน" | "ตั้งประกาศ":
            return alerts.on_start(situation)
        case "สถานะประกาศ":
            return alerts.on_status(situation)
        case "ช่วยเหลือ" | "เมนู" | "วิธีใช้":
            return Decision("help", (Answer(tuple(words.help_text(staff))),))
    return None


def _menu(situation: Situation, fields: dict[str, str]) -> Decision:
    """The rich menu is everybody's: an officer's list is his work, and he may report as anybody."""
    kind = fields.get("k", "")
    if kind not in REPORT_KINDS:
        listed = words.work_list(situation.duty_cases, situation.timezone)
        return Decision("work_listed", (Answer(tuple(listed)),))
    return reports.on_menu(situation, kind)


def _to_whom(situation: Situation, event: TextSaid) -> Decision:
    """Nothing is sent; the text waits, sealed, until the officer says to whom."""
    said = Said(event.message_id, words=event.text)
    draft = drafts.with_said(None, said, event.origin.event_id)
    if understood := situation.understood:
        draft |= {"label": understood.label, "category": understood.category}
        draft |= {"place": understood.place} if understood.place else {}
    ask = Ask(Question.ANSWER_TO_WHOM, draft=draft)
    return Decision("asked_to_whom", (ask, Answer(tuple(words.to_whom(situation.duty_cases)))))


def _send_draft(situation: Situation, staff: Staff, case: Case) -> Decision:
    said = _drafted(situation)
    relayed = cases.relay(staff, case, said.words or "", said.message_id)
    return Decision(relayed.result, (StopAsking(), *relayed.changes))


def _report(situation: Situation, said: Said) -> Decision:
    """The officer himself reports something that he saw; colleagues get the card."""
    understood = _as_report(situation)
    told = words.report_opened(situation.fresh_reference, cases.count_told(situation))
    changes = reports.opened(situation, said, understood, told)
    return Decision("case_opened", (StopAsking(), *changes))


def _as_report(situation: Situation) -> Understood:
    """What the draft or the text means, never less than a request."""
    draft = situation.conversation.draft or {}
    understood = situation.understood or Understood(
        Label(draft.get("label", Label.REQUEST)),
        draft.get("category", "information"),
        1.0,
        draft.get("place"),
    )
    kind = draft.get("kind", Label.REQUEST)
    if understood.label is Label.OTHER:
        return replace(understood, label=Label(kind), category=reports.DEFAULTS[Label(kind)])
    return understood


def _drafted(situation: Situation) -> Said:
    """What the officer typed before he was asked to whom. Raises NotAllowed."""
    said = drafts.list_said(situation.conversation)
    if situation.conversation.question is not Question.ANSWER_TO_WHOM or not said:
        raise NotAllowed("ไม่มีข้อความที่รอส่ง โปรดพิมพ์ใหม่ หรือกดค้างที่การ์ดแล้วเลือก “ตอบกลับ”")
    return said[-1]


def _group_code(situation: Situation, invite_id: int, in_group: bool) -> Decision:
    if not in_group:
        return Decision("code_misplaced", (Answer(tuple(words.group_code_in_private())),))
    if situation.group is not None and situation.group.state == "registered":
        return Decision("code_unused", (Answer(tuple(group_words.registered_before())),))
    answer = Answer(tuple(group_words.registered(situation.station_name)))
    return Decision("group_registered", (RegisterGroup(invite_id), answer))
