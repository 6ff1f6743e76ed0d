"""The sealed file opens whole with its key, and not at all otherwise."""

import pytest

from db import archive
from db.archive import ArchiveFault
from db.seals import Seals

KEY = Seals((bytes(32),))
NAMES = ("a" * 32, "b" * 32)
FACTS = {"schema": "0001"}


@pytest.fixture
def files(tmp_path):
    database = tmp_path / "database"
    database.write_bytes(b"rows" * 700_000)
    media = [tmp_path / name for name in NAMES]
    for path in media:
        path.write_bytes(path.name.encode() * 10)
    return database, media


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def write(tmp_path, files):
    path = tmp_path / "file.yaam"
    archive.write(path, KEY, *files, FACTS)
    return path


def test_comes_back_as_it_was(tmp_path, files, target):
    path = write(tmp_path, files)
    manifest = archive.unpack(path, KEY, target)
    database, media = files
    assert (target / archive.DATABASE).read_bytes() == database.read_bytes()
    for one in media:
        assert (target / "media" / one.name).read_bytes() == one.read_bytes()
    assert manifest["schema"] == "0001"
    assert len(manifest["files"]) == 3


def test_tells_nothing_and_is_private(tmp_path, files):
    path = write(tmp_path, files)
    data = path.read_bytes()
    for word in (b"rows", b"0001", b"ustar", b"manifest", NAMES[0].encode()):
        assert word not in data
    assert path.stat().st_mode & 0o077 == 0


def test_never_takes_the_place_of_a_file(tmp_path, files):
    path = write(tmp_path, files)
    with pytest.raises(FileExistsError):
        archive.write(path, KEY, *files, FACTS)
    assert not list(tmp_path.glob(".file*"))


def test_disk_full_leaves_no_half_file(tmp_path, files, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path, files)
    assert not list(tmp_path.glob("*file*"))


def test_media_erased_meanwhile_is_left_out(tmp_path, files, target):
    files[1][0].unlink()
    manifest = archive.unpack(write(tmp_path, files), KEY, target)
    assert set(manifest["files"]) == {archive.DATABASE, f"media/{NAMES[1]}"}


def _cut(data):
    return data[: len(data) - (1 << 20)]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda data: data[:-1], "cut or changed"),
        (_cut, "cut or changed"),
        (lambda data: data[:99] + bytes([data[99] ^ 1]) + data[100:], "cut or changed"),
        (lambda data: b"", "no key"),
        (lambda data: b"PK" + bytes(500), "no key"),
        (
            lambda data: b"".join(KEY.seal_stream([b"something else" * 99], "backup")),
            "not a backup",
        ),
        (lambda data: b"".join(KEY.seal_stream([b""], "backup")), "not a backup"),
    ],
)
def test_spoiled_file_is_refused(tmp_path, files, target, spoil, words):
    path = write(tmp_path, files)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(ArchiveFault, match=words):
        archive.unpack(path, KEY, target)


def test_another_key_does_not_open_it(tmp_path, files, target):
    path = write(tmp_path, files)
    with pytest.raises(ArchiveFault, match="no key of SEAL_KEY"):
        archive.unpack(path, Seals((b"x" * 32,)), target)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "media/../x", "media/x", "other"])
def test_strange_names_are_refused(tmp_path, target, name):
    stream = archive._head(name, 0) + bytes(1024)
    path = tmp_path / "file"
    path.write_bytes(b"".join(KEY.seal_stream([stream], "backup")))
    with pytest.raises(ArchiveFault, match="no backup of Yaam has"):
        archive.unpack(path, KEY, target)
