"""The moves of a case, and what an officer's button does. Pure: a snapshot in, a decision out."""

from dataclasses import replace

from handlers.changes import (
    AddEntry,
    Answer,
    Change,
    Decision,
    MoveCase,
    NotAllowed,
    Priority,
    Tell,
)
from handlers.messages import Message
from handlers.snapshots import Case, CaseState, Label, Situation, Staff, Understood
from handlers.wording import names, person
from handlers.wording import staff as words

S = CaseState

# action → the states it may start from, and where it leads. Every door goes through this table.
MOVES: dict[str, tuple[frozenset[CaseState], CaseState]] = {
    "see": (frozenset({S.NEW}), S.SEEN),
    "take": (frozenset({S.NEW, S.SEEN, S.WAITING, S.REOPENED}), S.WORKING),
    "wait": (frozenset({S.WORKING}), S.WAITING),
    "resolve": (frozenset({S.NEW, S.SEEN, S.WORKING, S.WAITING, S.REOPENED}), S.RESOLVED),
    "close": (frozenset({S.RESOLVED}), S.CLOSED),
    "reopen": (frozenset({S.RESOLVED, S.CLOSED}), S.REOPENED),
    "pass_on": (frozenset({S.SEEN, S.WORKING, S.WAITING, S.REOPENED}), S.PASSED_ON),
    "merge": (frozenset({S.NEW, S.SEEN, S.WORKING, S.WAITING, S.REOPENED}), S.MERGED),
}
OPEN = frozenset({S.NEW, S.SEEN, S.WORKING, S.WAITING, S.REOPENED, S.PASSED_ON})

_URGENCY = {label: place for place, label in enumerate(Label)}


def next_state(state: CaseState, action: str) -> CaseState | None:
    """Where `action` leads from `state`, or None where it is not allowed."""
    starts, end = MOVES[action]
    return end if state in starts else None


def is_open(case: Case) -> bool:
    return case.state in OPEN


def label_after(case: Case, understood: Understood) -> Understood | None:
    """The new label of a case to which `understood` was added, or None where it stays.

    A case only rises: nothing that a phone sends lowers an emergency. A case without a topic
    takes the first one that is told.
    """
    if case.label is Label.OTHER and understood.label is not Label.OTHER:
        return understood
    if _URGENCY[understood.label] < _URGENCY[case.label] and understood.label is Label.EMERGENCY:
        return understood
    return None


def see(situation: Situation, staff: Staff, case: Case) -> Decision:
    if case.state is not S.NEW:
        raise NotAllowed(words.not_allowed(case))
    return _moved(situation, staff, case, "see", tuple(person.told_seen(case)))


def take(situation: Situation, staff: Staff, case: Case) -> Decision:
    if case.state is S.WORKING and case.holder_id is not None and case.holder_id != staff.id:
        raise NotAllowed(words.held_by_other(case))
    if next_state(case.state, "take") is None:
        raise NotAllowed(words.not_allowed(case))
    return _moved(situation, staff, case, "take", tuple(person.told_taken(case)))


def close(situation: Situation, staff: Staff, case: Case, resolution: str | None) -> Decision:
    """Without a resolution the officer is asked for one; with it the case ends in two moves."""
    if next_state(case.state, "resolve") is None and case.state is not S.RESOLVED:
        raise NotAllowed(words.not_allowed(case))
    if resolution not in names.RESOLUTIONS:
        asked = Answer(tuple(words.how_closed(case)), case=case.id)
        return Decision("asked_how_closed", (asked,))
    moves: list[Change] = []
    if case.state is not S.RESOLVED:
        moves.append(_move(case, "resolve", staff, resolution))
    moves.append(MoveCase(case.id, "close", S.CLOSED, staff.id, case.holder_id, resolution))
    told = _tell_of_state(case, tuple(person.told_closed(case, resolution)))
    done = words.done(case, S.CLOSED, is_told=bool(told))
    others = _tell_holder(situation, staff, case, resolution)
    return Decision("case_closed", (*moves, *told, *others, Answer(tuple(done), case=case.id)))


