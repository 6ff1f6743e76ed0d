"""Which decider answers which event. Nothing is decided here but who decides."""

from dataclasses import replace

from handlers import cases, groups, reports, staff
from handlers.changes import (
    AddEntry,
    AddToCase,
    Answer,
    Change,
    Decision,
    EraseMessage,
    MarkBlocked,
    MarkWelcomed,
    NotAllowed,
    Priority,
    Said,
    StopAsking,
)
from handlers.events import (
    EVEN_IN_STANDBY,
    BotJoined,
    BotLeft,
    Event,
    Followed,
    Ignored,
    LocationSent,
    MediaSent,
    MembersJoined,
    MembersLeft,
    StickerSent,
    Tapped,
    TextEdited,
    TextSaid,
    Unfollowed,
    Unsent,
)
from handlers.messages import Message
from handlers.snapshots import Case, Label, Situation
from handlers.wording import emergency, person, welcome
from handlers.wording import staff as staff_words


def decide(situation: Situation, event: Event) -> Decision:
    """Total: every event gets a decision. In standby another module holds the chat: silence."""
    if isinstance(event, Ignored):
        return Decision(f"ignored: {event.reason}"[:80])
    if event.origin.chat is None:
        return Decision("ignored: no chat")
    if event.origin.is_standby:
        return _silently(situation, event)
    return _warned(situation, _noticed(situation, event, _decide(situation, event)))


def _decide(situation: Situation, event: Event) -> Decision:
    in_group = event.origin.chat is not None and event.origin.chat.is_group
    is_staffs = situation.staff is not None and isinstance(event, TextSaid)
    if situation.message_is_unsent and (is_staffs or isinstance(event, TextEdited)):
        return Decision("unsent_before")
    try:
        return _of_group(situation, event) if in_group else _of_person(situation, event)
    except NotAllowed as refusal:
        return Decision("refused", (Answer((_plain(refusal.words),)),))


def _silently(situation: Situation, event: Event) -> Decision:
    """What takes something away holds in standby too; nothing is said to the chat."""
    if not isinstance(event, EVEN_IN_STANDBY):
        return Decision("ignored: standby")
    decision = _decide(situation, event)
    kept = tuple(change for change in decision.changes if not isinstance(change, Answer))
    return Decision(decision.result, kept)


def _of_group(situation: Situation, event: Event) -> Decision:
    match event:
        case TextSaid() if staff.read_code(event.text):
            return staff.on_code(situation, in_group=True)
        case TextEdited() if situation.message_case is not None:
            return _edited(situation, event)
        case TextSaid() | TextEdited():
            return groups.on_text(situation, event)
        case BotJoined():
            return groups.on_joined(situation)
        case BotLeft():
            return groups.on_left(situation)
        case MembersJoined() | MembersLeft():
            return groups.on_members_changed()
        case Unsent():
            return _unsent(situation, event)
    return Decision("not_addressed")


def _of_person(situation: Situation, event: Event) -> Decision:
    match event:
        case TextSaid():
            return _text(situation, event)
        case Tapped():
            return _tapped(situation, event)
        case Followed():
            return _followed(situation, event)
        case Unfollowed():
            return Decision("unfollowed", (MarkBlocked(True),))
        case Unsent():
            return _unsent(situation, event)
        case LocationSent() | MediaSent() | StickerSent() if situation.staff is not None:
            return Decision("not_relayed", (Answer(tuple(staff_words.only_text())),))
        case LocationSent():
            return reports.on_location(situation, event)
        case MediaSent():
            return reports.on_media(situation, event)
        case StickerSent():
            return reports.on_sticker(situation, event)
    return Decision("ignored: not for a private chat")


def _text(situation: Situation, event: TextSaid) -> Decision:
    if staff.read_code(event.text):
        return staff.on_code(situation, in_group=False)
    if situation.staff is not None:
        return staff.on_text(situation, situation.staff, event)
    if decision := _command(situation, event.text.strip()):
        return decision
    return reports.on_text(situation, event)


def _command(situation: Situation, text: str) -> Decision | None:
    match text:
        case "ยกเลิก" | "ไม่ส่ง" if situation.conversation.question is not None:
            return Decision("dropped", (StopAsking(), Answer(tuple(person.stopped()))))
        case "แจ้งเรื่องใหม่" | "ขอแจ้งเรื่องใหม่" | "เรื่องใหม่":
            return reports.on_new(situation)
        case "ติดตามเรื่อง" | "เรื่องของฉัน":
            listed = person.own_cases(situation.own_cases, situation.timezone)
            return Decision("case_status", (Answer(tuple(listed)),))
        case "ความเป็นส่วนตัว":
            return Decision("notice", (MarkWelcomed(), Answer(tuple(welcome.notice()))))
        case "ช่วยเหลือ" | "เมนู" | "วิธีใช้":
            return Decision("help", (Answer(tuple(welcome.help_text())),))
    return None


