"""`flask doctor`: what is well, what is not, and what to do about it, in Thai and English."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot import orders
from bot.answers import LineFault
from bot.line_api import LineApi, ask_line
from bot.process import utc_now
from db import heartbeats, inbox, stations
from db.migrate import is_current

_PROCESSES = ("web", "worker", "sender", "scheduler")
_OLD_S = 60


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `advice` says what to do where it is not well."""

    check: str
    is_well: bool
    found: str
    advice: str = ""


@click.command()
@orders.as_json
def doctor(is_json: bool) -> None:
    """Look at the database, LINE, the queues and the processes; exits 1 where something is ill."""
    with orders.open_desk("doctor") as desk:
        findings = [*_look_at_database(desk), _ask_line(desk)]
    for finding in findings:
        _show(finding, is_json)
    if not all(finding.is_well for finding in findings):
        sys.exit(1)


def _show(finding: Finding, is_json: bool) -> None:
    if is_json:
        click.echo(json.dumps(asdict(finding), ensure_ascii=False))
        return
    mark = "ok " if finding.is_well else "ILL"
    click.echo(f"{mark} {finding.check}: {finding.found}")
    if finding.advice and not finding.is_well:
        click.echo(f"      → {finding.advice}")


def _look_at_database(desk: orders.Desk) -> Iterator[Finding]:
    try:
        is_new = is_current(desk.database)
    except SQLAlchemyError:
        is_new = False
    yield Finding(
        "schema",
        is_new,
        "current" if is_new else "older than this version",
        "run `flask migrate` / รัน `flask migrate`",
    )
    with desk.database.read() as session:
        yield _look_at_account(session, desk.station.id)
        yield _look_at_quota(session, desk.station.id)
        yield from _look_at_queue(session, desk.station.id)
        yield _look_at_processes(session)


def _look_at_account(session: Session, station_id: int) -> Finding:
    fault = stations.get_station(session, station_id).line_fault
    return Finding(
        "line_account",
        fault is None,
        fault or "no refusal recorded",
        "LINE refuses our token: put a fresh LINE_CHANNEL_ACCESS_TOKEN into .env and restart; what "
        "waits is sent then / LINE ไม่รับโทเคน ออกโทเคนใหม่ ใส่ใน .env แล้วเริ่มระบบใหม่ ข้อความที่รอจะส่งต่อ",
    )


def _look_at_quota(session: Session, station_id: int) -> Finding:
    row = stations.get_station(session, station_id)
    limit = "unlimited" if row.quota_limit is None else f"{row.quota_limit:,}"
    used = "unknown" if row.quota_used is None else f"{row.quota_used:,}"
    return Finding(
        "quota",
        row.quota_spent_at is None,
        f"{used} of {limit} messages this month",
        "the month's messages are spent: replies and emergencies still go, the rest waits. Raise the "
        "plan or the cap in LINE Official Account Manager / โควตาเดือนนี้หมด เพิ่มแพ็กเกจใน LINE OA Manager",
    )


def _look_at_queue(session: Session, station_id: int) -> Iterator[Finding]:
    oldest = inbox.oldest_new_at(session)
    age_s = (utc_now() - oldest).total_seconds() if oldest else 0
    yield Finding(
        "inbox",
        age_s <= _OLD_S,
        f"oldest unhandled event {age_s:.0f} s",
        "is the worker alive? / ตรวจว่า worker ทำงานอยู่",
    )
    parked = inbox.list_parked(session, station_id)
    kinds = ", ".join(sorted({f"{row.kind}: {row.fault}" for row in parked})[:5])
    yield Finding(
        "parked",
        not parked,
        f"{len(parked)} events could not be handled {kinds}".strip(),
        "read the worker's log at that time; they are kept for seven days / ดูบันทึกของ worker เวลานั้น",
    )


def _look_at_processes(session: Session) -> Finding:
    live = {row.kind for row in heartbeats.list_live(session, utc_now())}
    missing = [kind for kind in _PROCESSES if kind not in live]
    return Finding(
        "processes",
        not missing,
        f"alive: {', '.join(sorted(live & set(_PROCESSES))) or 'none'}",
        f"start: {', '.join(missing)} / ยังไม่ได้เริ่ม: {', '.join(missing)}",
    )


def _ask_line(desk: orders.Desk) -> Finding:
    """Chat mode "chat" would let every admin of the account read tips outside Yaam."""
    settings = desk.settings
    if settings.line_channel_access_token is None:
        return Finding("line", False, "no credentials", "put them into .env / ใส่ค่าใน .env")

    async def ask(api: LineApi) -> str:
        return str((await api.bot_info()).get("chatMode", "unknown"))

    try:
        mode = ask_line(
            settings.line_api_host, settings.line_content_host, settings.get_line_token(), ask
        )
    except LineFault as fault:
        return Finding(
            "line", False, str(fault), "check the token and the network / ตรวจโทเคนและเครือข่าย"
        )
    return Finding(
        "line",
        mode == "bot",
        f"answers, chat mode {mode}",
        "turn Chat off in LINE Official Account Manager: with it on, every admin of the account reads "
        "names and tips there / ปิด “แชท” ใน LINE OA Manager มิฉะนั้นผู้ดูแลทุกคนเห็นชื่อและเบาะแส",
    )
