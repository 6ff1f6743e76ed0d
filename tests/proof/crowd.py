"""A busy station for tests that break things: people who write, groups, an officer, alerts.

Whatever is not answered 200 is delivered again, as LINE does; what was, may never be lost.
"""

import json
import threading
import time
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from db.models import Case, InboxEvent, Outbox
from handlers.changes import ScheduleAlert
from handlers.operating import InviteGroup, InviteStaff
from handlers.snapshots import Role

SAYINGS = (
    "ไฟทางดับหน้าวัดครับ",
    "มีคนแปลกหน้าด้อม ๆ มอง ๆ แถวโรงเรียน",
    "รถชนกันหน้าตลาดมีคนเจ็บ",
)
_FINAL = {"sent", "unknown"}
_TELLING = {
    "id",
    "kind",
    "state",
    "attempts",
    "fault",
    "next_try_at",
    "claimed_by",
    "claimed_until",
}


class Crowd:
    """`accepted` are the people whose one message was answered 200."""

    def __init__(self, town, group_count):
        self.town, self.line = town, town.line
        self.accepted, self.relays, self.alerts = [], [], []
        self._stop = threading.Event()
        self._threads = []
        self.officer = self.line.add_person("ตำรวจ")
        self.officer.say(str(town.order(InviteStaff(Role.OFFICER))["code"]))
        leader = self.line.add_person("ผู้ใหญ่")
        self.groups = [
            self.line.add_group(f"ชุมชน {number}", [leader], extra_members=20)
            for number in range(group_count)
        ]
        for group in self.groups:
            group.invite_bot(by=leader)
            leader.say(str(town.order(InviteGroup())["code"]), to=group)
        town.wait(self._is_set_up)
        # From here on every delivery is ours, so that its status is known.
        self.line.hold()

    def _is_set_up(self):
        groups = ["\n".join(self.line.texts(group)) for group in self.groups]
        registered = all("ลงทะเบียนกลุ่ม" in said for said in groups)
        return registered and "ลงทะเบียนเรียบร้อย" in "\n".join(self.line.texts(self.officer))

    # What people do

    def deliver(self, event):
        """Until it is answered 200; False where the test ended before."""
        status = self.line.deliver([event])[0]
        while status != 200:
            if self._stop.wait(0.1):
                return False
            status = self.line.redeliver(event)
        return True

    def say(self, number=0):
        """Somebody new writes. Returns the person once that is answered 200."""
        person = self.line.add_person(f"คน {number}")
        if self.deliver(person.say(SAYINGS[number % len(SAYINGS)])):
            self.accepted.append(person)
        return person

    def relay(self, card, person, words):
        """The officer answers `person` by quoting a card."""
        if self.deliver(self.officer.say(words, quote=card)):
            self.relays.append((person, words))

    def announce(self, after_s):
        """An alert to all groups, `after_s` from now."""
        words = f"ประกาศทดสอบ ({len(self.alerts) + 1})"
        at = datetime.now(UTC) + timedelta(seconds=after_s)
        self.town.order(ScheduleAlert(words, words, at, None, "operator"))
        self.alerts.append(words)

    def keep_talking(self, pause_s=0.1, threads=2):
        for place in range(threads):
            thread = threading.Thread(target=self._talk, args=(place, pause_s), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _talk(self, place, pause_s):
        while not self._stop.wait(pause_s):
            self.say(place)

    def fall_silent(self):
        """End the talk; what is not yet answered 200 is no promise of ours."""
        self._stop.set()
        for thread in self._threads:
            thread.join(10)
        self._stop.clear()

    def cards(self):
        """(card, person) of everybody whose case has reached the officer."""
        people = {}
        for person in self.accepted:
            for reference in self._references():
                if reference in "\n".join(self.line.texts(person)):
                    people[reference] = person
        found = []
        for message in self.line.chat(self.officer):
            body = json.dumps(message.body, ensure_ascii=False)
            for reference, person in people.items():
                if message.is_bot and reference in body:
                    found.append((message, person))
        return found

    def _references(self):
        with self.town.open_database() as (database, _), database.read() as session:
            return list(session.exec(select(Case.reference)))

    def _reporters(self):
        """Whose case it is, of every case: each of the people wrote once."""
        with self.town.open_database() as (database, _), database.read() as session:
            return list(session.exec(select(Case.reporter_id)))

    # What must hold in the end

    def settle(self, timeout_s):
        """Wait until nothing is under way any more."""
        end = time.monotonic() + timeout_s
        while not self._is_settled():
            left = self._unfinished()
            assert time.monotonic() < end, f"{len(left)} still under way: {left[:3]}"
            self.line.wait_for(lambda: False, 0.5)

    def _is_settled(self):
        return not self._unfinished() and all(self._times(words) for words in self.alerts)

    def _times(self, words):
        return sum(
            words in json.dumps(sent.messages, ensure_ascii=False) for sent in self.line.sent
        )

    def _unfinished(self):
        with self.town.open_database() as (database, _), database.read() as session:
            events = select(InboxEvent).where(col(InboxEvent.state) != "handled")
            queued = select(Outbox).where(col(Outbox.state) == "queued")
            rows = [*session.exec(events), *session.exec(queued)]
            return [row.model_dump(include=_TELLING) for row in rows]

    def check(self):
        """Nobody waits for an answer, no group read an alert twice, nothing was done twice."""
        line = self.line
        silent = [person.name for person in self.accepted if not line.texts(person)]
        assert silent == [], f"{len(silent)} of {len(self.accepted)} have no answer"
        lost = [words for person, words in self.relays if not self._has_read(person, words)]
        assert lost == []
        for words in self.alerts:
            told = [
                sent.to
                for sent in line.sent
                if words in json.dumps(sent.messages, ensure_ascii=False)
            ]
            assert sorted(told) == sorted(group.id for group in self.groups), words
        reporters = self._reporters()
        assert len(reporters) >= len(self.accepted)
        assert len(reporters) == len(set(reporters)), "an event was handled twice"
        assert self._states(InboxEvent) == {"handled"}
        assert self._states(Outbox) <= _FINAL
        assert line.rejected == []

    def _has_read(self, person, words):
        return any(words in text for text in self.line.texts(person))

    def _states(self, table):
        with self.town.open_database() as (database, _), database.read() as session:
            return set(session.exec(select(table.state)))