def _tapped(situation: Situation, event: Tapped) -> Decision:
    fields = event.fields
    if situation.staff is not None:
        return staff.on_tap(situation, situation.staff, fields, event)
    match fields:
        case {"a": "label", "l": label} if label in set(Label):
            return reports.on_chosen_label(situation, Label(label))
        case {"a": "menu", "k": kind} if kind in staff.REPORT_KINDS:
            return reports.on_menu(situation, kind)
        case {"a": "mine"}:
            listed = person.own_cases(situation.own_cases, situation.timezone)
            return Decision("case_status", (Answer(tuple(listed)),))
        case {"a": "new"}:
            return reports.on_new(situation)
        case {"a": "reopen"} if situation.named_case is not None:
            return cases.reopen_by_reporter(situation, situation.named_case)
        case {"a": "reopen"}:
            return Decision("no_such_case", (Answer(tuple(person.case_not_found())),))
    return Decision("button_unknown", (Answer(tuple(person.button_unknown())),))


def _followed(situation: Situation, event: Followed) -> Decision:
    again = event.is_unblocked and situation.person is not None and situation.person.is_welcomed
    messages = welcome.welcome_back() if again else welcome.welcome(situation.station_name)
    return Decision("followed", (MarkBlocked(False), MarkWelcomed(), Answer(tuple(messages))))


def _unsent(situation: Situation, event: Unsent) -> Decision:
    """The words go; the case, its label and its alarm stay.

    Staff get a card without the words, and the person an answer without them: those that held
    them may have been taken back before they left.
    """
    changes: list[Change] = [EraseMessage(event.message_id)]
    case = situation.message_case
    if case is None:
        return Decision("unsent", tuple(changes))
    if situation.staff is not None:
        changes.append(AddEntry(case.id, "unsent", "staff", situation.staff.id))
        return Decision("unsent", tuple(changes))
    bare = replace(case, place=None, position=None)
    changes.append(AddEntry(case.id, "unsent", "person"))
    if situation.answer_waits:
        changes.append(_answer_again(situation, bare))
    changes += cases.tell_staff(situation, bare, staff_words.News("ผู้แจ้งยกเลิกข้อความ"))
    return Decision("unsent", tuple(changes))


def _answer_again(situation: Situation, case: Case) -> Answer:
    messages = person.added(case.reference)
    if case.label is Label.EMERGENCY:
        duty = cases.count_told(situation)
        messages = emergency.first_answer(
            case.category, case.confidence, None, case.reference, duty
        )
    priority = cases.priority_of(case.label)
    return Answer(tuple(messages), case.id, priority=priority, silent=cases.is_quiet(case))


def _edited(situation: Situation, event: TextEdited) -> Decision:
    """An edited message is one more thing said about its case; the first words stay."""
    case = situation.message_case
    assert case is not None
    said = Said(event.message_id, "edited", event.text)
    news = staff_words.News("ผู้แจ้งแก้ไขข้อความ", event.text)
    return Decision(
        "case_edited",
        (AddToCase(case.id, said), *cases.tell_staff(situation, case, news, (event.message_id,))),
    )


def _noticed(situation: Situation, event: Event, decision: Decision) -> Decision:
    """Behind the first answer to a person stands the short notice; never behind an emergency's."""
    newcomer = situation.person is not None and not situation.person.is_welcomed
    in_private = event.origin.chat is not None and not event.origin.chat.is_group
    if not newcomer or not in_private or situation.staff is not None:
        return decision
    if decision.result in ("followed", "notice", "staff_registered"):
        return decision
    changes = [
        _with_notice(change) if isinstance(change, Answer) and _has_room(change) else change
        for change in decision.changes
    ]
    if changes == list(decision.changes):
        return decision
    return Decision(decision.result, (*changes, MarkWelcomed()))


def _has_room(answer: Answer) -> bool:
    return answer.priority is not Priority.EMERGENCY and len(answer.messages) < 5


def _with_notice(answer: Answer) -> Answer:
    """LINE shows the quick replies of the last message alone, so they move to the notice."""
    *before, last = answer.messages
    notice = welcome.short_notice()
    if quick := last.get("quickReply"):
        last = {key: value for key, value in last.items() if key != "quickReply"}
        notice["quickReply"] = quick
    return replace(answer, messages=(*before, last, notice))


def _warned(situation: Situation, decision: Decision) -> Decision:
    """Staff learn from every free answer that the month's quota is spent."""
    if situation.staff is None or not situation.quota_is_spent:
        return decision
    changes = tuple(
        replace(change, messages=(staff_words.quota_warning(), *change.messages))
        if isinstance(change, Answer) and _has_room(change)
        else change
        for change in decision.changes
    )
    return Decision(decision.result, changes)


def _plain(words: str) -> Message:
    return {"type": "text", "text": words}
