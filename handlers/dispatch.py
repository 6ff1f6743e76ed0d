"""The doors of this room, and the only module in it that opens transactions: load → decide → save.

A decision lost to another door's change is taken anew. Nothing slow happens inside: a text is
understood before, media files are erased after.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from db import alerts as alert_rows
from db import inbox, retention
from db.engine import Database
from db.media import MediaFolder
from db.stations import OpenStation
from handlers import planning
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
        """What has come due of alerts. Returns how much was done; safe to call twice at once."""
        with self._database.read() as session:
            if not alert_rows.has_due(session, now):
                return 0
        return self._again(lambda: self._tick_once(now))

    def clean(self, now: datetime) -> int:
        """Erase what has had its time. Returns how many rows went or were emptied."""
        with self._database.write() as session:
            erased = retention.erase_due(session, now)
            kept = retention.list_media_files(session)
        self._media.erase_strays(kept, now)
        return erased

    def operate(self, station_id: int, command: Command, now: datetime) -> dict[str, object]:
        """An operator's command. Raises ValueError or LookupError in plain words."""
        station = self._stations[station_id]
        with self._database.write() as session:
            return operate(session, station, command, self._timezone, self._ids, now)

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
                station, self._timezone, now, row.received_at, row.conversation_key, self._ids
            )
            loaded = load(session, context, event, understood, self._link_media)
            decision = decide(loaded.situation, event)
            saver = Saver(session, context, event, loaded)
            saver.save(decision)
            kind = event.kind if isinstance(event, Ignored) else type(event).__name__
            inbox.mark_handled(session, row, now, kind, decision.result, saver.touched_case_id)
        for name in saver.media_to_erase:
            self._media.erase(name)
        return decision.result

    def _tick_once(self, now: datetime) -> int:
        with self._database.write() as session:
            posts = planning.Posts(session, self._stations, self._ids, now)
            started = planning.start_due(session, self._timezone, now, posts)
        with self._database.write() as session:
            posts = planning.Posts(session, self._stations, self._ids, now)
            return (
                started
                + planning.expand(session, now, posts)
                + planning.finish(session, now, posts)
            )

    def _again(self, act: Callable[[], Result]) -> Result:
        """A race for one row (a version, a unique key) is settled by looking again."""
        for attempt in range(1, _RETRIES + 1):
            try:
                return act()
            except (StaleDataError, IntegrityError) as race:
                log.info("decided_again", attempt=attempt, race=type(race).__name__)
                if attempt == _RETRIES:
                    raise
        raise AssertionError("unreachable")


def needs_understanding(event: Event) -> bool:
    """Words in a group that are not for the bot are not read."""
    match event:
        case TextSaid():
            private = event.origin.chat is not None and not event.origin.chat.is_group
            return private or event.mentions_bot or event.quoted_message_id is not None
        case TextEdited():
            return event.mentions_bot
    return False
