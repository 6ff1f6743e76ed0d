"""The operator sees what has had its time, and a dry run erases nothing."""

import json
from datetime import timedelta

import pytest

from bot.keeping import keep
from bot.process import utc_now
from db.models import Tombstone
from tests.unit.bot.shell import Shell


@pytest.fixture
def shell(database_url, database, station, tmp_path, monkeypatch):
    with database.write() as session:
        old = utc_now() - timedelta(days=31)
        session.add(Tombstone(station_id=station.id, message_key=b"m", at=old))
    return Shell(monkeypatch, database_url, tmp_path / "media")


def _due(done):
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["kind"]: row["due"] for row in rows if row["due"]}


def test_dry_run_shows_and_erases_nothing(shell):
    for _ in range(2):
        assert _due(shell.run(keep, "--dry-run", "--json")) == {"marks of unsent messages": 1}


def test_without_it_what_is_due_goes(shell):
    assert "30 days" in shell.run(keep).stdout
    assert _due(shell.run(keep, "--dry-run", "--json")) == {}
