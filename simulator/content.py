"""Photos, films, voices and files that people sent, as the content endpoints serve them.

Source: LINE, "Get content".
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from simulator.errors import Refused

MIME = {"image": "image/jpeg", "video": "video/mp4", "audio": "audio/mp4"}


@dataclass
class Content:
    """`polls_left` is how many more requests are answered with 202 before it is ready."""

    kind: str
    data: bytes
    mime: str
    preview: bytes
    polls_left: int = 0
    gone: bool = False


class ContentStore:
    """Content by message id. Not locked: the platform holds its lock."""

    def __init__(self) -> None:
        self._kept: dict[str, Content] = {}

    def keep(self, message_id: str, content: Content) -> None:
        self._kept[message_id] = content

    def forget(self, message_id: str) -> None:
        """The sender unsent the message: 410 from now on."""
        if message_id in self._kept:
            self._kept[message_id].gone = True

    def get_body(self, message_id: str) -> Content | None:
        """What was sent, or None while it is being prepared. Raises Refused (404, 410)."""
        content = self._get(message_id)
        if content.polls_left > 0:
            content.polls_left -= 1
            return None
        return content

    def get_preview(self, message_id: str) -> Content:
        """Raises Refused (400 where this kind has no preview, 404, 410)."""
        content = self._get(message_id)
        if content.kind not in ("image", "video"):
            raise Refused(400, "The message has no preview")
        return content

    def get_state(self, message_id: str) -> str:
        """`processing` or `succeeded`. Raises Refused (400 unless video or audio, 404, 410)."""
        content = self._get(message_id)
        if content.kind not in ("video", "audio"):
            raise Refused(400, "The message is neither video nor audio")
        if content.polls_left > 0:
            content.polls_left -= 1
            return "processing"
        return "succeeded"

    def find_for_page(self, message_id: str) -> Content | None:
        """What the people in the chat see, ready or not."""
        found = self._kept.get(message_id)
        return found if found and not found.gone else None

    def _get(self, message_id: str) -> Content:
        found = self._kept.get(message_id)
        if found is None:
            raise Refused(404, "Not found", broke_contract=False)
        if found.gone:
            raise Refused(410, "Gone", broke_contract=False)
        return found


def sniff_image(data: bytes) -> str:
    """The media type of a photo by its first bytes."""
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    return "image/gif" if data[:4] == b"GIF8" else "image/jpeg"


def draw_sample_photo(width: int = 480, height: int = 320) -> bytes:
    """A JPEG of a road at dusk with a lamp post that gives no light."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    horizon = int(height * 0.72)
    for y in range(horizon):
        glow = y / horizon
        draw.line(
            (0, y, width, y), (int(48 + 150 * glow), int(60 + 70 * glow), int(108 - 18 * glow))
        )
    for x in range(0, width, 60):
        top = horizon - 40 - (x * 7919) % 70
        draw.rectangle((x, top, x + 48, horizon), (44, 40, 58))
    draw.rectangle((0, horizon, width, height), (52, 54, 62))
    for x in range(10, width, 80):
        draw.rectangle((x, horizon + 40, x + 40, horizon + 46), (214, 190, 96))
    post = int(width * 0.72)
    draw.rectangle((post, int(height * 0.18), post + 6, horizon + 12), (24, 24, 30))
    draw.rectangle((post - 60, int(height * 0.18), post + 6, int(height * 0.18) + 5), (24, 24, 30))
    draw.ellipse((post - 78, int(height * 0.18), post - 42, int(height * 0.18) + 16), (96, 96, 100))
    written = io.BytesIO()
    image.save(written, "JPEG", quality=85)
    return written.getvalue()


def shrink(data: bytes) -> bytes:
    """A preview of a photo at most 240 pixels wide; the photo itself where it cannot be read."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            small = image.convert("RGB")
            small.thumbnail((240, 240))
    except (OSError, ValueError, Image.DecompressionBombError):
        return data
    written = io.BytesIO()
    small.save(written, "JPEG")
    return written.getvalue()
