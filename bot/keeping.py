"""`flask retention`: how long things are kept, and what has had its time."""

from datetime import timedelta

import click

from bot import orders
from bot.process import utc_now
from db import retention


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Show what would go now; erase nothing.")
@orders.as_json
def keep(dry_run: bool, is_json: bool) -> None:
    """How long each kind is kept and how many rows have had their time; erases those.

    The scheduler does the same every five minutes.
    """
    with orders.open_desk("retention") as desk:
        with desk.database.read() as session:
            due = list(retention.count_due(session, utc_now()))
        if not dry_run:
            desk.dispatch.clean(utc_now())
    for one in due:
        if is_json:
            row = {"kind": one.kind, "life_s": int(one.life.total_seconds()), "due": one.count}
            orders.show(row, is_json)
        else:
            click.echo(f"{one.kind:<34} {_say(one.life):>10} {one.count:>9,}")
    if not dry_run and not is_json:
        click.echo("erased / ลบแล้ว", err=True)


def _say(life: timedelta) -> str:
    if not life:
        return "72 h"
    return f"{life.days} days" if life.days > 1 else f"{life.total_seconds() / 3600:.0f} h"
