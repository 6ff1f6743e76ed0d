"""Officers: how a code makes one, and what his words and buttons in the private chat do.

Text of an officer reaches a person only where it is plain to whom: he quoted a card, pressed
"answer", or chose the case when asked.
"""

import re

from handlers import alerts, cases, reports
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
from handlers.wording import person
from handlers.wording import staff as words

WRONG_TRIES = 5
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
    if invite is None or not invite.is_usable:
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
    if situation.quoted_case is not None:
        return cases.relay(staff, situation.quoted_case, event.text, event.message_id)
    if decision := _command(situation, staff, event.text.strip()):
        return decision
    talk = situation.conversation
    if talk.question is Question.ANSWER_TEXT and situation.named_case is not None:
        relayed = cases.relay(staff, situation.named_case, event.text, event.message_id)
        return Decision(relayed.result, (StopAsking(), *relayed.changes))
    if talk.question is Question.ALERT_TEXT:
        return alerts.on_text(situation, event.text)
    if talk.question is Question.NEW_CASE:
        return reports.on_text(situation, event)
    return _to_whom(situation, event)


def on_tap(situation: Situation, staff: Staff, fields: dict[str, str], event: Tapped) -> Decision:
    """A button of a card or of a question. Raises NotAllowed with words for the officer."""
    action = fields.get("a", "")
    if action == "drop":
        return Decision("dropped", (StopAsking(), Answer(tuple(words.dropped()))))
    if action == "report":
        return _report(situation)
    if action in ("menu", "mine"):
        return _menu(situation, action)
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
            return Decision("asked_answer", (ask, Answer(tuple(words.type_answer(case)))))
        case "media":
            links = words.media_links(case, situation.media_links)
            return Decision("media_shown", (Answer(tuple(links), case=case.id),))
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


def _menu(situation: Situation, action: str) -> Decision:
    """The rich menu is everybody's: an officer's list is his work, and he may report as anybody."""
    if action == "mine":
        listed = words.work_list(situation.duty_cases, situation.timezone)
        return Decision("work_listed", (Answer(tuple(listed)),))
    return reports.on_menu(situation, "request")


def _to_whom(situation: Situation, event: TextSaid) -> Decision:
    """Nothing is sent; the text waits, sealed, until the officer says to whom."""
    draft = {"words": event.text, "message_id": event.message_id}
    if understood := situation.understood:
        draft |= {"label": understood.label, "category": understood.category}
        draft |= {"place": understood.place} if understood.place else {}
    ask = Ask(Question.ANSWER_TO_WHOM, draft=draft)
    return Decision("asked_to_whom", (ask, Answer(tuple(words.to_whom(situation.duty_cases)))))


def _send_draft(situation: Situation, staff: Staff, case: Case) -> Decision:
    draft = _draft(situation)
    relayed = cases.relay(staff, case, draft["words"], draft.get("message_id"))
    return Decision(relayed.result, (StopAsking(), *relayed.changes))


def _report(situation: Situation) -> Decision:
    """The officer himself reports something that he saw."""
    draft = _draft(situation)
    label = Label(draft.get("label", Label.REQUEST))
    if label is Label.OTHER:
        label = Label.REQUEST
    category = draft.get("category", "unclear")
    understood = Understood(label, category, 1.0, draft.get("place"))
    said = Said(draft.get("message_id", ""), words=draft["words"])
    reference = situation.fresh_reference
    messages = person.case_opened(
        label, category, understood.place, reference, situation.fresh_alias
    )
    changes = reports.opened(situation, said, understood, messages)
    return Decision("case_opened", (StopAsking(), *changes))


def _draft(situation: Situation) -> dict[str, str]:
    """What the officer typed before he was asked to whom. Raises NotAllowed."""
    talk = situation.conversation
    if talk.question is not Question.ANSWER_TO_WHOM or not (talk.draft or {}).get("words"):
        raise NotAllowed("ไม่มีข้อความที่รอส่ง โปรดพิมพ์ใหม่ หรือกดค้างที่การ์ดแล้วเลือก “ตอบกลับ”")
    return talk.draft or {}


def _group_code(situation: Situation, invite_id: int, in_group: bool) -> Decision:
    if not in_group:
        return Decision("code_misplaced", (Answer(tuple(words.group_code_in_private())),))
    if situation.group is not None and situation.group.state == "registered":
        return Decision("code_unused", (Answer(tuple(group_words.registered_before())),))
    answer = Answer(tuple(group_words.registered(situation.station_name)))
    return Decision("group_registered", (RegisterGroup(invite_id), answer))
