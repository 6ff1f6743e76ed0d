"""A neighbourhood group: the bot is asked in, is called, is asked out. Else it does not listen."""

from handlers import reports
from handlers.changes import (
    Answer,
    Change,
    Decision,
    LookUpGroup,
    Priority,
    Said,
    SetGroupState,
)
from handlers.events import TextEdited, TextSaid
from handlers.snapshots import GroupState, Label, Situation, Understood
from handlers.wording import emergency
from handlers.wording import groups as words

_SMALL_TALK = Understood(Label.OTHER, "chitchat", 0.0)


def on_joined(situation: Situation) -> Decision:
    answer = Answer(tuple(words.joined(situation.station_name)), only_free=True)
    return Decision("group_joined", (SetGroupState(GroupState.JOINED), LookUpGroup(), answer))


def on_left() -> Decision:
    return Decision("group_left", (SetGroupState(GroupState.LEFT),))


def on_members_changed() -> Decision:
    """Nothing is said; how many read along decides what an alert costs."""
    return Decision("members_changed", (LookUpGroup(),))


def on_text(situation: Situation, event: TextSaid | TextEdited) -> Decision:
    """Words in a group: they count only where the bot is called, and are forgotten else."""
    is_addressed = event.mentions_bot or situation.quoted_case is not None
    if not is_addressed:
        return Decision("not_addressed")
    understood = situation.understood or _SMALL_TALK
    if understood.label is Label.OTHER:
        return Decision("how_to", (Answer(tuple(words.how_to()), only_free=True),))
    return _open(situation, event, understood)


def _open(situation: Situation, event: TextSaid | TextEdited, understood: Understood) -> Decision:
    """The case is opened, and the group reads only what everybody there may know."""
    said = Said(event.message_id, words=None if situation.message_is_unsent else event.text)
    reference = situation.fresh_reference
    messages = words.report_taken(reference)
    if understood.label is Label.EMERGENCY:
        messages = emergency.in_group(understood.category, reference)
    changes: list[Change] = reports.opened(situation, said, understood, messages)
    return Decision("case_opened_in_group", tuple(_free_unless_emergency(changes, understood)))


def _free_unless_emergency(changes: list[Change], understood: Understood) -> list[Change]:
    """A push into a group costs all its members; only an emergency is worth that."""
    if understood.label is Label.EMERGENCY:
        return changes
    return [
        Answer(change.messages, of_new_case=True, priority=Priority.CONVERSATION, only_free=True)
        if isinstance(change, Answer)
        else change
        for change in changes
    ]
