"""A backup as one sealed file: a tar of the database, the media and a manifest.

Sealed as a stream with SEAL_KEY, which stays apart: the file alone tells nothing, and one that was
cut or changed does not open. Written and read in pieces, never whole in memory.
"""

import hashlib
import io
import json
import os
import secrets
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from db.seals import SealFault, Seals

DATABASE = "database.sqlite"
MANIFEST = "manifest.json"
MEDIA = "media/"
_FORMAT = 1
_CONTEXT = "backup"
_READ_BYTES = 1 << 18


class ArchiveFault(Exception):
    """The file is no backup of ours, or not whole. In plain words, without content."""


def write(
    path: Path, seals: Seals, database: Path, media: Iterable[Path], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Write the archive whole or not at all; returns its manifest. Raises FileExistsError.

    A media file that was erased since it was listed is left out.
    """
    if path.exists():
        raise FileExistsError(path)
    manifest: dict[str, Any] = {"format": _FORMAT, **facts, "files": {}}
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(seals.seal_stream(_pack(database, media, manifest), _CONTEXT))
            file.flush()
            os.fsync(file.fileno())
        # Unlike a renaming, a link never takes the place of a file that came meanwhile.
        path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def unpack(path: Path, seals: Seals, folder: Path) -> dict[str, Any]:
    """Lay the archive's files into `folder` and check them; returns the manifest.

    Raises ArchiveFault, FileNotFoundError.
    """
    found: dict[str, dict[str, Any]] = {}
    (folder / MEDIA).mkdir(mode=0o700)
    try:
        with _opened(path, seals) as tar:
            for member in tar:
                if member.name != MANIFEST and not _is_known(member.name):
                    raise ArchiveFault("it holds a file that no backup of Yaam has")
                data = tar.extractfile(member)
                if data is None:
                    raise ArchiveFault("it holds something that is not a file")
                found[member.name] = _lay(data, folder / member.name)
    except SealFault:
        raise ArchiveFault(
            "no key of SEAL_KEY opens it, or it was cut or changed: give the key that was in use "
            "when it was made"
        ) from None
    except (tarfile.TarError, EOFError):
        raise ArchiveFault("it is not a backup of Yaam") from None
    return _check(folder, found)


def _check(folder: Path, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if found.pop(MANIFEST, None) is None:
        raise ArchiveFault("its manifest is missing")
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    if manifest.get("format") != _FORMAT:
        raise ArchiveFault("a newer version of Yaam made it")
    if manifest["files"] != found or DATABASE not in found:
        raise ArchiveFault("its files are not those that its manifest names")
    return manifest


def _pack(database: Path, media: Iterable[Path], manifest: dict[str, Any]) -> Iterator[bytes]:
    """A tar's bytes. The manifest comes last, since it holds what was read."""
    files: dict[str, Any] = manifest["files"]
    for name, path in [(DATABASE, database), *((MEDIA + one.name, one) for one in media)]:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            continue
        with file:
            size = os.fstat(file.fileno()).st_size
            digest = hashlib.sha256()
            yield _head(name, size)
            for chunk in iter(lambda: file.read(_READ_BYTES), b""):  # noqa: B023 (used at once)
                digest.update(chunk)
                yield chunk
            yield _padding(size)
        files[name] = {"bytes": size, "sha256": digest.hexdigest()}
    text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    yield _head(MANIFEST, len(text)) + text + _padding(len(text)) + bytes(2 * tarfile.BLOCKSIZE)


def _head(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def _is_known(name: str) -> bool:
    file = name.removeprefix(MEDIA)
    is_media = file != name and len(file) == 32 and set(file) <= set("0123456789abcdef")
    return name == DATABASE or is_media


def _lay(data: Any, path: Path) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in iter(lambda: data.read(_READ_BYTES), b""):
            digest.update(chunk)
            size += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return {"bytes": size, "sha256": digest.hexdigest()}


@contextmanager
def _opened(path: Path, seals: Seals) -> Iterator[tarfile.TarFile]:
    with path.open("rb") as file:
        chunks = seals.open_stream(iter(lambda: file.read(_READ_BYTES), b""), _CONTEXT)
        stream = io.BufferedReader(_Chunks(chunks), _READ_BYTES)
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            yield tar
        # To the end: only the last piece proves that nothing was cut off.
        while stream.read(_READ_BYTES):
            pass


class _Chunks(io.RawIOBase):
    """Pieces of bytes as a file that can be read once."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._chunks, None)
            if piece is None:
                return 0
            self._rest = piece
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)
