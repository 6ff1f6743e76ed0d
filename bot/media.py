"""Signed links to photos, videos and voices, for a quarter of an hour, and the door they open.

Staff follow the link out of LINE, so it carries its own right; whoever has it sees the file.
"""

from collections.abc import Iterator
from datetime import datetime

import structlog
from flask import Blueprint, Response
from itsdangerous import BadData, URLSafeSerializer

from bot.settings import Settings
from bot.storage import current_storage
from db.media import MediaFolder
from db.seals import SealFault

log = structlog.get_logger()
routes = Blueprint("media", __name__)

LINK_LIFE_S = 15 * 60
_SHOWN = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
    "audio/m4a": "m4a",
    "audio/aac": "aac",
    "audio/mpeg": "mp3",
}
# What a browser builds around a picture or video needs these; scripts and forms get nothing.
_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
_GONE = "ลิงก์นี้หมดอายุหรือไม่ถูกต้อง กรุณาขอลิงก์ใหม่จากการ์ดของเรื่องนั้น\n"
_BROKEN = "ไฟล์นี้เปิดไม่ได้แล้ว\n"


def media_link(settings: Settings, file_name: str, content_type: str, now: datetime) -> str:
    """An address that shows the file `file_name` of the media folder until `now` + 15 minutes."""
    until = int(now.timestamp()) + LINK_LIFE_S
    token = _signer(settings).dumps([file_name, content_type, until])
    return f"{settings.public_url.rstrip('/')}/media/{token}"


@routes.get("/media/<token>")
def show(token: str) -> Response:
    storage = current_storage()
    found = _read_token(storage.settings, token, storage.clock())
    if found is None:
        return _say(_GONE, 404)
    file_name, content_type = found
    try:
        pieces = MediaFolder(storage.settings.media_dir, storage.seals).read(file_name)
        first = next(pieces, b"")
    except FileNotFoundError:
        return _say(_GONE, 404)
    except (SealFault, OSError) as fault:
        log.error("media_unreadable", exc_info=fault)
        return _say(_BROKEN, 410)
    return _send(_join(first, pieces), content_type)


def _read_token(settings: Settings, token: str, now: datetime) -> tuple[str, str] | None:
    try:
        file_name, content_type, until = _signer(settings).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return (file_name, content_type) if now.timestamp() < until else None


def _send(pieces: Iterator[bytes], content_type: str) -> Response:
    """Only what cannot run a script is shown; all else is offered for saving."""
    kind = content_type.partition(";")[0].strip().lower()
    is_shown = kind in _SHOWN
    response = Response(pieces, mimetype=kind if is_shown else "application/octet-stream")
    manner = "inline" if is_shown else "attachment"
    ending = _SHOWN.get(kind, "bin")
    response.headers["Content-Disposition"] = f'{manner}; filename="yaam.{ending}"'
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _join(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _signer(settings: Settings) -> URLSafeSerializer:
    """The end of a link's life is inside it: our clock sets it, not the library's."""
    return URLSafeSerializer(settings.secret_key.get_secret_value(), salt="media link")


def _say(words: str, status: int) -> Response:
    return Response(words, status, mimetype="text/plain")
