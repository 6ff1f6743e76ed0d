"""What a person says about a case that is there: it is added, it may raise it, it never lowers it.

What is plainly another matter opens a case of its own; a tip never lands in a case that is none.
"""

from dataclasses import replace
from datetime import timedelta

from handlers import cases
from handlers.changes import AddToCase, Answer, Change, Decision, MoveCase, Said
from handlers.messages import Message, has_thai
from handlers.snapshots import Case, CaseState, Label, Situation, Understood
from handlers.wording import emergency, names, person
from handlers.wording.staff import News

_UNSURE = 0.5
_PLAINLY_ELSE = 0.75
_OTHER_DANGER = 0.6
# A word of thanks alone; more than that may say that it is over, or not.
_BARE_LETTERS = 16
_NOT_SOLVED = ("ยังไม่เรียบร้อย", "ยังไม่เสร็จ", "ยังไม่จบ", "ยังไม่หาย", "ยังเหมือนเดิม")
# An album comes as one event a picture: the first is answered and told, those behind it join.
_SETTLE = timedelta(seconds=15)
_CROWDED = timedelta(seconds=60)
_CARDS_AN_HOUR = 20


def find(
    situation: Situation, said: Said, understood: Understood, wants_new: bool
) -> Decision | None:
    """What a text adds to a case of the person's, or None where it is a matter of its own."""
    quoted = situation.quoted_case
    if quoted is not None and cases.is_open(quoted):
        return add_text(situation, quoted, said, understood)
    if wants_new:
        return None
    closed = quoted or situation.closed_case
    if closed is not None and _reopens(situation, closed, said, understood):
        return _reopen(situation, closed, said)
    case = situation.open_case
    if case is None or _is_plainly_else(case, understood):
        return None
    return add_text(situation, case, said, understood)


def find_for_thing(situation: Situation, said: Said, medium: str | None) -> Decision | None:
    """A position or a medium joins the open case, quietly where several come at once."""
    case = situation.open_case
    if case is None:
        return None
    after = replace(case, position=said.position or case.position)
    news = News("ข้อมูลเพิ่มเติม", said.words, said.position, medium)
    last = situation.last_medium_at
    if said.position is None and last is not None and situation.said_at - last < _SETTLE:
        return Decision("case_added", (AddToCase(case.id, said),))
    told: list[Change] = []
    if _may_tell(situation):
        told = cases.tell_staff(situation, after, news, (said.message_id,))
    answer = [_answer(case, _added(situation, after))]
    return Decision("case_added", (AddToCase(case.id, said), *answer, *told))


def add_text(situation: Situation, case: Case, said: Said, understood: Understood) -> Decision:
    raised = cases.label_after(case, understood)
    after = _after(case, raised, understood)
    add = AddToCase(case.id, said, raised or _with_place(case, understood))
    messages, title = _told(situation, case, after, said, understood, raised)
    told: list[Change] = []
    if title is not None:
        told = cases.tell_staff(situation, after, News(title, said.words), (said.message_id,))
    return Decision(
        "case_raised" if raised else "case_added",
        (add, _answer(after, messages, (said.message_id,) if understood.place else ()), *told),
    )


def _told(
    situation: Situation,
    case: Case,
    after: Case,
    said: Said,
    understood: Understood,
    raised: Understood | None,
) -> tuple[list[Message], str | None]:
    """What the person reads, and the title of the card; no card for a mere thanks or greeting."""
    is_danger = understood.label is Label.EMERGENCY
    if raised is not None and is_danger:
        return _first(situation, after, understood, said), "ยกระดับเป็นเหตุด่วน"
    if raised is not None:
        opened = person.case_opened(
            after.label, after.category, after.where, after.reference, after.alias
        )
        return opened, "ทราบเรื่องแล้ว"
    is_other_danger = is_danger and understood.confidence >= _OTHER_DANGER
    if is_other_danger and understood.category != case.category:
        danger = f"แจ้งเหตุเพิ่ม: {names.category_name(understood.category)}"
        return _first(situation, after, understood, said), danger
    if understood.category in ("thanks", "greeting", "resolved"):
        return _courtesy(case, said, understood)
    return _added(situation, after), "ข้อมูลเพิ่มเติม" if _may_tell(situation) else None


