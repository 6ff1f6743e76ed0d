"""Sealing: what is secret lies encrypted in the database, and is found again by keyed hashes.

AES-256-GCM (package cryptography). A seal begins with the id of its key, so that several keys
can be open at once while the first one seals (rotation). The context ("outbox.body") is bound
into the seal: a value moved to another column does not open.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_ID_BYTES = 4
_NONCE_BYTES = 12
_CHUNK_BYTES = 1 << 20
_TAG_BYTES = 16


class SealFault(Exception):
    """A seal does not open: its key is not among ours, or it was changed. Holds no content."""


class Seals:
    """Seals with the first key, opens with any."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError("every seal key must be 32 bytes, and there must be one")
        self._first = _key_id(keys[0])
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}

    @property
    def first_key_id(self) -> bytes:
        """How everything begins that the first key sealed."""
        return self._first

    def seal(self, data: bytes, context: str) -> bytes:
        """Shape: 4 bytes of key id, 12 of nonce, then the ciphertext with its tag."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._first].encrypt(nonce, data, context.encode())
        return self._first + nonce + sealed

    def open(self, sealed: bytes, context: str) -> bytes:
        """Raises SealFault."""
        cipher = self._cipher(sealed)
        nonce, rest = _split(sealed)
        try:
            return cipher.decrypt(nonce, rest, context.encode())
        except InvalidTag:
            raise SealFault(f"a seal of {context} was changed or belongs elsewhere") from None

    def seal_stream(self, chunks: Iterable[bytes], context: str) -> Iterator[bytes]:
        """Seal a large file in pieces of 1 MiB, so that it never lies whole in memory.

        Piece n is sealed under nonce + n, bound to n and to being the last one: pieces cannot be
        swapped, and a file cut short does not open.
        """
        nonce = os.urandom(_NONCE_BYTES)
        yield self._first + nonce
        cipher = self._ciphers[self._first]
        for number, piece, is_last in _numbered(_in_pieces(chunks, _CHUNK_BYTES)):
            yield cipher.encrypt(_nonce_at(nonce, number), piece, _bound(context, number, is_last))

    def open_stream(self, chunks: Iterable[bytes], context: str) -> Iterator[bytes]:
        """The inverse of `seal_stream`. Raises SealFault, at the piece where it fails."""
        pieces = _in_pieces(chunks, _CHUNK_BYTES + _TAG_BYTES, first=_ID_BYTES + _NONCE_BYTES)
        head = next(pieces, b"")
        cipher = self._cipher(head)
        nonce, _ = _split(head)
        for number, piece, is_last in _numbered(pieces):
            try:
                bound = _bound(context, number, is_last)
                yield cipher.decrypt(_nonce_at(nonce, number), piece, bound)
            except InvalidTag:
                raise SealFault(f"a sealed file of {context} was changed or cut") from None

    def _cipher(self, sealed: bytes) -> AESGCM:
        cipher = self._ciphers.get(bytes(sealed[:_ID_BYTES]))
        if cipher is None or len(sealed) < _ID_BYTES + _NONCE_BYTES:
            raise SealFault("no key of SEAL_KEY fits this seal")
        return cipher


class StationSeals:
    """The seals of one station: text in and out, and the keyed hashes that find LINE ids."""

    def __init__(self, seals: Seals, lookup_key: bytes) -> None:
        self._seals = seals
        self._lookup_key = lookup_key

    def key(self, kind: str, value: str) -> bytes:
        """HMAC-SHA256 of the station over (kind, value); 32 bytes, equal for equal values."""
        message = f"{kind}\0{value}".encode("utf-8", "replace")
        # Not hmac.digest: see the webhook's signature.
        return hmac.new(self._lookup_key, message, "sha256").digest()

    def seal(self, data: bytes, context: str) -> bytes:
        return self._seals.seal(data, context)

    def open(self, sealed: bytes, context: str) -> bytes:
        return self._seals.open(sealed, context)

    def seal_text(self, text: str, context: str) -> bytes:
        return self._seals.seal(text.encode("utf-8", "replace"), context)

    def open_text(self, sealed: bytes, context: str) -> str:
        return self._seals.open(sealed, context).decode()

    @property
    def streams(self) -> Seals:
        """The seals underneath, for files."""
        return self._seals


def new_lookup_key() -> bytes:
    return os.urandom(KEY_BYTES)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"yaam seal key id" + key).digest()[:_ID_BYTES]


def _split(sealed: bytes) -> tuple[bytes, bytes]:
    start = _ID_BYTES + _NONCE_BYTES
    return sealed[_ID_BYTES:start], sealed[start:]


def _nonce_at(nonce: bytes, number: int) -> bytes:
    value = (int.from_bytes(nonce) + number) % (1 << (8 * _NONCE_BYTES))
    return value.to_bytes(_NONCE_BYTES)


def _bound(context: str, number: int, is_last: bool) -> bytes:
    return f"{context}\0{number}\0{int(is_last)}".encode()


def _in_pieces(chunks: Iterable[bytes], size: int, first: int | None = None) -> Iterator[bytes]:
    """The same bytes cut anew into pieces of `size` (the first one of `first`)."""
    rest = b""
    wanted = first if first is not None else size
    for chunk in chunks:
        rest += chunk
        while len(rest) >= wanted:
            yield rest[:wanted]
            rest, wanted = rest[wanted:], size
    if rest:
        yield rest


def _numbered(pieces: Iterator[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """Number the pieces and tell the last; an empty file has one empty piece."""
    number, held = 0, next(pieces, b"")
    for piece in pieces:
        yield number, held, False
        number, held = number + 1, piece
    yield number, held, True
