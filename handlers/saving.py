"""A decision → rows, inside the transaction that `handlers.dispatch` opened."""

from datetime import datetime

from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from db import cases as case_rows
from db import chats, people, places, stations
from db import models as rows
from db.places import Place
from handlers import cases, drafts, planning
from handlers import changes as c
from handlers.events import Event
from handlers.loading import Context, Loaded
from handlers.posting import Envelope, Post, reply_token
from handlers.snapshots import CaseState, GroupState, Understood


class Saver:
    """Saves the changes of one decision, in their order."""

    def __init__(self, session: Session, context: Context, event: Event, loaded: Loaded) -> None:
        self._session = session
        self._context = context
        self._event = event
        self._loaded = loaded
        self._post = Post(session, context.station, context.ids, context.now)
        self._token = reply_token(event.origin, context.received_at, context.now)
        self.opened_case_id: int | None = None
        self.touched_case_id: int | None = None
        self.may_have_changed_roster = False
        self._is_dropped = False
        self.media_to_erase: list[str] = []

    def save(self, decision: c.Decision) -> None:
        for change in decision.changes:
            self._save(change)
        self._session.flush()

    def _save(self, change: c.Change) -> None:
        match change:
            case c.OpenCase():
                self._open_case(change)
            case c.AddToCase():
                self._add_to_case(change)
            case c.MoveCase():
                self._move_case(change)
            case c.AddEntry():
                self._add_entry(change)
            case c.Answer():
                self._answer(change)
            case c.Tell():
                self._tell(change)
            case c.KeepWords() | c.EraseMessage():
                self._words(change)
            case c.Ask() | c.StopAsking():
                self._ask(change)
            case c.MarkWelcomed() | c.MarkBlocked():
                self._mark_person(change)
            case c.RegisterStaff() | c.RegisterGroup() | c.CountWrongCode():
                self._code(change)
            case c.SetDuty():
                self._session.get_one(rows.Staff, change.staff).on_duty = change.on_duty
            case c.SetGroupState() | c.LookUpGroup():
                self._group(change)
            case c.ScheduleAlert():
                planning.schedule(self._session, self._context.station, change, self._now)
            case c.EndAlert():
                planning.end(self._session, self._context.station.id, change, self._now)

    @property
    def _now(self) -> datetime:
        return self._context.now

    # Cases

    def _open_case(self, change: c.OpenCase) -> None:
        situation, station = self._loaded.situation, self._context.station
        row = rows.Case(
            station_id=station.id,
            reference=situation.fresh_reference,
            alias=situation.fresh_alias,
            label=change.understood.label,
            category=change.understood.category,
            confidence=change.understood.confidence,
            state=CaseState.NEW,
            reporter_id=self._loaded.person.id if self._loaded.person else None,
            group_chat_id=self._loaded.group.id if self._loaded.group else None,
            opened_at=self._now,
            last_from_reporter_at=self._context.said_at,
        )
        self._told_place(row, change.understood.place, change.said)
        self._session.add(row)
        self._session.flush()
        self.opened_case_id = row.id
        facts = {"label": change.understood.label, "category": change.understood.category}
        self._entry(row.id, case_rows.NewEntry("opened", "bot", self._now, facts=facts))
        self._said(row.id, change.said)

    def _add_to_case(self, change: c.AddToCase) -> None:
        case_id = change.case if change.case is not None else self.opened_case_id
        assert case_id is not None, "nothing was opened to add to"
        row = case_rows.get_case(self._session, case_id)
        row.last_from_reporter_at = max(row.last_from_reporter_at, self._context.said_at)
        if change.understood is not None:
            self._label(row, change.understood)
        place = change.understood.place if change.understood else None
        self._told_place(row, place, change.said)
        self._said(case_id, change.said)

    def _label(self, row: rows.Case, understood: Understood) -> None:
        if (row.label, row.category) == (understood.label, understood.category):
            return
        row.label, row.category = understood.label, understood.category
        row.confidence = understood.confidence
        facts = {"label": row.label, "category": row.category}
        self._entry(row.id, case_rows.NewEntry("labelled", "bot", self._now, facts=facts))

    def _told_place(self, row: rows.Case, words: str | None, said: c.Said) -> None:
        """What this message told of the place, so that its unsend takes just that out."""
        spot = said.position
        told = Place(words)
        if spot is not None:
            told = Place(words, spot.latitude, spot.longitude, spot.name)
        places.add_place(self._context.station, row, said.message_id, told)

    def _said(self, case_id: int, said: c.Said) -> None:
        entry_id = self._entry(
            case_id,
            case_rows.NewEntry(
                kind=said.kind,
                actor="person",
                at=self._now,
                direction="in",
                event_id=said.event_id or self._event.origin.event_id,
                words=said.words,
                message_id=said.message_id or None,
            ),
        )
        if said.media is not None:
            new = case_rows.NewAttachment(
                case_id, entry_id, said.message_id, said.media, self._context.said_at
            )
            case_rows.add_attachment(self._session, self._context.station, new, self._now)

    def _move_case(self, change: c.MoveCase) -> None:
        row = case_rows.get_case(self._session, change.case)
        to = cases.next_state(CaseState(row.state), change.action)
        if to is None:
            # Somebody moved it since we looked; the decision is taken anew.
            raise StaleDataError(f"case {row.id} is {row.state}: cannot {change.action}")
        row.state, row.holder_id = to, change.holder
        if change.resolution is not None:
            row.resolution = change.resolution
        self._clock(row, to)
        facts = {"resolution": change.resolution} if change.resolution else {}
        actor = "staff" if change.by is not None else "person"
        self._entry(
            row.id, case_rows.NewEntry(to, actor, self._now, staff_id=change.by, facts=facts)
        )
        self._session.flush()

    def _clock(self, row: rows.Case, to: CaseState) -> None:
        if to is CaseState.SEEN or (to is CaseState.WORKING and row.seen_at is None):
            row.seen_at = self._now
        if to is CaseState.WORKING:
            row.taken_at = row.taken_at or self._now
        if to is CaseState.CLOSED:
            row.closed_at = self._now
        if to is CaseState.REOPENED:
            row.closed_at = row.resolution = None

    def _add_entry(self, change: c.AddEntry) -> None:
        if change.direction == "out":
            case_rows.get_case(self._session, change.case).answered_at = self._now
        self._entry(
            change.case,
            case_rows.NewEntry(
                kind=change.kind,
                actor=change.actor,
                at=self._now,
                direction=change.direction,
                staff_id=change.by,
                event_id=self._event.origin.event_id,
                words=change.words,
                message_id=change.message_id,
            ),
        )

    def _entry(self, case_id: int, entry: case_rows.NewEntry) -> int:
        self.touched_case_id = case_id
        return case_rows.add_entry(self._session, self._context.station, case_id, entry)

    # Messages

    def _answer(self, change: c.Answer) -> None:
        chat = self._event.origin.chat
        assert chat is not None, "an answer needs a chat"
        if change.only_free and self._token is None:
            self._is_dropped = True
            return
        case_id = self.opened_case_id if change.of_new_case else change.case
        envelope = Envelope("answer", change.priority, case_id, change.silent, change.carries)
        self._post.to_chat(
            chat.line_id, change.messages, envelope, self._token, reply_only=change.only_free
        )
        self._token = None

    def _tell(self, change: c.Tell) -> None:
        case_id = self.opened_case_id if change.of_new_case else change.case
        envelope = Envelope(change.kind, change.priority, case_id, change.silent, change.carries)
        self._post.to_person(change.person, change.messages, envelope)

    def _words(self, change: c.KeepWords | c.EraseMessage) -> None:
        station = self._context.station
        if isinstance(change, c.KeepWords):
            if change.said.words:
                case_rows.keep_words(
                    self._session, station, change.said.words, change.said.message_id, self._now
                )
            return
        self.media_to_erase += case_rows.erase_message(
            self._session, station, change.message_id, self._now
        )
        if drafts.has_message(self._loaded.situation.conversation.draft, change.message_id):
            self._ask(c.StopAsking())

    # The talk and who takes part

    def _ask(self, change: c.Ask | c.StopAsking) -> None:
        talk, station = self._loaded.talk, self._context.station
        if talk is None:
            return
        if isinstance(change, c.StopAsking):
            chats.set_question(station, talk, None, None, None, self._now)
        else:
            chats.set_question(station, talk, change.question, change.case, change.draft, self._now)

    def _mark_person(self, change: c.MarkWelcomed | c.MarkBlocked) -> None:
        person = self._loaded.person
        if person is None:
            return
        if isinstance(change, c.MarkWelcomed):
            if self._is_dropped:
                return
            person.welcomed_at = person.welcomed_at or self._now
        else:
            person.blocked_at = self._now if change.is_blocked else None
            self.may_have_changed_roster = True

    def _code(self, change: c.RegisterStaff | c.RegisterGroup | c.CountWrongCode) -> None:
        session, station, person = self._session, self._context.station, self._loaded.person
        if isinstance(change, c.CountWrongCode):
            key = person.key if person else self._context.conversation_key
            people.add_wrong_try(session, station, key, self._now)
            return
        assert person is not None, "a code is only taken from a known person"
        session.get_one(rows.Invite, change.invite_id).used_at = self._now
        if isinstance(change, c.RegisterStaff):
            staff = people.register_staff(session, person, change.role, change.name, self._now)
            self.may_have_changed_roster = True
            self._audit("staff_registered", f"staff {staff.id}", role=change.role)
            return
        group = self._loaded.group
        assert group is not None, "a group code is only taken in a group"
        group.state, group.registered_at = GroupState.REGISTERED, self._now
        group.changed_at = self._event.origin.occurred_at
        group.leader_person_id, group.look_up_due_at = person.id, self._now
        self._audit("group_registered", f"group {group.id}")

    def _group(self, change: c.SetGroupState | c.LookUpGroup) -> None:
        group = self._loaded.group
        if group is None:
            return
        if isinstance(change, c.LookUpGroup):
            group.look_up_due_at = self._now
            return
        at = self._event.origin.occurred_at
        is_old = group.changed_at is not None and at < group.changed_at
        if is_old or (change.to, group.state) == (GroupState.JOINED, GroupState.REGISTERED):
            # LINE may deliver again and in another order; a group that is in stays registered.
            return
        if change.to is GroupState.LEFT:
            group.left_at, group.look_up_due_at = self._now, None
        group.state, group.changed_at = change.to, at
        self._audit(f"group_{change.to}", f"group {group.id}")

    def _audit(self, action: str, subject: str, **facts: str) -> None:
        stations.add_audit(
            self._session, self._context.station.id, self._now, "line", action, subject, **facts
        )
