"""Seals: what is sealed opens with its key in its context, and in no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.media import MediaFolder
from db.seals import SealFault, Seals, StationSeals

OLD, NEW = bytes(32), bytes(range(32))
MIB = 1 << 20


@given(st.binary())
def test_what_is_sealed_opens(data):
    seals = Seals((OLD,))
    assert seals.open(seals.seal(data, "words"), "words") == data


def test_words_are_not_in_the_seal():
    assert "ความลับ".encode() not in Seals((OLD,)).seal("ความลับ".encode(), "words")


def test_seal_of_another_context_or_key_or_changed_does_not_open():
    sealed = Seals((OLD,)).seal(b"x", "words")
    for seals, value, context in [
        (Seals((OLD,)), sealed, "person"),
        (Seals((NEW,)), sealed, "words"),
        (Seals((OLD,)), sealed[:-1] + bytes([sealed[-1] ^ 1]), "words"),
        (Seals((OLD,)), b"", "words"),
    ]:
        with pytest.raises(SealFault):
            seals.open(value, context)


def test_after_rotation_the_old_opens_and_the_new_seals():
    sealed = Seals((OLD,)).seal(b"x", "words")
    rotated = Seals((NEW, OLD))
    assert rotated.open(sealed, "words") == b"x"
    assert Seals((NEW,)).open(rotated.seal(b"y", "words"), "words") == b"y"


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 7])
def test_file_of_any_size_comes_back(tmp_path, size):
    folder = MediaFolder(tmp_path / "media", Seals((OLD,)))
    data = bytes(i % 251 for i in range(997)) * (size // 997 + 1)
    data = data[:size]
    name = folder.write(data[i : i + 70_001] for i in range(0, size, 70_001))
    assert b"".join(folder.read(name)) == data
    folder.erase(name)
    with pytest.raises(FileNotFoundError):
        folder.read(name)


@pytest.mark.parametrize("name", ["../yaam.db", "", "x" * 32, "a" * 31])
def test_file_outside_the_folder_is_not_found(tmp_path, name):
    with pytest.raises(FileNotFoundError):
        MediaFolder(tmp_path, Seals((OLD,))).read(name)


def test_file_cut_short_does_not_open(tmp_path):
    folder = MediaFolder(tmp_path, Seals((OLD,)))
    name = folder.write([b"a" * (2 * MIB)])
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[: MIB + 16 + 16])
    with pytest.raises(SealFault):
        list(folder.read(name))


def test_lookup_keys_differ_by_kind_value_and_station():
    seals = Seals((OLD,))
    one, other = StationSeals(seals, b"1" * 32), StationSeals(seals, b"2" * 32)
    keys = {
        one.key("user", "U1"),
        one.key("user", "U2"),
        one.key("group", "U1"),
        other.key("user", "U1"),
    }
    assert len(keys) == 4
    assert one.key("user", "U1") == one.key("user", "U1")
