"""Signed webhooks that no author of this program thought of: LINE's shapes, broken, and noise.

Seeded, so that a failure can be played again. Where LINE's webhook.yml is at hand, events are
also made from its schemas.
"""

import json
import random
from copy import deepcopy
from itertools import count
from typing import Any

from tests.contract import BASE, WEBHOOKS, load_schemas

USERS = [f"U{number:032x}" for number in range(1, 40)]
GROUPS = [f"C{number:032x}" for number in range(1, 6)]
ROOMS = [f"R{number:032x}" for number in range(1, 3)]
TEXTS = (
    "ไฟไหม้ ซอยเทศบาล 5", "ช่วยด้วย มีคนโดนแทง", "ไฟทางดับหน้าวัดครับ", "แถวบ้านมีคนขายยา",
    "สวัสดีค่ะ", "ขอบคุณ", "ติดตามเรื่อง", "KP-0001", "YS-00000-00000", "YG-12345-67890", "",
    " ", "\0", "\ud800", "\udfff\ud800ช่วยด้วย", "ก" * 5000, "1" * 9000, "😀" * 5000, "่" * 4000,
    "\N{ZERO WIDTH SPACE}" * 50, "\u202eกลับหัว\u202c", "<b>&amp;", "ยกเลิก", "ออกเวร", "เข้าเวร",
)  # fmt: skip
VERBS = (
    "seen", "take", "close", "media", "more", "label", "yes", "no", "stop", "reopen", "read", "x",
)  # fmt: skip
JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, -(10**30), 1e308, float("inf"), float("nan"), "", " ",
    "\0", "\ud800", "x" * 70_000, [], {}, [[]], [{}], [None] * 300, {"": ""}, {"type": {}},
    {"type": []}, {"type": None}, {"type": "text"}, "U" + "g" * 32, "2026-11-02T05:00:00Z",
    "\u0e48" * 10, {"events": [{}]}, {str(number): number for number in range(200)},
)  # fmt: skip


