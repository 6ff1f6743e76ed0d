"""The doors of this room, and the only module in it that opens transactions: load → decide → save.

A decision lost to another door's change is taken anew. Nothing slow happens inside: a text is
understood before, media files are erased after.
"""

from collections.abc import Callable, Sequence
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
from handlers.loading import Context, load
from handlers.operating import Command, operate
from handlers.saving import Saver
from handlers.snapshots import Understood

log = structlog.get_logger()
_RETRIES = 5
Result = TypeVar("Result")
Understand = Callable[[str], Understood]
_UNIQUE_VIOLATION = "23505"  # PostgreSQL's code for it


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
        self,
        row_id: int,
        station_id: int,
        event: Event,
        instance: str,
        clock: Callable[[], datetime],
    ) -> str | None:
        """Handle one claimed inbox event. Returns its result, None where it was no longer ours."""
        understood = None
        if self._understand is not None and needs_understanding(event):
            understood = self._understand(getattr(event, "text", ""))
        station = self._stations[station_id]

        def once() -> str | None:
            return self._handle_once(row_id, station, event, understood, instance, clock())

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

    def _handle_once(
        self,
        row_id: int,
        station: OpenStation,
        event: Event,
        understood: Understood | None,
        instance: str,
        now: datetime,
    ) -> str | None:
        with self._database.write() as session:
            row = inbox.get_claimed(session, row_id, instance)
            if row is None:
                return None
            context = Context(
                station,
                self._timezone,
                now,
                event.origin.occurred_at,
                row.received_at,
                row.conversation_key,
                self._ids,
                self._link_media,
            )
            loaded = load(session, context, event, understood)
            decision = decide(loaded.situation, event)
            saver = Saver(session, context, event, loaded)
            saver.save(decision)
            kind = event.kind if isinstance(event, Ignored) else type(event).__name__
            inbox.mark_handled(session, row, now, kind, decision.result, saver.touched_case_id)
        for name in saver.media_to_erase:
            self._media.erase(name)
        return decision.result

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
            except (StaleDataError, IntegrityError) as race:
                if attempt == _RETRIES or not _is_race(race):
                    raise
                log.info("decided_again", attempt=attempt, race=type(race).__name__)
        raise AssertionError("unreachable")


def _is_race(fault: StaleDataError | IntegrityError) -> bool:
    """Another broken rule (a foreign key, a missing value) would break again."""
    if isinstance(fault, StaleDataError):
        return True
    is_postgres = getattr(fault.orig, "sqlstate", None) == _UNIQUE_VIOLATION
    return is_postgres or "UNIQUE constraint failed" in str(fault.orig)


def needs_understanding(event: Event) -> bool:
    """Words in a group that are not for the bot are not read."""
    match event:
        case TextSaid():
            private = event.origin.chat is not None and not event.origin.chat.is_group
            return private or event.mentions_bot or event.quoted_message_id is not None
        case TextEdited():
            return event.mentions_bot
    return False
