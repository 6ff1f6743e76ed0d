"""What a person's words, photo or position become: a case, or an answer without one.

What is said about a case that is there already is `handlers.followups`' matter.
"""

from dataclasses import replace

from handlers import cases, drafts, followups
from handlers.changes import (
    AddToCase,
    Answer,
    Ask,
    Change,
    Decision,
    KeepWords,
    OpenCase,
    Priority,
    Said,
    StopAsking,
)
from handlers.events import LocationSent, MediaKind, MediaSent, StickerSent, TextSaid
from handlers.messages import Message, has_thai
from handlers.snapshots import (
    Case,
    CaseId,
    CaseState,
    Label,
    Position,
    Question,
    Situation,
    Understood,
)
from handlers.wording import emergency, names, person
from handlers.wording.staff import News

# Below, small talk may be a cry for help in words that the model does not know: we ask.
SURE_OF_TALK = 0.9
_ANSWERED_WITHOUT_CASE = frozenset({"information", "case_status"})
_UNTOLD = Understood(Label.OTHER, "unclear", 0.0)
DEFAULTS = {Label.EMERGENCY: "violence", Label.TIP: "suspicious", Label.REQUEST: "information"}
_MEDIA_NAMES = {
    MediaKind.IMAGE: "ภาพ", MediaKind.VIDEO: "วิดีโอ", MediaKind.AUDIO: "เสียง", MediaKind.FILE: "ไฟล์",
}  # fmt: skip


def on_text(situation: Situation, event: TextSaid) -> Decision:
    """A text in the private chat that is no command and no officer's answer."""
    understood = understood_of(situation) or _UNTOLD
    said = said_of(situation, Said(event.message_id, words=event.text))
    wants_new = situation.conversation.question is Question.NEW_CASE
    if decision := followups.find(situation, said, understood, wants_new):
        return decision
    if wants_new:
        return _after_menu(situation, said, understood, event.origin.event_id)
    return _first_text(situation, said, understood, event.origin.event_id)


def on_location(situation: Situation, event: LocationSent) -> Decision:
    name = event.title or event.address
    position = Position(event.latitude, event.longitude, name)
    said = Said(event.message_id, "location", words=_place_words(event), position=position)
    return _thing(situation, said_of(situation, said), "ตำแหน่ง")


def on_media(situation: Situation, event: MediaSent) -> Decision:
    said = Said(event.message_id, event.kind, words=event.file_name, media=event.kind)
    if event.external:
        said = replace(said, media=None)
    return _thing(situation, said_of(situation, said), _MEDIA_NAMES[event.kind])


def on_sticker(situation: Situation, event: StickerSent) -> Decision:
    """A sticker says nothing that lowers or opens a case; in an open one it is noted."""
    case = situation.open_case
    answer = Answer(tuple(person.sticker()), priority=Priority.COURTESY, only_free=True)
    if case is None:
        return Decision("sticker", (answer,))
    return Decision(
        "sticker_added", (AddToCase(case.id, Said(event.message_id, "sticker")), answer)
    )


def on_chosen_label(situation: Situation, label: Label) -> Decision:
    """The person told us what his words were about; they are in the question's draft."""
    said = drafts.list_said(situation.conversation)
    if situation.conversation.question is not Question.WHAT_LABEL or not said:
        return Decision("nothing_asked", (Answer(tuple(person.button_unknown())),))
    if label is Label.OTHER:
        return Decision("talk", (StopAsking(), Answer(tuple(person.small_talk("chitchat")))))
    place = (situation.conversation.draft or {}).get("place")
    return _open(situation, said[-1], Understood(label, DEFAULTS[label], 1.0, place), said[:-1])


def on_menu(situation: Situation, kind: str) -> Decision:
    """The rich menu's areas: what comes next is a new case of this kind."""
    answer = Answer(tuple(person.start_report(kind)))
    return Decision("menu", (Ask(Question.NEW_CASE, draft={"kind": kind}), answer))


def on_new(situation: Situation) -> Decision:
    """The person says that what comes next is another matter."""
    return Decision("new_case_asked", (Ask(Question.NEW_CASE), Answer(tuple(person.go_on_new()))))


def opened(
    situation: Situation,
    said: Said,
    understood: Understood,
    messages: list[Message],
    earlier: tuple[Said, ...] = (),
) -> list[Change]:
    """Open the case, answer the person, tell the staff. `earlier` was said before and joins it."""
    case = _case_of(situation, said, understood)
    carries = tuple(one.message_id for one in (*earlier, said))
    news = News("เรื่องใหม่", drafts.join_words((*earlier, said)), said.position, _media_name(said))
    return [
        OpenCase(understood, said),
        *(AddToCase(None, one) for one in earlier),
        Answer(
            tuple(messages),
            of_new_case=True,
            priority=cases.priority_of(understood.label),
            silent=names.is_sensitive(understood.category, understood.confidence),
            carries=carries if understood.place else (),
        ),
        *cases.tell_staff(situation, case, news, carries=carries, is_new=True),
    ]


def said_of(situation: Situation, said: Said) -> Said:
    """Words that were unsent before we read them are understood, but never kept or shown."""
    return drafts.without_words(said) if situation.message_is_unsent else said


