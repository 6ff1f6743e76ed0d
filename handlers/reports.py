"""What a person's words, photo or position become: a case, an addition to one, or an answer."""

from dataclasses import replace

from handlers import cases
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
from handlers.messages import Message
from handlers.snapshots import (
    Case,
    CaseId,
    CaseState,
    Conversation,
    Label,
    Position,
    Question,
    Situation,
    Understood,
)
from handlers.wording import emergency, names, person
from handlers.wording.staff import News, news_more, news_of_case, says_over

UNSURE = 0.5
_PLAINLY_ELSE = 0.75
_ANSWERED_WITHOUT_CASE = frozenset({"information", "case_status"})
_UNTOLD = Understood(Label.OTHER, "unclear", 0.0)
_MEDIA_NAMES = {
    MediaKind.IMAGE: "ภาพ", MediaKind.VIDEO: "วิดีโอ", MediaKind.AUDIO: "เสียง", MediaKind.FILE: "ไฟล์",
}  # fmt: skip


def on_text(situation: Situation, event: TextSaid) -> Decision:
    """A text in the private chat that is no command and no officer's answer."""
    understood = situation.understood or _UNTOLD
    said = _said(situation, Said(event.message_id, words=event.text))
    quoted = situation.quoted_case
    case = quoted if quoted is not None and cases.is_open(quoted) else None
    is_quoted = case is not None
    if case is None and situation.conversation.question is not Question.NEW_CASE:
        case = situation.open_case
    if case is not None and not _is_plainly_else(case, understood, is_quoted):
        return _add_text(situation, case, said, understood)
    return _first_text(situation, said, understood)


def on_location(situation: Situation, event: LocationSent) -> Decision:
    name = event.title or event.address
    position = Position(event.latitude, event.longitude, name)
    said = Said(event.message_id, "location", words=_place_words(event), position=position)
    return _add_thing(situation, _said(situation, said), "ตำแหน่ง")


def on_media(situation: Situation, event: MediaSent) -> Decision:
    said = Said(event.message_id, event.kind, words=event.file_name, media=event.kind)
    if event.external:
        said = replace(said, media=None)
    return _add_thing(situation, _said(situation, said), _MEDIA_NAMES[event.kind])


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
    """The person told us what an unclear text was about; its words are in the question's draft."""
    draft = situation.conversation.draft or {}
    if situation.conversation.question is not Question.WHAT_LABEL or not draft.get("words"):
        return Decision("nothing_asked", (Answer(tuple(person.button_unknown())),))
    if label is Label.OTHER:
        return Decision("talk", (StopAsking(), Answer(tuple(person.small_talk("chitchat")))))
    understood = Understood(label, _default_category(label), 1.0, draft.get("place"))
    said = Said(draft["message_id"], words=draft["words"])
    asked_for = replace(situation, conversation=Conversation())
    decision = _open(asked_for, said, understood)
    return replace(decision, changes=(StopAsking(), *decision.changes))


def on_menu(situation: Situation, kind: str) -> Decision:
    """The rich menu's areas: what comes next is a new case."""
    answer = Answer(tuple(person.start_report(kind)))
    return Decision("menu", (Ask(Question.NEW_CASE), answer))


def on_new(situation: Situation) -> Decision:
    """The person says that what comes next is another matter."""
    return Decision("new_case_asked", (Ask(Question.NEW_CASE), Answer(tuple(person.go_on_new()))))


def open_case_of(situation: Situation, said: Said, understood: Understood) -> Case:
    """The case that this decision opens, as cards show it; its id is not known yet."""
    return Case(
        id=CaseId(0),
        reference=situation.fresh_reference,
        alias=situation.fresh_alias,
        label=understood.label,
        category=understood.category,
        state=CaseState.NEW,
        opened_at=situation.now,
        last_from_reporter_at=situation.now,
        reporter_id=situation.person.id if situation.person else None,
        place=understood.place,
        position=said.position,
        confidence=understood.confidence,
    )


def opened(
    situation: Situation,
    said: Said,
    understood: Understood,
    messages: list[Message],
    earlier: Said | None = None,
) -> list[Change]:
    """Open the case, answer the person, tell the staff. `earlier` was said before and joins it."""
    case = open_case_of(situation, said, understood)
    words = "\n".join(one.words for one in (earlier, said) if one and one.words)
    news = News(news_of_case(), words or None, said.position, _media_name(said))
    return [
        OpenCase(understood, said),
        *([AddToCase(None, earlier)] if earlier else []),
        Answer(
            tuple(messages),
            of_new_case=True,
            priority=cases.priority_of(understood.label),
            silent=understood.category in names.SENSITIVE,
        ),
        *cases.tell_staff(situation, case, news, carries=said.message_id, is_new=True),
    ]


def _first_text(situation: Situation, said: Said, understood: Understood) -> Decision:
    if understood.label is Label.OTHER:
        return _talk(situation, said, understood)
    if understood.category in _ANSWERED_WITHOUT_CASE:
        return _inform(situation, said, understood)
    return _open(situation, said, understood)


def _asked_about(situation: Situation) -> Said | None:
    """What the person said before we asked what it is about; it belongs to the same case."""
    draft = situation.conversation.draft or {}
    if situation.conversation.question is not Question.WHAT_LABEL or not draft.get("words"):
        return None
    return Said(draft["message_id"], words=draft["words"])


