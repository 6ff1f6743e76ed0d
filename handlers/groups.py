"""A neighbourhood group: the bot is asked in, is called, is asked out. Else it does not listen."""

from collections.abc import Sequence
from dataclasses import replace

from handlers import cases, followups, reports
from handlers.changes import (
    Answer,
    Change,
    Decision,
    LookUpGroup,
    Said,
    SetGroupState,
    Tell,
)
from handlers.events import TextEdited, TextSaid
from handlers.messages import Message
from handlers.snapshots import GroupState, Label, Situation, Understood
from handlers.wording import emergency
from handlers.wording import groups as words

_SMALL_TALK = Understood(Label.OTHER, "chitchat", 0.0)


def on_joined(situation: Situation) -> Decision:
    answer = Answer(tuple(words.joined(situation.station_name)), only_free=True)
    return Decision("group_joined", (SetGroupState(GroupState.JOINED), LookUpGroup(), answer))


def on_left(situation: Situation) -> Decision:
    """No alert goes there any more; of a registered group the officers learn."""
    changes: list[Change] = [SetGroupState(GroupState.LEFT)]
    group = situation.group
    if group is not None and group.state is GroupState.REGISTERED:
        told = tuple(words.left(group.name))
        changes += [
            Tell(staff.person_id, told, "notice")
            for staff in situation.on_duty or situation.all_staff
        ]
    return Decision("group_left", tuple(changes))


def on_members_changed() -> Decision:
    """Nothing is said; how many read along decides what an alert costs."""
    return Decision("members_changed", (LookUpGroup(),))


def on_text(situation: Situation, event: TextSaid | TextEdited) -> Decision:
    """Words in a group: they count only where the bot is called, and are forgotten else."""
    quoted = situation.quoted_case
    if quoted is not None and situation.staff is not None:
        return cases.relay(situation.staff, quoted, event.text, event.message_id)
    if not event.mentions_bot and quoted is None:
        return Decision("not_addressed")
    understood = reports.understood_of(situation) or _SMALL_TALK
    said = reports.said_of(situation, Said(event.message_id, words=event.text))
    if situation.open_case is not None:
        return _add(situation, said, understood)
    if understood.label is Label.OTHER:
        return Decision("how_to", (Answer(tuple(words.how_to()), only_free=True),))
    return _open(situation, said, understood)


def _add(situation: Situation, said: Said, understood: Understood) -> Decision:
    """More about the speaker's own case, or another matter."""
    case = situation.open_case
    decision = followups.find(situation, said, understood, wants_new=False)
    if decision is None or case is None:
        return _open(situation, said, understood)
    messages = words.added(case.reference)
    if understood.label is Label.EMERGENCY:
        messages = emergency.in_group(understood.category, case.reference)
    return replace(decision, changes=_said_openly(decision.changes, messages, understood))


def _open(situation: Situation, said: Said, understood: Understood) -> Decision:
    """The case is opened, and the group reads only what everybody there may know."""
    reference = situation.fresh_reference
    messages = words.report_taken(reference)
    if understood.label is Label.EMERGENCY:
        messages = emergency.in_group(understood.category, reference)
    changes = reports.opened(situation, said, understood, messages)
    return Decision("case_opened_in_group", _said_openly(changes, messages, understood))


def _said_openly(
    changes: Sequence[Change], messages: list[Message], understood: Understood
) -> tuple[Change, ...]:
    """The group's form of an answer. A push costs all members: only an emergency is worth it."""
    is_free = understood.label is not Label.EMERGENCY
    return tuple(
        replace(change, messages=tuple(messages), only_free=is_free, carries=())
        if isinstance(change, Answer)
        else change
        for change in changes
    )
