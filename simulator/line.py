"""`Line`: the one object that a test, the page or the command line holds."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from simulator.delivery import Courier, Order, Webhook
from simulator.events import Event
from simulator.faults import Faults
from simulator.flatten import list_texts
from simulator.groups import Group
from simulator.ids import derive_id, new_group_id, new_user_id
from simulator.people import Person
from simulator.quota import Quota
from simulator.records import Message, Rejected, Sent
from simulator.sending import Sending
from simulator.server import running
from simulator.tokens import Tokens
from simulator.world import Account, Room, World

BASIC_PLAN = 15_000


class Line:
    """A LINE platform with one Official Account.

    `now` gives seconds since the epoch and rules every lifetime. `quota_limit` None: no limit.
    """

    def __init__(
        self,
        channel_secret: str,
        access_token: str,
        now: Callable[[], float] = time.time,
        bot_name: str = "ยาม",
        quota_limit: int | None = BASIC_PLAN,
    ) -> None:
        self.channel_secret = channel_secret
        self.access_token = access_token
        self.world = World(now, derive_id("U", channel_secret, "bot"), bot_name, quota_limit)
        self.courier = Courier(self.world, channel_secret)
        self.sending = Sending(self.world)
        self.faults = Faults()
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.base_url = ""

    def add_person(
        self, name: str, friend: bool = True, consents: bool = True, key: str | None = None
    ) -> Person:
        """Somebody new; a friend of the bot already unless told otherwise (no event is sent).

        `key`: the id is derived from it and the channel, and so the same at every start.
        """
        user_id = derive_id("U", self.channel_secret, key) if key else new_user_id()
        person = Person(self.world, self.courier, user_id, name, friend)
        person.consents = consents
        with self.world.lock:
            self.people[person.id] = self.world.accounts[person.id] = person
            self.world.touch()
        return person

    def add_group(
        self,
        name: str,
        members: Sequence[Person] = (),
        extra_members: int = 0,
        key: str | None = None,
    ) -> Group:
        """A group without the bot in it. `extra_members` are only counted; `key` as for people."""
        group_id = derive_id("C", self.channel_secret, key) if key else new_group_id()
        group = Group(self.world, self.courier, group_id, name, members)
        group.extra_members = extra_members
        with self.world.lock:
            self.groups[group.id] = self.world.rooms[group.id] = group
            self.world.touch()
        return group

    @contextmanager
    def serve(self, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
        """Serve the API and the page on loopback while the block runs; yields the address.

        Raises ValueError for a host that is not loopback.
        """
        with running(self, host, port) as address:
            self.base_url = address
            try:
                yield address
            finally:
                self.courier.close()

    def deliver(self, events: list[Event], times: int = 1) -> list[int]:
        """Sign and post these events in one body, `times` times; statuses, 0 for no answer."""
        return [self.courier.deliver(events) for _ in range(times)]

    def redeliver(self, event: Event) -> int:
        """Post an event again as LINE's redelivery: same id and token, the flag set."""
        return self.courier.redeliver([event])

    def hold(self) -> None:
        """From now on keep events back until `release`."""
        self.courier.hold = True

    def release(self, order: Order = "sent", together: bool = False) -> list[int]:
        """Deliver what was kept back, in this order, one by one or in one post."""
        return self.courier.release(order, together)

    def post_raw(self, body: bytes, signature: str | None = None) -> int:
        """Post any bytes to the webhook. `signature` None: the right one; "": no header."""
        return self.courier.post(body, signature)

    def chat(self, with_whom: Account | Room) -> list[Message]:
        """The messages of a one-to-one chat or a group, oldest first."""
        return self.world.list_messages(with_whom.id)

    def texts(self, with_whom: Account | Room) -> list[str]:
        """All words of the bot's messages in a chat: texts, altTexts, cards, button labels."""
        found: list[str] = []
        for message in self.chat(with_whom):
            if message.is_bot:
                found += list_texts(message.body, self.world.name_of)
        return found

    def wait_for(self, predicate: Callable[[], object], timeout_s: float = 10) -> bool:
        """Wait until `predicate` holds, asking again at every call and change; False if it never
        did."""
        return self.world.wait_for(predicate, timeout_s)

    @property
    def webhook(self) -> Webhook:
        """An address, or a callable `(body, headers) -> status`, or None."""
        return self.courier.webhook

    @webhook.setter
    def webhook(self, webhook: Webhook) -> None:
        self.courier.webhook = webhook

    @property
    def bot_id(self) -> str:
        """The Official Account's user id: `destination` of every webhook."""
        return self.world.bot_id

    @property
    def sent(self) -> list[Sent]:
        """Send calls that were accepted, oldest first."""
        return self.world.sent

    @property
    def rejected(self) -> list[Rejected]:
        """Calls that broke LINE's contract."""
        return self.world.rejected

    @property
    def refused(self) -> list[Rejected]:
        """Calls refused by the course of events: expired token, group left, quota spent, faults."""
        return self.world.refused

    @property
    def tokens(self) -> Tokens:
        return self.world.tokens

    @property
    def quota(self) -> Quota:
        return self.world.quota

    @property
    def quota_limit(self) -> int | None:
        return self.world.quota.limit

    @quota_limit.setter
    def quota_limit(self, limit: int | None) -> None:
        self.world.quota.limit = limit
        self.world.touch()

    @property
    def quota_used(self) -> int:
        return self.world.quota.used

    @quota_used.setter
    def quota_used(self, count: int) -> None:
        self.world.quota.used = count
        self.world.touch()

    @property
    def mode(self) -> str:
        """`active`, or `standby` while another module holds the chats."""
        return self.world.mode

    @mode.setter
    def mode(self, mode: str) -> None:
        self.world.mode = mode

    @property
    def delay(self) -> float:
        """Seconds between an event and its delivery."""
        return self.courier.delay_s

    @delay.setter
    def delay(self, seconds: float) -> None:
        self.courier.delay_s = seconds

    @property
    def duplicate(self) -> int:
        """How many further times every event is posted, unmarked."""
        return self.courier.duplicates

    @duplicate.setter
    def duplicate(self, times: int) -> None:
        self.courier.duplicates = times

    @property
    def redelivery(self) -> bool:
        """Whether an event not answered with 2xx is delivered again, on a thread, bounded."""
        return self.courier.redelivery

    @redelivery.setter
    def redelivery(self, wanted: bool) -> None:
        self.courier.redelivery = wanted