def _courtesy(case: Case, said: Said, understood: Understood) -> tuple[list[Message], str | None]:
    """Thanks, and "it is over": in an emergency only a bare thanks is taken as just that."""
    is_bare = len((said.words or "").strip()) <= _BARE_LETTERS
    is_thanks = understood.category in ("thanks", "greeting")
    if is_thanks and (is_bare or case.label is not Label.EMERGENCY):
        return person.small_talk(understood.category), None
    if case.label is Label.EMERGENCY:
        over = "ผู้แจ้งบอกว่าเหตุจบแล้ว โปรดตรวจสอบก่อนปิด"
        return emergency.still_open(case), over
    return person.added(case.reference), "ผู้แจ้งบอกว่าเรียบร้อยแล้ว"


def _first(situation: Situation, case: Case, understood: Understood, said: Said) -> list[Message]:
    return emergency.first_answer(
        understood.category,
        understood.confidence,
        case.where,
        case.reference,
        cases.count_told(situation),
        speaks_thai=has_thai(said.words),
    )


def _added(situation: Situation, case: Case) -> list[Message]:
    if case.label is Label.EMERGENCY:
        return emergency.follow_up_answer(case, cases.count_told(situation) > 0)
    return person.added(case.reference)


def _answer(case: Case, messages: list[Message], carries: tuple[str, ...] = ()) -> Answer:
    return Answer(
        tuple(messages),
        case=case.id,
        priority=cases.priority_of(case.label),
        silent=names.is_sensitive(case.category, case.confidence),
        carries=carries,
    )


def _reopens(situation: Situation, case: Case, said: Said, understood: Understood) -> bool:
    """After the end: whether this says that it is not over.

    A person whose case was closed without a word (violence, self-harm) writes to the same officers.
    """
    if cases.next_state(case.state, "reopen") is None:
        return False
    if understood.category in ("thanks", "greeting", "resolved"):
        return False
    if situation.quoted_case is not None or cases.is_quiet(case):
        return True
    return (said.words or "").strip().startswith(_NOT_SOLVED)


def _reopen(situation: Situation, case: Case, said: Said) -> Decision:
    move = MoveCase(case.id, "reopen", CaseState.REOPENED, None, case.holder_id)
    after = replace(case, state=CaseState.REOPENED)
    news = News("ผู้แจ้งบอกว่ายังไม่เรียบร้อย", said.words)
    messages = person.told_reopened(case)
    if case.label is Label.EMERGENCY:
        messages = emergency.follow_up_answer(after, cases.count_told(situation) > 0)
    told = cases.tell_staff(situation, after, news, (said.message_id,))
    add = AddToCase(case.id, said)
    return Decision("case_reopened", (move, add, _answer(after, messages), *told))


def _is_plainly_else(case: Case, understood: Understood) -> bool:
    """Whether this is another matter than the open case, so that it needs a case of its own.

    What is said about an emergency stays with it: a description of the culprit reads like a tip.
    """
    if understood.label in (Label.OTHER, Label.EMERGENCY) or case.label is Label.OTHER:
        return False
    if case.label is Label.EMERGENCY:
        return understood.label is Label.REQUEST and understood.confidence >= _PLAINLY_ELSE
    if understood.label is not case.label:
        return understood.confidence >= _UNSURE
    return understood.category != case.category and understood.confidence >= _PLAINLY_ELSE


def _after(case: Case, raised: Understood | None, understood: Understood) -> Case:
    """The case as it will stand, for the card that goes out with the change."""
    place = case.place or understood.place
    if raised is None:
        return replace(case, place=place)
    return replace(
        case,
        label=raised.label,
        category=raised.category,
        confidence=raised.confidence,
        place=place,
    )


def _with_place(case: Case, understood: Understood) -> Understood | None:
    """A place told later completes the case; its label stays."""
    if case.place is not None or understood.place is None:
        return None
    return Understood(case.label, case.category, case.confidence, understood.place)


def _may_tell(situation: Situation) -> bool:
    """Whether one more text is worth a card: always, until one person writes without end."""
    times = situation.card_times
    return len(times) < _CARDS_AN_HOUR or situation.now - times[-1] >= _CROWDED
