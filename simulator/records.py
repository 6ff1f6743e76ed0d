"""The things a test or the page reads back: messages of a chat, calls accepted, calls refused."""

from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]


@dataclass
class Message:
    """One bubble of a chat as a person in it sees it.

    `sender` is a user id (the bot's own for the bot's messages), `kind` LINE's message type,
    or `notice` for the grey lines ("joined", "unsent"), which only the page shows.
    `quote` is the id of the quoted message. `revision` rises whenever the bubble changes.
    """

    id: str
    sender: str
    kind: str
    body: Body
    at: float
    is_bot: bool = False
    quote: str | None = None
    unsent: bool = False
    edited: bool = False
    quote_token: str | None = None
    revision: int = 0

    @property
    def text(self) -> str:
        """The words of a text message, else the empty string."""
        return str(self.body.get("text", ""))


@dataclass(frozen=True)
class Sent:
    """One send call that LINE accepted.

    `to` is the chat's id, a list of user ids for a multicast, `all` for a broadcast.
    `cost` is what it took from the month's quota: the people reached, nothing for a reply.
    `delivered` is False where LINE answers 200 and nobody gets it (a block, a stranger).
    """

    kind: str
    to: str | list[str]
    messages: list[Body]
    retry_key: str | None
    at: float
    cost: int
    message_ids: tuple[str, ...]
    notification_disabled: bool
    request_id: str
    delivered: bool = True
    sender_names: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Rejected:
    """One call that was answered with an error because the caller broke LINE's contract.

    `why` is LINE's message followed by its details; `body` the parsed body, or None.
    """

    path: str
    status: int
    why: str
    body: Any


@dataclass(frozen=True)
class CallSeen:
    """One line of the page's table of calls, whatever came of it."""

    at: float
    method: str
    path: str
    status: int
    kind: str
    to: str
    cost: int
    note: str
    revision: int
