"""What happens to groups: the bot comes and goes, members come and go."""

from collections.abc import Sequence

from simulator.delivery import Courier
from simulator.events import Event, build_event
from simulator.people import Person
from simulator.records import Body
from simulator.world import Room, World


class Group(Room):
    """A group chat. The bot is outside until it is invited."""

    def __init__(
        self, world: World, courier: Courier, group_id: str, name: str, members: Sequence[Person]
    ) -> None:
        super().__init__(group_id, name, [one.id for one in members])
        self._world = world
        self._courier = courier

    def invite_bot(self, by: Person | None = None) -> Event:
        """The bot joins; `by` is who invited it, which LINE does not tell."""
        with self._world.lock:
            self.bot_inside = self.bot_was_inside = True
            inviter = f"{by.name} เชิญ " if by else ""
            self._notice(f"{inviter}{self._world.bot_name} เข้าร่วมกลุ่ม")
            event = build_event(self._world, "join", self.id, None)
        self._courier.carry(event)
        return event

    def remove_bot(self, wait: bool = True) -> Event:
        """A member puts the bot out, or the bot itself left: both are a leave event.

        `wait` False: the event is delivered on another thread.
        """
        with self._world.lock:
            self.bot_inside = False
            self._notice(f"{self._world.bot_name} ออกจากกลุ่ม")
            event = build_event(self._world, "leave", self.id, None)
        if wait:
            self._courier.carry(event)
        else:
            self._courier.in_background(lambda: self._courier.carry(event))
        return event

    def add_member(self, person: Person) -> Event:
        with self._world.lock:
            self.member_ids.append(person.id)
            self._notice(f"{person.name} เข้าร่วมกลุ่ม")
            payload = {"joined": {"members": _members(person)}}
            event = build_event(self._world, "memberJoined", self.id, None, payload=payload)
        return self._tell(event)

    def remove_member(self, person: Person) -> Event:
        with self._world.lock:
            self.member_ids.remove(person.id)
            self._notice(f"{person.name} ออกจากกลุ่ม")
            payload = {"left": {"members": _members(person)}}
            event = build_event(self._world, "memberLeft", self.id, None, payload=payload)
        return self._tell(event)

    def _notice(self, text: str) -> None:
        self._world.add_notice(self.id, text)

    def _tell(self, event: Event) -> Event:
        if self.bot_inside:
            self._courier.carry(event)
        return event


def _members(person: Person) -> list[Body]:
    shown = {"type": "user", "userId": person.id} if person.consents else {"type": "user"}
    return [shown]
