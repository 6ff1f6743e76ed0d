"""What happened in LINE, as values. Parsed by `bot.line_events`; decided on by this room.

Every text in here is storable: `clean` has taken NUL and lone surrogates out.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qs


class ChatKind(StrEnum):
    USER = "user"
    GROUP = "group"
    ROOM = "room"


class MediaKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Chat:
    """Where it was said: the LINE id of a person, a group or a room."""

    kind: ChatKind
    line_id: str

    @property
    def is_group(self) -> bool:
        return self.kind is not ChatKind.USER


@dataclass(frozen=True, slots=True)
class Origin:
    """The envelope of an event. `user_id` is absent where LINE does not tell who spoke.

    `reply_token` is absent in standby and for events that LINE gives none.
    """

    event_id: str
    occurred_at: datetime
    chat: Chat | None
    user_id: str | None = None
    reply_token: str | None = field(default=None, repr=False)
    is_standby: bool = False
    is_redelivery: bool = False


@dataclass(frozen=True, slots=True)
class TextSaid:
    origin: Origin
    message_id: str
    text: str
    quoted_message_id: str | None = None
    mentions_bot: bool = False
    quote_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TextEdited:
    """A message of a group was edited; it keeps its id."""

    origin: Origin
    message_id: str
    text: str
    mentions_bot: bool = False


@dataclass(frozen=True, slots=True)
class LocationSent:
    """Degrees, WGS 84. LINE leaves title and address out at will."""

    origin: Origin
    message_id: str
    latitude: float
    longitude: float
    title: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class MediaSent:
    """`external` media lie at another provider and cannot be fetched from LINE."""

    origin: Origin
    message_id: str
    kind: MediaKind
    external: bool = False
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class StickerSent:
    origin: Origin
    message_id: str
    keywords: tuple[str, ...] = ()
    text: str | None = None
    quoted_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Unsent:
    origin: Origin
    message_id: str


@dataclass(frozen=True, slots=True)
class Tapped:
    """A postback. `picked_at` is what a date-time picker returned, `YYYY-MM-DDTHH:MM`, no zone."""

    origin: Origin
    data: str
    picked_at: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        """The data as a form, `a=seen&c=KP-4821`; empty where it is none."""
        try:
            read = parse_qs(clean(self.data), max_num_fields=10)
        except ValueError:
            return {}
        return {key: clean(values[-1]) for key, values in read.items()}


@dataclass(frozen=True, slots=True)
class Followed:
    origin: Origin
    is_unblocked: bool = False


@dataclass(frozen=True, slots=True)
class Unfollowed:
    origin: Origin


@dataclass(frozen=True, slots=True)
class BotJoined:
    origin: Origin


@dataclass(frozen=True, slots=True)
class BotLeft:
    origin: Origin


@dataclass(frozen=True, slots=True)
class MembersJoined:
    """LINE tells only the ids of those who consented, so the count may be more than the ids."""

    origin: Origin
    member_count: int
    user_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MembersLeft:
    origin: Origin
    member_count: int
    user_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to do, and why: `unknown type`, `no source`, `bad text` …, never content."""

    origin: Origin
    kind: str
    reason: str


Event = (
    TextSaid
    | TextEdited
    | LocationSent
    | MediaSent
    | StickerSent
    | Unsent
    | Tapped
    | Followed
    | Unfollowed
    | BotJoined
    | BotLeft
    | MembersJoined
    | MembersLeft
    | Ignored
)

# What counts also while another module holds the chat: it takes something away, and says nothing.
EVEN_IN_STANDBY = (Unsent, BotLeft, Unfollowed)


def clean(text: str) -> str:
    """The same text, storable everywhere: NUL and lone surrogates become U+FFFD."""
    replaced = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return replaced.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