def _open(situation: Situation, said: Said, understood: Understood) -> Decision:
    if understood.place is None:
        understood = replace(understood, place=(situation.conversation.draft or {}).get("place"))
    reference, alias = situation.fresh_reference, situation.fresh_alias
    if understood.label is Label.EMERGENCY:
        messages = emergency.first_answer(
            understood.category,
            understood.place,
            reference,
            len(situation.on_duty),
            speaks_thai=_has_thai(said.words),
        )
    else:
        messages = person.case_opened(
            understood.label, understood.category, understood.place, reference, alias
        )
    earlier = _asked_about(situation)
    changes = opened(situation, said, understood, messages, earlier)
    if situation.conversation.question is not None:
        changes.append(StopAsking())
    return Decision("case_opened", tuple(changes))


def _talk(situation: Situation, said: Said, understood: Understood) -> Decision:
    """Nothing to do for staff. What we did not understand is asked about."""
    keep = KeepWords(said)
    if understood.category == "unclear":
        draft = {"words": said.words or "", "message_id": said.message_id}
        if understood.place:
            draft["place"] = understood.place
        return Decision(
            "asked_label",
            (keep, Ask(Question.WHAT_LABEL, draft=draft), Answer(tuple(person.which_label()))),
        )
    messages = person.small_talk(understood.category, _has_thai(said.words))
    return Decision("talk", (keep, Answer(tuple(messages))))


def _inform(situation: Situation, said: Said, understood: Understood) -> Decision:
    if understood.category == "case_status":
        messages = person.own_cases(situation.own_cases, situation.timezone)
        return Decision("case_status", (KeepWords(said), Answer(tuple(messages))))
    draft = {"words": said.words or "", "message_id": said.message_id}
    ask = Ask(Question.WHAT_LABEL, draft=draft)
    return Decision("information", (KeepWords(said), ask, Answer(tuple(person.information()))))


def _add_text(situation: Situation, case: Case, said: Said, understood: Understood) -> Decision:
    """More about an open case. It may raise the case, never lower it."""
    raised = cases.label_after(case, understood)
    after = _after(case, raised, understood)
    add = AddToCase(case.id, said, raised or _with_place(case, understood))
    news = News(news_more(raised is not None), said.words)
    if understood.category == "resolved" and case.label is Label.EMERGENCY:
        news = says_over(case, said.words)
    answer = _answer_to_addition(situation, after, raised, understood)
    told = cases.tell_staff(situation, after, news, carries=said.message_id)
    if understood.label is Label.OTHER and understood.category in ("thanks", "greeting"):
        told = []
    return Decision("case_raised" if raised else "case_added", (add, answer, *told))


def _answer_to_addition(
    situation: Situation, case: Case, raised: Understood | None, understood: Understood
) -> Answer:
    messages = person.added(case.reference)
    if understood.category == "thanks":
        messages = person.small_talk("thanks")
    elif raised is not None and raised.label is Label.EMERGENCY:
        duty = len(situation.on_duty)
        messages = emergency.first_answer(case.category, case.place, case.reference, duty)
    elif case.label is Label.EMERGENCY and understood.category == "resolved":
        messages = emergency.still_open(case.category, case.reference)
    elif case.label is Label.EMERGENCY:
        messages = emergency.follow_up_answer(case.category, case.reference, _is_told(situation))
    return Answer(
        tuple(messages),
        case=case.id,
        priority=cases.priority_of(case.label),
        silent=case.category in names.SENSITIVE,
    )


def _add_thing(situation: Situation, said: Said, got: str) -> Decision:
    """A position, a photo, a voice: joins the open case, or opens one that waits for words."""
    case = situation.open_case
    if case is None or situation.conversation.question is Question.NEW_CASE:
        reference = situation.fresh_reference
        changes = opened(situation, said, _UNTOLD, person.what_happened(reference, got))
        return Decision("case_opened", (*changes, StopAsking()))
    after = replace(case, position=said.position or case.position)
    news = News(news_more(False), said.words, said.position, _media_name(said))
    messages = person.added(case.reference)
    if case.label is Label.EMERGENCY:
        messages = emergency.follow_up_answer(case.category, case.reference, _is_told(situation))
    answer = Answer(
        tuple(messages),
        case=case.id,
        priority=cases.priority_of(case.label),
        silent=case.category in names.SENSITIVE,
    )
    told = cases.tell_staff(situation, after, news, carries=said.message_id)
    return Decision("case_added", (AddToCase(case.id, said), answer, *told))


def _is_told(situation: Situation) -> bool:
    return bool(situation.on_duty or situation.all_staff)


def _is_plainly_else(case: Case, understood: Understood, is_quoted: bool) -> bool:
    """Whether this is another matter than the open case, so that it needs a case of its own.

    What is said about an emergency stays with it: a description of the culprit reads like a tip.
    A tip never lands in a case that is none.
    """
    if is_quoted or understood.label is Label.OTHER or case.label is Label.OTHER:
        return False
    if understood.label is Label.EMERGENCY:
        return False
    if case.label is Label.EMERGENCY:
        return understood.label is Label.REQUEST and understood.confidence >= _PLAINLY_ELSE
    if understood.label is not case.label:
        return understood.confidence >= UNSURE
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


def _said(situation: Situation, said: Said) -> Said:
    """Words that were unsent before we read them are understood, but never kept or shown."""
    if situation.message_is_unsent:
        return replace(said, words=None, media=None, position=None)
    return said


def _media_name(said: Said) -> str | None:
    return _MEDIA_NAMES[said.media] if said.media else None


def _place_words(event: LocationSent) -> str:
    names_ = [part for part in (event.title, event.address) if part]
    return " ".join(names_) or f"{event.latitude:.5f}, {event.longitude:.5f}"


def _default_category(label: Label) -> str:
    return {Label.EMERGENCY: "violence", Label.TIP: "suspicious"}.get(label, "information")


def _has_thai(words: str | None) -> bool:
    return words is None or any("\u0e01" <= letter <= "\u0e5b" for letter in words)
