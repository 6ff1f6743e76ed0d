"""What exists on this LINE: people, groups, chats and their bubbles, tokens, content, rich menus.

State and the one lock around it. Rules for sending are `sending`'s, webhooks `delivery`'s.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.content import ContentStore
from simulator.ids import MessageIds
from simulator.quota import Quota
from simulator.records import Body, CallSeen, Message, Rejected, Sent
from simulator.richmenus import RichMenus
from simulator.tokens import Tokens

STRANGER_DAYS_S = 7 * 24 * 3600.0
CALLS_KEPT = 500
# Kinds of which LINE gives a quote token to whoever sent or received them.
QUOTABLE_BY_PEOPLE = ("text", "sticker", "image", "video")
QUOTABLE_BY_BOT = ("text", "textV2", "sticker", "image", "video", "template", "flex")


@dataclass(eq=False)
class Account:
    """A person's LINE account. `consents` False: events in groups carry no user id."""

    id: str
    name: str
    friend: bool = True
    blocked: bool = False
    consents: bool = True
    wrote_at: float | None = None
    opened: list[str] = field(default_factory=list)
    """Addresses and texts behind uri and clipboard buttons this person has tapped."""


@dataclass(eq=False)
class Room:
    """A group. `extra_members` are people who are only counted."""

    id: str
    name: str
    member_ids: list[str]
    extra_members: int = 0
    bot_inside: bool = False
    bot_was_inside: bool = False

    @property
    def member_count(self) -> int:
        """People in the group, the bot not counted."""
        return len(self.member_ids) + self.extra_members


class World:
    """Hold `lock` (a reentrant condition, notified at every change) to read or change anything."""

    def __init__(
        self, now: Callable[[], float], bot_id: str, bot_name: str, quota_limit: int | None
    ) -> None:
        self.now = now
        self.lock = threading.Condition(threading.RLock())
        self.bot_id = bot_id
        self.bot_name = bot_name
        self.mode = "active"
        self.accounts: dict[str, Account] = {}
        self.rooms: dict[str, Room] = {}
        self.histories: dict[str, list[Message]] = {}
        self.message_chats: dict[str, str] = {}
        self.tokens = Tokens()
        self.content = ContentStore()
        self.menus = RichMenus()
        self.quota = Quota(quota_limit, now)
        self.message_ids = MessageIds()
        self.sent: list[Sent] = []
        self.rejected: list[Rejected] = []
        self.refused: list[Rejected] = []
        self.calls: list[CallSeen] = []
        self.webhook_results: Counter[str] = Counter()
        self.loading: dict[str, float] = {}
        self.revision = 0

    def touch(self) -> int:
        """Something changed: a new revision, and whoever waits looks again."""
        with self.lock:
            self.revision += 1
            self.lock.notify_all()
            return self.revision

    def wait_for(self, predicate: Callable[[], object], timeout_s: float) -> bool:
        """Wait, on the real clock, until `predicate` holds; it is asked again at every change."""
        end = time.monotonic() + timeout_s
        with self.lock:
            while not predicate():
                left = end - time.monotonic()
                if left <= 0:
                    return False
                # Not only at changes of this world: what the caller looks at may lie elsewhere.
                self.lock.wait(min(left, 0.1))
            return True

    def add_message(self, chat: str, sender: str, body: Body, quote: str | None = None) -> Message:
        """Put one bubble into a chat and give it its id and quote token."""
        with self.lock:
            message = Message(
                id=self.message_ids.take(),
                sender=sender,
                kind=str(body["type"]),
                body=body,
                at=self.now(),
                is_bot=sender == self.bot_id,
                quote=quote,
                revision=self.touch(),
            )
            quotable = QUOTABLE_BY_BOT if message.is_bot else QUOTABLE_BY_PEOPLE
            if message.kind in quotable:
                message.quote_token = self.tokens.issue_quote(chat, message.id)
            self.histories.setdefault(chat, []).append(message)
            self.message_chats[message.id] = chat
            if message.is_bot:
                self.loading.pop(chat, None)
            return message

    def add_notice(self, chat: str, text: str) -> None:
        """A grey line in a chat, which only the page shows."""
        self.add_message(chat, "", {"type": "notice", "text": text})

    def find_message(self, message_id: str) -> Message | None:
        with self.lock:
            chat = self.message_chats.get(message_id, "")
            found = [one for one in self.histories.get(chat, []) if one.id == message_id]
            return found[0] if found else None

    def list_messages(self, chat: str) -> list[Message]:
        """The bubbles of a chat, oldest first, without the grey lines."""
        with self.lock:
            return [one for one in self.histories.get(chat, []) if one.kind != "notice"]

    def hears(self, chat: str) -> bool:
        """Whether the bot gets the events of this chat."""
        room = self.rooms.get(chat)
        return room.bot_inside if room else True

    def is_reached(self, account: Account) -> bool:
        """Whether a push arrives: friends, and strangers who wrote within 7 days."""
        if account.blocked:
            return False
        recent = account.wrote_at is not None and self.now() - account.wrote_at <= STRANGER_DAYS_S
        return account.friend or recent

    def log_call(self, method: str, path: str, status: int, note: str, sent: Sent | None) -> None:
        """One more line for the page's table of calls."""
        with self.lock:
            kind = path.rsplit("/", 1)[-1] if "/message/" in path and method == "POST" else ""
            to = self.name_of(sent.to) if sent else ""
            cost = sent.cost if sent else 0
            revision = self.touch()
            self.calls.append(
                CallSeen(self.now(), method, path, status, kind, to, cost, note, revision)
            )
            del self.calls[:-CALLS_KEPT]

    def name_of(self, chat: Any) -> str:
        """A chat's name for a person's eyes."""
        if isinstance(chat, list):
            return f"{len(chat)} คน"
        if chat == "all":
            return "เพื่อนทุกคน"
        if chat in self.accounts:
            return self.accounts[chat].name
        return self.rooms[chat].name if chat in self.rooms else ""