class Fuzz:
    """`references` are cases that exist; put some there, so that buttons find theirs."""

    def __init__(self, seed: int, now_ms: int) -> None:
        self.random = random.Random(seed)
        self.now_ms = now_ms
        self.references: list[str] = ["KP-0001"]
        self._numbers = count(1)
        self._last: list[Any] = [{}]
        self._schemas = load_schemas(WEBHOOKS) if WEBHOOKS.is_file() else {}

    def body(self) -> bytes:
        """The bytes of one webhook call."""
        pick, kind = self.random, self.random.random()
        if kind < 0.03:
            return pick.randbytes(pick.randrange(300))
        if kind < 0.05:
            return self._write(pick.choice(JUNK))
        events = [self.event() for _ in range(pick.choice((0, 1, 1, 1, 1, 2, 3, 8)))]
        self._last = events or self._last
        if kind < 0.08:
            events = self._last
        whole: Any = {"destination": "U" + "0" * 32, "events": events}
        if kind < 0.15:
            whole = self._break(whole)
        written = self._write(whole)
        if kind > 0.98:
            place = pick.randrange(len(written))
            written = written[:place] + pick.randbytes(pick.randrange(4)) + written[place + 1 :]
        return written

    def event(self) -> Any:
        pick = self.random.random()
        if self._schemas and pick < 0.3:
            event = self._make({"$ref": f"{BASE}Event"})
            if isinstance(event, dict) and self.random.random() < 0.8:
                event |= self._envelope()
        else:
            event = self._envelope() | self._content()
        for _ in range(self.random.choice((0, 0, 0, 1, 1, 2, 5))):
            event = self._break(event)
        return event

    # Events as LINE sends them

    def _envelope(self) -> dict[str, Any]:
        pick = self.random
        return {
            "mode": pick.choice(("active",) * 9 + ("standby",)),
            "timestamp": self.now_ms + pick.randrange(-2_000_000, 5_000),
            "webhookEventId": f"01FUZZ{next(self._numbers):020d}",
            "deliveryContext": {"isRedelivery": pick.random() < 0.2},
            "replyToken": f"{pick.getrandbits(128):032x}",
            "source": self._source(),
        }

    def _source(self) -> dict[str, Any]:
        pick = self.random
        kind = pick.choice(("user", "user", "user", "group", "room"))
        source = {"type": kind, "userId": pick.choice(USERS)}
        if kind != "user":
            source[f"{kind}Id"] = pick.choice(GROUPS if kind == "group" else ROOMS)
            if pick.random() < 0.2:
                del source["userId"]
        return source

    def _content(self) -> dict[str, Any]:
        pick = self.random
        kind = pick.choice(
            ("message",) * 8
            + ("postback", "postback", "unsend", "follow", "unfollow", "join", "leave")
            + ("memberJoined", "memberLeft", "messageEdited", "beacon", "accountLink", "module")
        )
        event: dict[str, Any] = {"type": kind}
        if kind in ("message", "messageEdited"):
            event["message"] = self._message()
        elif kind == "postback":
            event["postback"] = self._postback()
        elif kind == "unsend":
            event["unsend"] = {"messageId": self._message_id()}
        elif kind == "follow":
            event["follow"] = {"isUnblocked": pick.random() < 0.5}
        elif kind.startswith("member"):
            members = [{"type": "user", "userId": pick.choice(USERS)} for _ in range(3)]
            event["joined" if kind == "memberJoined" else "left"] = {"members": members}
        return event

    def _message(self) -> dict[str, Any]:
        pick = self.random
        kind = pick.choice(("text",) * 5 + ("image", "video", "audio", "file", "location"))
        message: dict[str, Any] = {"id": self._message_id(), "type": kind, "quoteToken": "q"}
        if kind == "text":
            message["text"] = self._text()
            if pick.random() < 0.2:
                mention = {"index": 0, "length": 3, "type": "user", "isSelf": True}
                message["mention"] = {"mentionees": [mention]}
            if pick.random() < 0.2:
                message["quotedMessageId"] = self._message_id()
        elif kind == "location":
            message |= {"title": "วัด", "address": self._text()}
            message |= {"latitude": pick.uniform(-99, 99), "longitude": pick.uniform(-200, 200)}
        else:
            message["contentProvider"] = {"type": pick.choice(("line", "external"))}
            message |= {"fileName": "ก.pdf", "fileSize": 9, "duration": 1}
        return message

    def _postback(self) -> dict[str, Any]:
        pick = self.random
        data = f"a={pick.choice(VERBS)}&c={pick.choice(self.references)}&r=done"
        if pick.random() < 0.3:
            data = "".join(pick.choice("a=c&ก%\0;+x0") for _ in range(pick.randrange(40)))
        return {"data": data, "params": {"datetime": "2026-11-02T05:00"}}

    def _text(self) -> str:
        pick = self.random
        return pick.choice(TEXTS) + pick.choice(("", "", pick.choice(self.references)))

    def _message_id(self) -> str:
        return str(self.random.randrange(10**6, 10**6 + 3000))

    # Events as LINE's schema has them

    def _make(self, schema: dict[str, Any], depth: int = 0) -> Any:
        """Something that fits `schema`, more or less."""
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"].removeprefix(BASE)]
        if "discriminator" in schema:
            kind, target = self.random.choice(list(schema["discriminator"]["mapping"].items()))
            name = schema["discriminator"]["propertyName"]
            made = self._object(self._schemas[target.removeprefix(BASE)], depth)
            return self._object(schema, depth) | made | {name: kind}
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kind = schema.get("type", "object")
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            amount = self.random.randrange(3) if depth < 6 else 0
            return [self._make(schema["items"], depth + 1) for _ in range(amount)]
        if kind == "string":
            return self.random.choice((self._text(), self._message_id(), self._text()[:30]))
        return self.random.choice((0, 1, -1, 10**12, True))

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for part in schema.get("allOf", []):
            parent = part.get("$ref", "").removeprefix(BASE)
            made |= self._object(self._schemas.get(parent, part), depth)
        required = schema.get("required", [])
        for name, one in schema.get("properties", {}).items():
            if name in required or (depth < 6 and self.random.random() < 0.6):
                made[name] = self._make(one, depth + 1)
        return made

    # What goes wrong with them

    def _break(self, value: Any) -> Any:
        """The same, in which one thing, somewhere, is other than it should be."""
        holder, key = self._somewhere(value)
        if holder is None:
            return self._junk()
        act = self.random.choice(("junk", "junk", "lose", "deep", "twice"))
        if act == "lose":
            del holder[key]
        elif act == "deep":
            holder[key] = self._deep(holder[key])
        elif act == "twice" and isinstance(holder, list):
            holder.append(holder[key])
        else:
            holder[key] = self._junk()
        return value

    def _junk(self) -> Any:
        return deepcopy(self.random.choice(JUNK))

    def _somewhere(self, value: Any) -> tuple[Any, Any]:
        holder = key = None
        while isinstance(value, dict | list) and value:
            holder = value
            keys = list(value) if isinstance(value, dict) else range(len(value))
            key = self.random.choice(keys)
            if self.random.random() < 0.3:
                break
            value = value[key]
        return holder, key

    def _deep(self, value: Any) -> Any:
        for _ in range(self.random.choice((3, 50, 400))):
            value = [value] if self.random.random() < 0.5 else {"type": value}
        return value

    def _write(self, value: Any) -> bytes:
        is_ascii = self.random.random() < 0.3
        try:
            written = json.dumps(value, ensure_ascii=is_ascii)
        except RecursionError:
            return b'{"events":[' + b"[" * 20_000
        return written.encode("utf-8", self.random.choice(("surrogatepass", "backslashreplace")))
