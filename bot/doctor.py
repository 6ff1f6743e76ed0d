"""`flask doctor`: what is well, what is not, and what to do about it, in Thai and English.

The scheduler asks the same after its start and hourly, and logs what is ill.
"""

import json
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

import click
import structlog

from bot import logs, orders
from bot.checks import OwnChecks
from bot.findings import Finding, run_checks
from bot.line_checks import LineChecks
from bot.process import utc_now
from bot.settings import Settings, load_settings_or_exit
from db.engine import Database

log = structlog.get_logger()


@click.command()
@orders.as_json
def doctor(is_json: bool) -> None:
    """Look at the database, LINE, the way from outside, the processes; exits 1 where one is ill."""
    logs.configure("doctor", stream="stderr")
    settings = load_settings_or_exit()
    database = Database(settings.database_url)
    findings = examine(settings, database)
    for finding in findings:
        _show(finding, is_json)
    database.dispose()
    if not all(finding.is_well for finding in findings):
        sys.exit(1)


def examine(
    settings: Settings,
    database: Database,
    clock: Callable[[], datetime] = utc_now,
    stop: threading.Event | None = None,
) -> list[Finding]:
    """Everything that can be looked at, within half a minute. Never raises."""
    own, line = OwnChecks(settings, database, clock), LineChecks(settings, database, clock)
    return run_checks(own.list_checks() | line.list_checks(), stop)


def log_ill(findings: list[Finding]) -> None:
    for finding in findings:
        if not finding.is_well:
            log.warning("check_ill", check=finding.check, found=finding.found)
    log.info("checked", ill=sum(not one.is_well for one in findings), checks=len(findings))


def _show(finding: Finding, is_json: bool) -> None:
    if is_json:
        click.echo(json.dumps(asdict(finding), ensure_ascii=False))
        return
    mark = "ok " if finding.is_well else "ILL"
    click.echo(f"{mark} {finding.check}: {finding.found}")
    if finding.advice and not finding.is_well:
        click.echo(f"      → {finding.advice}")
