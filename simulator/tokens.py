"""Reply tokens (short-lived, used once), quote tokens and mark-as-read tokens.

Source: LINE, "Reply token", "Get quote tokens", "Mark messages as read".
"""

from dataclasses import dataclass

from simulator.ids import new_long_token, new_token

REPLY_LIFE_S = 60.0
RENEWAL_S = 20 * 60.0


@dataclass
class ReplyToken:
    """`received_at` is the latest delivery that (re)started the minute; None before the first."""

    value: str
    chat: str
    event_at: float
    received_at: float | None = None
    used: bool = False

    def is_alive(self, now: float) -> bool:
        """Whether a reply would be taken at `now`."""
        return (
            not self.used
            and self.received_at is not None
            and now - self.received_at <= REPLY_LIFE_S
        )


class Tokens:
    """All tokens ever issued. Not locked: the platform holds its lock."""

    def __init__(self) -> None:
        self.reply: dict[str, ReplyToken] = {}
        self.quote: dict[str, tuple[str, str]] = {}
        self.read: dict[str, str] = {}

    def issue_reply(self, chat: str, event_at: float) -> str:
        """A reply token bound to `chat`; its minute starts with the first delivery."""
        value = new_token()
        self.reply[value] = ReplyToken(value, chat, event_at)
        return value

    def receive(self, value: str, chat: str, event_at: float, now: float, again: bool) -> None:
        """Note that an event with this token was delivered, for the first time or `again`.

        A token that was not issued here (an event written by hand) is taken in.
        """
        token = self.reply.setdefault(value, ReplyToken(value, chat, event_at))
        if token.received_at is None or (again and now - token.event_at <= RENEWAL_S):
            token.received_at = now

    def issue_quote(self, chat: str, message_id: str) -> str:
        """A quote token for one message; never expires."""
        value = new_long_token()
        self.quote[value] = (chat, message_id)
        return value

    def issue_read(self, chat: str) -> str:
        """A mark-as-read token; never expires."""
        value = new_long_token()
        self.read[value] = chat
        return value
