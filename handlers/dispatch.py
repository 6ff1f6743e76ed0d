"""The doors of this room, and the only module in it that opens transactions: load → decide → save.

A decision lost to another door's change is taken anew. Nothing slow happens inside: a text is
understood before, media files are erased after.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from db import alerts as alert_rows
from db import inbox, retention
from db.engine import Database
from db.media import MediaFolder
from db.stations import OpenStation
from handlers import planning
from handlers.changes import ScheduleAlert
from handlers.decide import decide
from handlers.events import Event, Ignored, TextEdited, TextSaid
from handlers.ids import Ids
from handlers.loading import Context, Shared, load, load_shared
from handlers.operating import Command, operate
from handlers.saving import Saver
from handlers.snapshots import Understood

log = structlog.get_logger()
_RETRIES = 5
Result = TypeVar("Result")
Understand = Callable[[str], Understood]
# PostgreSQL's codes.
_UNIQUE_VIOLATION, _DEADLOCK = "23505", "40P01"


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event of the inbox that a worker holds."""

    row_id: int
    station_id: int
    event: Event


class Dispatch:
    """What the processes and the command line call."""

    def __init__(
        self,
        database: Database,
        stations: Sequence[OpenStation],
        timezone: str,
        ids: Ids,
        media: MediaFolder,
        understand: Understand | None = None,
        link_media: Callable[[str, str], str] | None = None,
    ) -> None:
        """`link_media(file name, content type)` gives the address under which a file opens."""
        self._database = database
        self._stations = {station.id: station for station in stations}
        self._timezone = timezone
        self._ids = ids
        self._media = media
        self._understand = understand
        self._link_media = link_media

    def handle(
        self, claimed: Sequence[Claimed], instance: str, clock: Callable[[], datetime]
    ) -> list[str | None]:
        """Handle claimed events, one after another, in one transaction: all of them or none.

        Returns their results, None for one that is no longer `instance`'s.
        """
        row_ids = [one.row_id for one in claimed]
        understood = [self._understand_one(one.event) for one in claimed]

        def once() -> list[str | None]:
            with self._database.write() as session:
                held = inbox.lock_claimed(session, row_ids, instance)
                batch = _Batch(session, claimed, held)
                for one, words in zip(claimed, understood, strict=True):
                    if one.row_id in batch.held:
                        self._handle_one(batch, one, words, clock())
                inbox.mark_handled(session, list(batch.handled.values()))
            for name in batch.media_to_erase:
                # Left behind, it goes as a stray with the next cleaning.
                with suppress(OSError):
                    self._media.erase(name)
            return [batch.result(row_id) for row_id in row_ids]

        return self._again(once)

    def tick(self, now: datetime) -> int:
        """What has come due of alerts. Returns how much was done; safe to call twice at once.

        Each schedule and each chunk of a run has a transaction of its own. One that fails is
        ended, its fault in the audit, and the others go on.
        """
        done = 0
        for schedule_id in self._find_due(now).schedules:
            start = partial(self._start_due, schedule_id, now)
            done += self._or_give_up(start, planning.give_up_schedule, schedule_id, now)
        for run_id in self._find_due(now).to_expand:
            expand = partial(self._expand, run_id, now)
            done += self._or_give_up(expand, planning.give_up_run, run_id, now)
        for run_id in self._find_due(now).to_finish:
            finish = partial(self._finish, run_id, now)
            done += self._or_give_up(finish, planning.give_up_run, run_id, now)
        return done

    def clean(self, now: datetime) -> int:
        """Erase what has had its time. Returns how many rows went or were emptied."""
        erased = retention.erase_due(self._database, now)
        with self._database.read() as session:
            kept = retention.list_media_files(session)
        self._media.erase_strays(kept, now)
        return erased

    def operate(self, station_id: int, command: Command, now: datetime) -> dict[str, object]:
        """An operator's command. Raises ValueError or LookupError in plain words."""
        station = self._stations[station_id]
        if isinstance(command, ScheduleAlert):
            planning.check(command, self._timezone, now)

        def once() -> dict[str, object]:
            with self._database.write() as session:
                return operate(session, station, command, self._timezone, self._ids, now)

        return self._again(once)

    def _understand_one(self, event: Event) -> Understood | None:
        if self._understand is None or not needs_understanding(event):
            return None
        return self._understand(getattr(event, "text", ""))

    def _handle_one(
        self, batch: "_Batch", claimed: Claimed, understood: Understood | None, now: datetime
    ) -> None:
        event, session = claimed.event, batch.session
        held = batch.held[claimed.row_id]
        station = self._stations[claimed.station_id]
        if station.id not in batch.shared:
            batch.shared[station.id] = load_shared(session, station, batch.events(station.id))
        context = Context(
            station,
            batch.shared[station.id],
            self._timezone,
            now,
            event.origin.occurred_at,
            held.received_at,
            held.conversation_key,
            self._ids,
            self._link_media,
        )
        loaded = load(session, context, event, understood)
        decision = decide(loaded.situation, event)
        saver = Saver(session, context, event, loaded)
        saver.save(decision)
        if saver.may_have_changed_roster:
            batch.shared.pop(station.id)
        batch.media_to_erase += saver.media_to_erase
        kind = event.kind if isinstance(event, Ignored) else type(event).__name__
        batch.handled[claimed.row_id] = inbox.Handled(
            claimed.row_id, now, kind, decision.result, saver.touched_case_id
        )

    def _find_due(self, now: datetime) -> alert_rows.DueWork:
        with self._database.read() as session:
            return alert_rows.find_due(session, now)

    def _start_due(self, schedule_id: int, now: datetime) -> int:
        with self._database.write() as session:
            posts = planning.Posts(session, self._stations, self._ids, now)
            return planning.start_due(session, schedule_id, self._timezone, now, posts)

    def _expand(self, run_id: int, now: datetime) -> int:
        """All chunks of a run; between them other writers have their turn."""
        count = 0
        while True:
            with self._database.write() as session:
                posts = planning.Posts(session, self._stations, self._ids, now)
                put = planning.expand(session, run_id, now, posts)
            count += put
            if not put:
                return count

    def _finish(self, run_id: int, now: datetime) -> int:
        with self._database.write() as session:
            posts = planning.Posts(session, self._stations, self._ids, now)
            return planning.finish(session, run_id, now, posts)

    def _or_give_up(
        self,
        act: Callable[[], int],
        give_up: Callable[[Session, int, str, datetime], None],
        row_id: int,
        now: datetime,
    ) -> int:
        """A fault of one row is noted beside it; a database that is away is not its fault."""
        try:
            return self._again(act)
        except (OperationalError, InterfaceError):
            raise
        except Exception as fault:
            log.error("alert_given_up", step=give_up.__name__, id=row_id, exc_info=fault)
            with self._database.write() as session:
                give_up(session, row_id, type(fault).__name__, now)
            return 0

    def _again(self, act: Callable[[], Result]) -> Result:
        """A race for one row (a version, a unique key) is settled by looking again."""
        for attempt in range(1, _RETRIES + 1):
            try:
                return act()
            except (StaleDataError, IntegrityError, OperationalError) as race:
                if attempt == _RETRIES or not is_race(race):
                    raise
                log.info("decided_again", attempt=attempt, race=type(race).__name__)
        raise AssertionError("unreachable")


