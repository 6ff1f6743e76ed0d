"""The operator backs up, loses everything, restores, and decides on what was unsent."""

import json

import pytest

from bot.backup import backup, outbox, restore
from bot.cli import export
from bot.process import utc_now
from db import heartbeats, people
from db.media import MediaFolder
from db.seals import Seals
from tests.unit.bot.shell import KEY, Shell
from tests.unit.full_station import fill, is_known
from tests.unit.outbox_rows import load, put


@pytest.fixture
def shell(database_url, database, station, clock, tmp_path, monkeypatch):
    fill(database, station, clock, MediaFolder(tmp_path / "media", Seals((KEY,))))
    return Shell(monkeypatch, database_url, tmp_path / "media")


@pytest.fixture
def file(shell, tmp_path):
    path = tmp_path / "night.yaam"
    done = shell.run(backup, path, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["media"] == 1
    return path


@pytest.fixture
def elsewhere(shell, tmp_path):
    """Another machine: no database, no media."""
    shell.set("DATABASE_URL", f"sqlite:///{tmp_path}/there/yaam.db")
    shell.set("MEDIA_DIR", str(tmp_path / "there/media"))
    return tmp_path / "there"


def test_everything_is_there_again_on_another_machine(shell, file, elsewhere):
    done = shell.run(restore, file, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["held"] == 1
    assert "1 messages that were unsent" in done.stderr
    assert "คำ" in shell.run(export, "messages", "--with-text").stdout
    media = MediaFolder(elsewhere / "media", Seals((KEY,)))
    assert [b"".join(media.read(path.name)) for path in media.list_paths()] == [b"photo"]
    assert not list(elsewhere.glob(".backup*"))


def test_filled_database_is_only_replaced_when_asked(shell, file, database, station, clock):
    with database.write() as session:
        people.add_person(session, station, "U" + "5" * 32, clock())
    refused = shell.run(restore, file)
    assert refused.exit_code == 1
    assert "--replace" in refused.stderr
    database.dispose()
    done = shell.run(restore, file, "--replace")
    assert done.exit_code == 0, done.stderr
    with database.read() as session:
        assert not is_known(session, station, "U" + "5" * 32)
        assert is_known(session, station, "U" + "1" * 32)


def test_never_beneath_running_processes(shell, file, database):
    with database.write() as session:
        heartbeats.beat(session, "worker@1", "worker", utc_now())
    refused = shell.run(restore, file, "--replace")
    assert refused.exit_code == 1
    assert "running: worker" in refused.stderr


def test_old_backup_needs_the_old_key_beside_the_new(shell, file, elsewhere):
    new = bytes(32)
    shell.set_keys(new)
    refused = shell.run(restore, file)
    assert refused.exit_code == 1
    assert "no key of SEAL_KEY opens it" in refused.stderr
    shell.set_keys(new, KEY)
    assert shell.run(restore, file).exit_code == 0


def test_spoiled_file_leaves_the_database_alone(shell, file, database, station, clock):
    data = file.read_bytes()
    file.write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
    refused = shell.run(restore, file, "--replace")
    assert refused.exit_code == 1
    assert "cut or changed" in refused.stderr
    with database.read() as session:
        assert is_known(session, station, "U" + "1" * 32)


def test_file_in_the_way_is_kept(shell, file):
    before = file.read_bytes()
    refused = shell.run(backup, file)
    assert refused.exit_code == 1
    assert "there is a file of that name already" in refused.stderr
    assert file.read_bytes() == before


def test_folder_that_is_not_there_is_told_plainly(shell, tmp_path):
    refused = shell.run(backup, tmp_path / "absent" / "file")
    assert refused.exit_code == 1
    assert "No such file or directory" in refused.stderr


def test_held_messages_are_listed_released_and_dropped(shell, database, station, clock):
    second = put(database, station, clock, chat="bob")
    with database.write() as session:
        from db import held

        assert held.hold_unsent(session, clock()) == 2
    rows = [json.loads(line) for line in shell.run(outbox, "list", "--json").stdout.splitlines()]
    assert [row["to"] for row in rows] == ["person", "person"]
    assert "text" not in rows[0]
    assert "สวัสดี" in shell.run(outbox, "list", "--with-text").stdout
    assert shell.run(outbox, "release", second.id).stdout == "released: 1\n"
    assert load(database, second).state == "queued"
    assert shell.run(outbox, "drop", "--all").stdout == "dropped: 1\n"
    assert shell.run(outbox, "list").stdout == ""


@pytest.mark.parametrize("args", [("release",), ("drop", "--all", "1"), ("drop", "999")])
def test_nothing_is_decided_by_mistake(shell, args):
    assert shell.run(outbox, *args).exit_code != 0