def understood_of(situation: Situation) -> Understood | None:
    """What the text means; of unsent words the place is not kept either."""
    if situation.understood is None or not situation.message_is_unsent:
        return situation.understood
    return replace(situation.understood, place=None)


def _first_text(
    situation: Situation, said: Said, understood: Understood, event_id: str
) -> Decision:
    if understood.label is Label.OTHER:
        return _talk(situation, said, understood, event_id)
    if understood.category in _ANSWERED_WITHOUT_CASE:
        return _inform(situation, said, understood, event_id)
    return _open(situation, said, understood, _asked_about(situation))


def _after_menu(
    situation: Situation, said: Said, understood: Understood, event_id: str
) -> Decision:
    """The person chose the kind already: any words open such a case; danger may only raise it."""
    kind = (situation.conversation.draft or {}).get("kind")
    is_talk = understood.category in ("greeting", "thanks") and understood.confidence > SURE_OF_TALK
    if kind is None or is_talk:
        return _first_text(situation, said, understood, event_id)
    label = Label(kind)
    if understood.label not in (label, Label.EMERGENCY):
        understood = replace(understood, label=label, category=DEFAULTS[label])
    return _open(situation, said, understood)


def _open(
    situation: Situation, said: Said, understood: Understood, earlier: tuple[Said, ...] = ()
) -> Decision:
    if understood.place is None:
        understood = replace(understood, place=(situation.conversation.draft or {}).get("place"))
    reference, alias = situation.fresh_reference, situation.fresh_alias
    if understood.label is Label.EMERGENCY:
        messages = emergency.first_answer(
            understood.category,
            understood.confidence,
            understood.place,
            reference,
            cases.count_told(situation),
            speaks_thai=has_thai(said.words),
        )
    else:
        messages = person.case_opened(
            understood.label, understood.category, understood.place, reference, alias
        )
    changes = opened(situation, said, understood, messages, earlier)
    if situation.conversation.question is not None:
        changes.append(StopAsking())
    return Decision("case_opened", tuple(changes))


def _talk(situation: Situation, said: Said, understood: Understood, event_id: str) -> Decision:
    """Nothing to do for staff, if we understood right; where we may not have, we ask."""
    keep = KeepWords(said)
    is_unsure = understood.category == "chitchat" and understood.confidence < SURE_OF_TALK
    if understood.category != "unclear" and not is_unsure:
        messages = person.small_talk(understood.category, has_thai(said.words))
        return Decision("talk", (keep, Answer(tuple(messages))))
    ask = Ask(Question.WHAT_LABEL, draft=_draft(situation, said, understood, event_id))
    return Decision("asked_label", (keep, ask, Answer(tuple(person.which_label()))))


def _inform(situation: Situation, said: Said, understood: Understood, event_id: str) -> Decision:
    if understood.category == "case_status":
        messages = person.own_cases(situation.own_cases, situation.timezone)
        return Decision("case_status", (KeepWords(said), Answer(tuple(messages))))
    ask = Ask(Question.WHAT_LABEL, draft=_draft(situation, said, understood, event_id))
    return Decision("information", (KeepWords(said), ask, Answer(tuple(person.information()))))


def _thing(situation: Situation, said: Said, got: str) -> Decision:
    """A position, a photo, a voice: joins the open case, or opens one that waits for words."""
    wants_new = situation.conversation.question is Question.NEW_CASE
    joined = followups.find_for_thing(situation, said, _media_name(said))
    if joined is not None and not wants_new:
        return joined
    kind = (situation.conversation.draft or {}).get("kind")
    understood = Understood(Label(kind), DEFAULTS[Label(kind)], 0.5) if kind else _UNTOLD
    messages = person.what_happened(situation.fresh_reference, got)
    changes = opened(situation, said, understood, messages, _asked_about(situation))
    return Decision("case_opened", (*changes, StopAsking()))


def _asked_about(situation: Situation) -> tuple[Said, ...]:
    """What the person said before we asked what it is about; it belongs to the same case."""
    if situation.conversation.question is not Question.WHAT_LABEL:
        return ()
    return drafts.list_said(situation.conversation)


def _draft(
    situation: Situation, said: Said, understood: Understood, event_id: str
) -> dict[str, str]:
    talk = situation.conversation
    before = talk.draft if talk.question is Question.WHAT_LABEL else None
    draft = drafts.with_said(before, said, event_id)
    return draft | ({"place": understood.place} if understood.place else {})


def _case_of(situation: Situation, said: Said, understood: Understood) -> Case:
    """The case that this decision opens, as cards show it; its id is not known yet."""
    return Case(
        id=CaseId(0),
        reference=situation.fresh_reference,
        alias=situation.fresh_alias,
        label=understood.label,
        category=understood.category,
        state=CaseState.NEW,
        opened_at=situation.now,
        last_from_reporter_at=situation.said_at,
        reporter_id=situation.person.id if situation.person else None,
        place=understood.place,
        position=said.position,
        confidence=understood.confidence,
        from_group=(situation.group.name or "กลุ่ม") if situation.group else None,
    )


def _media_name(said: Said) -> str | None:
    return _MEDIA_NAMES[said.media] if said.media else None


def _place_words(event: LocationSent) -> str:
    parts = [part for part in (event.title, event.address) if part]
    return " ".join(parts) or f"{event.latitude:.5f}, {event.longitude:.5f}"
