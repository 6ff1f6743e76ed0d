"""Identifiers in the forms that LINE gives them."""

import hashlib
import itertools
import secrets
import threading
import time
import uuid

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_user_id() -> str:
    """`U` and 32 lower-case hexadecimal digits."""
    return "U" + secrets.token_hex(16)


def new_group_id() -> str:
    """`C` and 32 lower-case hexadecimal digits."""
    return "C" + secrets.token_hex(16)


def derive_id(kind: str, *of: str) -> str:
    """An id that is the same for the same words: `kind` (U or C) and 32 hexadecimal digits."""
    return kind + hashlib.sha256("\0".join(of).encode()).hexdigest()[:32]


def new_token() -> str:
    """A reply token: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_long_token() -> str:
    """A quote or mark-as-read token."""
    return secrets.token_urlsafe(48)


def new_request_id() -> str:
    """The value of `x-line-request-id`."""
    return str(uuid.uuid4())


def new_event_id(at_s: float) -> str:
    """A ULID: 48 bits of milliseconds, 80 random bits, 26 characters."""
    bits = (int(at_s * 1000) << 80) | secrets.randbits(80)
    return "".join(CROCKFORD[(bits >> shift) & 31] for shift in range(125, -1, -5))


class MessageIds:
    """Message ids: 18 digits in a string, rising, also from one start to the next."""

    def __init__(self) -> None:
        self._count = itertools.count(int(time.time() * 1000) * 100_000)
        self._lock = threading.Lock()

    def take(self) -> str:
        with self._lock:
            return str(next(self._count))
