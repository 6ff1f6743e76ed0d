"""What the deciders look at: the rows that matter for one event, frozen, without a session."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

CaseId = NewType("CaseId", int)
PersonId = NewType("PersonId", int)
StaffId = NewType("StaffId", int)
GroupId = NewType("GroupId", int)


class Label(StrEnum):
    """See docs/glossary.md; the order is that of urgency."""

    EMERGENCY = "emergency"
    TIP = "tip"
    REQUEST = "request"
    OTHER = "other"


class CaseState(StrEnum):
    NEW = "new"
    SEEN = "seen"
    WORKING = "working"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    PASSED_ON = "passed_on"
    MERGED = "merged"


class Role(StrEnum):
    OFFICER = "officer"
    DISPATCHER = "dispatcher"
    COMMANDER = "commander"
    ADMIN = "admin"


class GroupState(StrEnum):
    JOINED = "joined"
    REGISTERED = "registered"
    LEFT = "left"
    INACTIVE = "inactive"


class Question(StrEnum):
    """What the bot asked last in a conversation, and so how the next text is to be taken."""

    WHAT_LABEL = "what_label"
    NEW_CASE = "new_case"
    ANSWER_TEXT = "answer_text"
    ANSWER_TO_WHOM = "answer_to_whom"
    ALERT_TEXT = "alert_text"
    ALERT_PLAN = "alert_plan"


@dataclass(frozen=True, slots=True)
class Understood:
    """What nlp made of a text: see LABELS in docs/glossary.md; `confidence` 0–1."""

    label: Label
    category: str
    confidence: float
    place: str | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    id: PersonId
    is_welcomed: bool
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class Staff:
    id: StaffId
    person_id: PersonId
    role: Role
    name: str
    on_duty: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    id: GroupId
    state: GroupState
    leader_id: PersonId | None
    member_count: int | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, WGS 84, and how LINE calls the spot, if it does."""

    latitude: float
    longitude: float
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    id: CaseId
    reference: str
    alias: str
    label: Label
    category: str
    state: CaseState
    opened_at: datetime
    last_from_reporter_at: datetime
    reporter_id: PersonId | None
    reporter_is_blocked: bool = False
    holder_id: StaffId | None = None
    holder_name: str | None = None
    place: str | None = None
    position: Position | None = None
    confidence: float = 1.0
    from_group: str | None = None

    @property
    def where(self) -> str | None:
        """The place in words, else how LINE calls the position, else that there is one."""
        if self.place or self.position is None:
            return self.place
        return self.position.name or "ตามตำแหน่งที่ส่งมา"


@dataclass(frozen=True, slots=True)
class Conversation:
    """`draft` is what the bot keeps for the question it asked, as it was saved."""

    question: Question | None = None
    question_case_id: CaseId | None = None
    draft: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Invite:
    id: int
    kind: str
    role: Role | None
    name: str | None
    is_usable: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that bears on one event. `fresh_*` are for a case that this event may open.

    `said_at` is when the event occurred, `now` when it is handled.
    `open_case` is the sender's newest open case that he wrote to in the last 30 minutes or was
    answered in lately; `closed_case` his last one closed within a day; `own_cases` his last ones.
    `quoted_case` is set only where he may speak in it. For staff: `duty_cases` is what waits, the
    most urgent first, one more than shown. `on_duty` and `all_staff` are those who can be reached.
    `card_times`: when cards of the open case were made in the last hour, oldest first;
    `last_medium_at`: when its newest photo, video, voice or file came.
    """

    now: datetime
    said_at: datetime
    station_name: str
    timezone: str
    fresh_reference: str
    fresh_alias: str
    person: Person | None = None
    staff: Staff | None = None
    group: Group | None = None
    conversation: Conversation = Conversation()
    understood: Understood | None = None
    open_case: Case | None = None
    closed_case: Case | None = None
    quoted_case: Case | None = None
    named_case: Case | None = None
    own_cases: tuple[Case, ...] = ()
    duty_cases: tuple[Case, ...] = ()
    on_duty: tuple[Staff, ...] = ()
    all_staff: tuple[Staff, ...] = ()
    invite: Invite | None = None
    wrong_tries: int = 0
    message_is_unsent: bool = False
    message_case: Case | None = None
    answer_waits: bool = False
    card_times: tuple[datetime, ...] = ()
    last_medium_at: datetime | None = None
    case_words: tuple[tuple[str, str], ...] = ()
    media_links: tuple[tuple[str, str], ...] = ()
    group_count: int = 0
    people_count: int = 0
    alerts: tuple["AlertView", ...] = ()
    quota_is_spent: bool = False


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert as a list shows it: its next time, and how its last run went.

    `is_called_off`: ended by hand, before its times ran out.
    """

    id: int
    title: str
    state: str
    next_at: datetime | None
    last_run_state: str | None = None
    last_run_at: datetime | None = None
    sent_count: int = 0
    group_count: int = 0
    is_called_off: bool = False
    first_at: datetime | None = None