@dataclass
class _Batch:
    """Events that are handled in one transaction: those still held, and what came of them."""

    session: Session
    claimed: Sequence[Claimed]
    held: dict[int, inbox.Held]
    handled: dict[int, inbox.Handled] = field(default_factory=dict)
    media_to_erase: list[str] = field(default_factory=list)
    shared: dict[int, Shared] = field(default_factory=dict)

    def events(self, station_id: int) -> list[Event]:
        return [one.event for one in self.claimed if one.station_id == station_id]

    def result(self, row_id: int) -> str | None:
        handled = self.handled.get(row_id)
        return handled.result if handled is not None else None


def is_race(fault: StaleDataError | IntegrityError | OperationalError) -> bool:
    """Whether looking again may help: another broken rule (a foreign key, a missing value) would
    break again.
    """
    if isinstance(fault, StaleDataError):
        return True
    code = getattr(fault.orig, "sqlstate", None)
    return code in (_UNIQUE_VIOLATION, _DEADLOCK) or "UNIQUE constraint failed" in str(fault.orig)


def needs_understanding(event: Event) -> bool:
    """Words in a group that are not for the bot are not read."""
    match event:
        case TextSaid():
            private = event.origin.chat is not None and not event.origin.chat.is_group
            return private or event.mentions_bot or event.quoted_message_id is not None
        case TextEdited():
            return event.mentions_bot
    return False
