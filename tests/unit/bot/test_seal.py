"""The operator exchanges the seal key, and what he is told on the way."""

import json

import pytest

from bot.cli import export
from bot.seal import seal
from db import people
from db.media import MediaFolder
from db.seals import Seals
from tests.unit.bot.shell import KEY as OLD
from tests.unit.bot.shell import Shell
from tests.unit.full_station import fill

NEW = bytes(32)


@pytest.fixture
def shell(database_url, database, station, clock, tmp_path, monkeypatch):
    media = tmp_path / "media"
    fill(database, station, clock, MediaFolder(media, Seals((OLD,))))
    return Shell(monkeypatch, database_url, media)


def test_rotation_and_then_the_old_key_is_dropped(shell):
    shell.set_keys(NEW, OLD)
    counted = shell.run(seal, "rotate", "--dry-run", "--json")
    assert counted.exit_code == 0, counted.output + repr(counted.exception)
    rows = [json.loads(line) for line in counted.stdout.splitlines()]
    assert sum(row["changed"] for row in rows) == 10
    done = shell.run(seal, "rotate")
    assert done.exit_code == 0
    assert "can be taken out" in done.stderr
    shell.set_keys(NEW)
    assert "คำ" in shell.run(export, "messages", "--with-text").stdout


@pytest.mark.parametrize("command", [(export, "cases", "--with-text"), (seal, "rotate")])
def test_without_the_key_nothing_opens_and_the_reason_is_plain(shell, command):
    shell.set_keys(NEW)
    done = shell.run(*command)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: SEAL_KEY is not the key")


def test_missing_older_key_is_told(shell, database, station, clock):
    shell.set_keys(NEW, OLD)
    shell.run(seal, "rotate")
    with database.write() as session:
        people.add_person(session, station, "U" + "9" * 32, clock())  # seals with OLD
    shell.set_keys(NEW)
    done = shell.run(seal, "rotate")
    assert done.exit_code == 1
    assert "none of the keys" in done.stderr
