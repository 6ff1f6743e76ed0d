"""`flask inbox`: events that were given up after five failures, and another try for them."""

import click

from bot import orders
from bot.orders import ROW_ID
from bot.process import utc_now
from db import inbox as events
from db.stations import add_audit
from handlers.operating import OPERATOR


@click.group()
def inbox() -> None:
    """Events from LINE that could not be handled: list, retry."""


@inbox.command("list")
@orders.as_json
def list_parked(is_json: bool) -> None:
    """What is parked and can be tried again: within seven days, then its words are erased."""
    with orders.open_desk("inbox") as desk, desk.database.read() as session:
        for row in events.list_parked(session, desk.station.id):
            shown = {
                "event": row.id,
                "kind": row.kind,
                "fault": row.fault,
                "came_at": row.received_at,
                "parked_at": row.handled_at,
            }
            desk.show(shown, is_json)


@inbox.command("retry")
@click.argument("event_ids", metavar="EVENT...", type=ROW_ID, nargs=-1, required=True)
def retry(event_ids: tuple[int, ...]) -> None:
    """Hand events to the worker again, after what made them fail was mended."""
    with orders.open_desk("inbox") as desk, desk.database.write() as session:
        now, known = utc_now(), {row.id for row in events.list_parked(session, desk.station.id)}
        if unknown := set(event_ids) - known:
            raise click.ClickException(f"not parked: {', '.join(map(str, sorted(unknown)))}")
        count = events.retry_parked(session, desk.station.id, sorted(set(event_ids)), now)
        for event_id in sorted(set(event_ids)):
            subject = f"inbox_event {event_id}"
            add_audit(session, desk.station.id, now, OPERATOR, "event_retried", subject)
    click.echo(f"retried: {count}")
