"""The sealed files that lie beside the rows: photos, videos, voices of cases."""

import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from db.seals import Seals

_CONTEXT = "media"
_READ_BYTES = 1 << 18
_STRAY_AGE = timedelta(days=1)


class MediaFolder:
    """Writes a file sealed and whole or not at all; its name tells nothing."""

    def __init__(self, folder: Path, seals: Seals) -> None:
        self._folder = folder
        self._seals = seals

    def write(self, chunks: Iterable[bytes]) -> str:
        """Returns the new file's name."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = secrets.token_hex(16)
        draft = self._folder / f".{name}"
        try:
            self._fill(draft, chunks)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        draft.rename(self._folder / name)
        return name

    def _fill(self, draft: Path, chunks: Iterable[bytes]) -> None:
        # Opened by hand: the file is private from its first byte on.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(self._seals.seal_stream(chunks, _CONTEXT))
            file.flush()
            os.fsync(file.fileno())

    def read(self, name: str) -> Iterator[bytes]:
        """Raises FileNotFoundError at once, SealFault while reading."""
        file = (self._folder / _checked(name)).open("rb")
        return self._opened(file)

    def list_old(self) -> list[str]:
        """The files that another key than the first one sealed."""
        first = self._seals.first_key_id
        return [path.name for path in self.list_paths() if _head(path, len(first)) != first]

    def list_paths(self) -> list[Path]:
        """Every whole file; drafts are not among them."""
        if not self._folder.is_dir():
            return []
        return sorted(path for path in self._folder.iterdir() if _is_name(path.name))

    def reseal(self, name: str) -> None:
        """Seal a file with the first key, whole or not at all. Raises as `read` does."""
        draft = self._folder / f".{secrets.token_hex(16)}"
        try:
            self._fill(draft, self.read(name))
            draft.replace(self._folder / name)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def erase(self, name: str) -> None:
        (self._folder / _checked(name)).unlink(missing_ok=True)

    def erase_strays(self, named: set[str], now: datetime) -> None:
        """Erase files older than a day that no row names: left by a crash or an unsent message."""
        if not self._folder.is_dir():
            return
        oldest = (now - _STRAY_AGE).timestamp()
        for path in self._folder.iterdir():
            if path.name not in named and path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def _opened(self, file: BinaryIO) -> Iterator[bytes]:
        with file:
            chunks = iter(lambda: file.read(_READ_BYTES), b"")
            yield from self._seals.open_stream(chunks, _CONTEXT)


def _head(path: Path, size: int) -> bytes:
    """Nothing where the file was erased meanwhile."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError:
        return b""


def _is_name(name: str) -> bool:
    return len(name) == 32 and all(letter in "0123456789abcdef" for letter in name)


def _checked(name: str) -> str:
    if not _is_name(name):
        raise FileNotFoundError(name)
    return name
