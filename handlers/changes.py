"""What a decider wants saved, as values. `handlers.saving` turns them into rows.

`case=None` in a change means the case that this decision opened.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from handlers.events import MediaKind
from handlers.messages import Message
from handlers.snapshots import (
    CaseId,
    CaseState,
    GroupState,
    PersonId,
    Position,
    Question,
    Role,
    StaffId,
    Understood,
)


class Priority(IntEnum):
    """The sender's order."""

    EMERGENCY = 0
    CONVERSATION = 1
    ALERT = 2
    COURTESY = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What came with an event: its words (None where they were unsent), position or medium.

    `event_id` is given where it came with an earlier event than the one that is handled.
    """

    message_id: str
    kind: str = "text"
    words: str | None = field(default=None, repr=False)
    position: Position | None = field(default=None, repr=False)
    media: MediaKind | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class OpenCase:
    understood: Understood
    said: Said


@dataclass(frozen=True, slots=True)
class AddToCase:
    """`understood` is given where the case is to be labelled anew by what was said."""

    case: CaseId | None
    said: Said
    understood: Understood | None = None


@dataclass(frozen=True, slots=True)
class KeepWords:
    """Words to the bot that make no case; they go after 72 hours."""

    said: Said


@dataclass(frozen=True, slots=True)
class MoveCase:
    case: CaseId
    action: str
    to: CaseState
    by: StaffId | None
    holder: StaffId | None = None
    resolution: str | None = None


@dataclass(frozen=True, slots=True)
class AddEntry:
    """A line of the case's log that changes nothing else. `words` are kept sealed beside it."""

    case: CaseId
    kind: str
    actor: str
    by: StaffId | None = None
    direction: str | None = None
    words: str | None = field(default=None, repr=False)
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """To the chat of the event: by its reply token while that is young, else by push.

    `only_free` answers are not worth a push (courtesies in a group): no token, no answer.
    """

    messages: tuple[Message, ...]
    case: CaseId | None = None
    of_new_case: bool = False
    priority: Priority = Priority.CONVERSATION
    silent: bool = False
    only_free: bool = False
    carries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tell:
    """To a person who did not write just now. `carries`: the messages whose words are in it."""

    person: PersonId
    messages: tuple[Message, ...]
    kind: str
    case: CaseId | None = None
    of_new_case: bool = False
    priority: Priority = Priority.CONVERSATION
    silent: bool = False
    carries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    question: Question
    case: CaseId | None = None
    draft: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class StopAsking:
    pass


@dataclass(frozen=True, slots=True)
class MarkWelcomed:
    pass


@dataclass(frozen=True, slots=True)
class MarkBlocked:
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class RegisterStaff:
    invite_id: int
    role: Role
    name: str


@dataclass(frozen=True, slots=True)
class RegisterGroup:
    invite_id: int


@dataclass(frozen=True, slots=True)
class CountWrongCode:
    pass


@dataclass(frozen=True, slots=True)
class SetDuty:
    staff: StaffId
    on_duty: bool


@dataclass(frozen=True, slots=True)
class SetGroupState:
    to: GroupState


@dataclass(frozen=True, slots=True)
class LookUpGroup:
    """Ask LINE again for the group's name and how many are in it."""


@dataclass(frozen=True, slots=True)
class EraseMessage:
    """The person took a message back: its words, media and unsent copies go."""

    message_id: str


@dataclass(frozen=True, slots=True)
class ScheduleAlert:
    """`group_ids` empty means all. Approved at once by `actor`."""

    title: str
    text: str
    first_at: datetime
    rrule: str | None
    actor: str
    drafter: StaffId | None = None
    group_ids: tuple[int, ...] = ()
    approve: bool = True
    grace_s: int = 1800


@dataclass(frozen=True, slots=True)
class ApproveAlert:
    alert_id: int
    actor: str


@dataclass(frozen=True, slots=True)
class EndAlert:
    alert_id: int
    actor: str


Change = (
    OpenCase | AddToCase | KeepWords | MoveCase | AddEntry | Answer | Tell | Ask | StopAsking
    | MarkWelcomed | MarkBlocked | RegisterStaff | RegisterGroup | CountWrongCode | SetDuty
    | SetGroupState | LookUpGroup | EraseMessage | ScheduleAlert | EndAlert
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """`result` says without words what came of the event; it stands in the inbox."""

    result: str
    changes: tuple[Change, ...] = ()


class NotAllowed(Exception):
    """A rule refused. `words` are for the person who asked."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words