def reopen_by_reporter(situation: Situation, case: Case) -> Decision:
    """The person says that it is not solved."""
    if next_state(case.state, "reopen") is None:
        return Decision("reopen_refused", (Answer(tuple(person.cannot_reopen(case))),))
    move = MoveCase(case.id, "reopen", S.REOPENED, None, case.holder_id)
    news = words.News("ผู้แจ้งบอกว่ายังไม่เรียบร้อย")
    told = tell_staff(situation, replace(case, state=S.REOPENED), news)
    answer = Answer(tuple(person.told_reopened(case)), case=case.id)
    return Decision("case_reopened", (move, answer, *told))


def relay(staff: Staff, case: Case, text: str, message_id: str | None) -> Decision:
    """An officer's words go to the reporter as from the station; a new case counts as seen."""
    carries = (message_id,) if message_id else ()
    told = _tell_reporter(case, tuple(person.answer_from_station(case.reference, text)), carries)
    changes: list[Change] = [
        AddEntry(case.id, "answered", "staff", staff.id, "out", text, message_id),
        *told,
        Answer(tuple(words.relayed(case)), case=case.id),
    ]
    if case.state is S.NEW:
        changes.insert(0, _move(case, "see", staff))
    return Decision("answer_relayed", tuple(changes))


def tell_staff(
    situation: Situation,
    case: Case,
    news: words.News,
    carries: tuple[str, ...] = (),
    is_new: bool = False,
) -> list[Change]:
    """A card to the holder of the case, else to all on duty, else to all staff: one to one."""
    cards = tuple(words.card(case, news, situation.timezone))
    return [
        Tell(
            person=staff.person_id,
            messages=cards,
            kind="card",
            case=None if is_new else case.id,
            of_new_case=is_new,
            priority=priority_of(case.label),
            carries=carries,
        )
        for staff in _who_is_told(situation, case)
    ]


def count_told(situation: Situation) -> int:
    """How many officers on duty a card of the writer's would reach."""
    return len([one for one in situation.on_duty if not _is_writer(situation, one)])


def priority_of(label: Label) -> Priority:
    return Priority.EMERGENCY if label is Label.EMERGENCY else Priority.CONVERSATION


def is_quiet(case: Case) -> bool:
    """Violence and self-harm: a push at the wrong moment would betray the person."""
    return names.is_secret(case.category)


def _who_is_told(situation: Situation, case: Case) -> tuple[Staff, ...]:
    """Not the officer who wrote it; an emergency also reaches those beside its holder."""
    on_duty = [one for one in situation.on_duty if not _is_writer(situation, one)]
    others = [one for one in situation.all_staff if not _is_writer(situation, one)]
    holder = [one for one in others if one.id == case.holder_id]
    if holder and case.label is not Label.EMERGENCY:
        return tuple(holder)
    return tuple(on_duty or others)


def _is_writer(situation: Situation, staff: Staff) -> bool:
    return situation.person is not None and staff.person_id == situation.person.id


def _moved(
    situation: Situation, staff: Staff, case: Case, action: str, messages: tuple[Message, ...]
) -> Decision:
    move = _move(case, action, staff)
    told = _tell_of_state(case, messages)
    done = words.done(case, move.to, is_told=bool(told))
    return Decision(f"case_{move.to}", (move, *told, Answer(tuple(done), case=case.id)))


def _move(case: Case, action: str, staff: Staff, resolution: str | None = None) -> MoveCase:
    to = MOVES[action][1]
    holder = staff.id if action == "take" else case.holder_id
    return MoveCase(case.id, action, to, staff.id, holder, resolution)


def _tell_of_state(case: Case, messages: tuple[Message, ...]) -> list[Change]:
    """A new state is pushed to the person, but where a push could betray him."""
    return [] if is_quiet(case) else _tell_reporter(case, messages)


def _tell_reporter(
    case: Case, messages: tuple[Message, ...], carries: tuple[str, ...] = ()
) -> list[Change]:
    if case.reporter_id is None:
        return []
    tell = Tell(
        case.reporter_id,
        messages,
        "relay",
        case=case.id,
        priority=priority_of(case.label),
        silent=names.is_sensitive(case.category, case.confidence),
        carries=carries,
    )
    return [tell]


def _tell_holder(situation: Situation, staff: Staff, case: Case, resolution: str) -> list[Change]:
    """Whoever holds the case learns that a colleague closed it."""
    if case.holder_id is None or case.holder_id == staff.id:
        return []
    told = tuple(words.closed_by_other(case, staff.name, resolution))
    return [
        Tell(one.person_id, told, "notice", case=case.id)
        for one in situation.all_staff
        if one.id == case.holder_id
    ]
