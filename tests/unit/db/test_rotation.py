"""After a rotation the new key alone opens everything, whatever else went on meanwhile."""

import pytest
from sqlalchemy import LargeBinary, func, select
from sqlmodel import SQLModel

from db import rotation
from db.media import MediaFolder
from db.models import AuditEntry
from db.seals import SealFault, Seals
from db.stations import list_stations, open_station
from tests.unit.full_station import fill
from tests.unit.outbox_rows import put

OLD = bytes(range(32))  # the key of the fixture `seals`
NEW = bytes(32)
BOTH = Seals((NEW, OLD))


@pytest.fixture
def media(tmp_path):
    return MediaFolder(tmp_path / "media", Seals((OLD,)))


def list_seals(database):
    """(value, context) of every sealed value."""
    for table, contexts in rotation.list_sealed():
        for name, context in contexts.items():
            query = select(table.c[name]).where(table.c[name].is_not(None))
            with database.read() as session:
                for (value,) in session.connection().execute(query):
                    yield bytes(value), f"{table.name}.{name}", context


def test_every_column_of_bytes_is_sealed_or_a_keyed_hash():
    assert rotation.find_unknown() == []


def test_lists_name_only_columns_of_bytes_that_exist():
    tables = SQLModel.metadata.tables
    for listed in (rotation.SEALED, rotation.KEYED):
        for table, columns in listed.items():
            for column in columns:
                assert isinstance(tables[table].c[column].type, LargeBinary)
    for table, contexts in rotation.SEALED.items():
        assert contexts.keys().isdisjoint(rotation.KEYED.get(table, set()))


def test_after_rotation_the_new_key_alone_opens_all(database, station, clock, media, tmp_path):
    fill(database, station, clock, media)
    before = {(name, BOTH.open(value, context)) for value, name, context in list_seals(database)}
    assert {name for name, _ in before} == {
        f"{table}.{column}" for table, columns in rotation.SEALED.items() for column in columns
    }, "a sealed column is not filled by this test"

    done = list(rotation.rotate(database, BOTH, MediaFolder(tmp_path / "media", BOTH)))

    alone = Seals((NEW,))
    assert {
        (name, alone.open(value, context)) for value, name, context in list_seals(database)
    } == before
    for value, _, context in list_seals(database):
        with pytest.raises(SealFault):
            Seals((OLD,)).open(value, context)
    (path,) = media.list_paths()
    assert b"".join(MediaFolder(tmp_path / "media", alone).read(path.name)) == b"photo"
    assert {one.what: one.changed for one in done} == dict.fromkeys([*rotation.SEALED, "media"], 1)
    assert not any(one.left or one.lost for one in done)
    with database.read() as session:
        (row,) = list_stations(session)
        assert open_station(row, alone).seals.key("a", "b") == station.seals.key("a", "b")


def test_second_rotation_finds_nothing(database, station, clock, media, tmp_path):
    fill(database, station, clock, media)
    folder = MediaFolder(tmp_path / "media", BOTH)
    assert sum(one.changed for one in rotation.count_old(database, BOTH, folder)) == 10
    list(rotation.rotate(database, BOTH, folder))
    assert sum(one.changed for one in rotation.rotate(database, BOTH, folder)) == 0
    assert sum(one.changed for one in rotation.count_old(database, BOTH, folder)) == 0


def test_counting_changes_nothing(database, station, clock, media, tmp_path):
    fill(database, station, clock, media)
    before = list(list_seals(database))
    list(rotation.count_old(database, BOTH, MediaFolder(tmp_path / "media", BOTH)))
    assert list(list_seals(database)) == before


def test_many_rows_go_in_batches(database, station, clock, media, monkeypatch):
    for _ in range(7):
        put(database, station, clock)
    monkeypatch.setattr(rotation, "BATCH", 3)
    done = {one.what: one for one in rotation.rotate(database, BOTH, media)}
    assert done["outbox"].changed == 7


def test_value_changed_meanwhile_is_left(database, station, clock, media, monkeypatch):
    """A process erased the draft between our look and our turn: it must not come back."""
    fill(database, station, clock, media)
    reseal = rotation._reseal

    def erase_first(row, seals, contexts):
        if "draft" in contexts:
            with database.write() as session:
                session.connection().execute(
                    SQLModel.metadata.tables["conversation"].update().values(draft=None)
                )
        return reseal(row, seals, contexts)

    monkeypatch.setattr(rotation, "_reseal", erase_first)
    done = {one.what: one for one in rotation.rotate(database, BOTH, media)}
    assert (done["conversation"].changed, done["conversation"].left) == (0, 1)
    assert not [name for _, name, _ in list_seals(database) if name == "conversation.draft"]


def test_photo_unsent_meanwhile_stays_away(database, station, clock, media, tmp_path, monkeypatch):
    fill(database, station, clock, media)
    folder = MediaFolder(tmp_path / "media", BOTH)
    reseal = folder.reseal

    def unsend_first(name):
        with database.write() as session:
            session.connection().execute(
                SQLModel.metadata.tables["attachment"].update().values(file_name=None)
            )
        reseal(name)

    monkeypatch.setattr(folder, "reseal", unsend_first)
    list(rotation.rotate(database, BOTH, folder))
    assert folder.list_paths() == []


def test_what_no_key_opens_is_told_and_left(database, station, clock, media, tmp_path):
    fill(database, station, clock, media)
    stranger = Seals((b"s" * 32,))
    done = list(rotation.rotate(database, stranger, MediaFolder(tmp_path / "media", stranger)))
    assert {one.lost for one in done} == {1}
    assert all(Seals((OLD,)).open(value, context) for value, _, context in list_seals(database))


def test_logs_are_not_touched(database, station, clock, media):
    """They are append-only, and hold nothing sealed."""
    assert not {"case_entry", "audit_entry"} & rotation.SEALED.keys()
    fill(database, station, clock, media)
    list(rotation.rotate(database, BOTH, media))
    with database.read() as session:
        assert session.connection().execute(select(func.count(AuditEntry.id))).scalar_one() == 0
