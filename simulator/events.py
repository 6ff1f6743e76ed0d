"""Builds webhook events in LINE's shapes. Delivers nothing.

Source: LINE, "Webhook Event Objects". Properties without a value are left out.
"""

from typing import Any

from simulator.ids import new_event_id
from simulator.records import Message
from simulator.world import Account, World

Event = dict[str, Any]
TOKENLESS = ("unsend", "unfollow", "leave", "memberLeft")
PLAIN_FIELDS = {
    "text": ("text", "mention", "emojis"),
    "image": ("contentProvider", "imageSet"),
    "video": ("contentProvider", "duration"),
    "audio": ("contentProvider", "duration"),
    "file": ("fileName", "fileSize"),
    "location": ("title", "address", "latitude", "longitude"),
    "sticker": ("packageId", "stickerId", "stickerResourceType", "keywords", "text"),
}


def build_event(
    world: World,
    kind: str,
    chat: str,
    account: Account | None,
    mode: str | None = None,
    payload: Event | None = None,
) -> Event:
    """One event of `kind` in `chat` by `account` (None where LINE names nobody).

    `mode` None is the world's. A reply token is issued where LINE gives one: not on standby,
    not to `TOKENLESS` kinds.
    """
    mode = mode or world.mode
    at = world.now()
    event: Event = {"type": kind, **(payload or {})}
    event["webhookEventId"] = new_event_id(at)
    event["deliveryContext"] = {"isRedelivery": False}
    event["timestamp"] = int(at * 1000)
    event["source"] = _source(world, chat, account)
    if kind not in TOKENLESS and mode == "active" and world.hears(chat):
        event["replyToken"] = world.tokens.issue_reply(chat, at)
    event["mode"] = mode
    return event


def _source(world: World, chat: str, account: Account | None) -> Event:
    if chat not in world.rooms:
        return {"type": "user", "userId": chat}
    source: Event = {"type": "group", "groupId": chat}
    if account is not None and account.consents:
        source["userId"] = account.id
    return source


def message_payload(world: World, chat: str, message: Message) -> Event:
    """The `message` property of a message or messageEdited event."""
    written: Event = {"type": message.kind, "id": message.id}
    for name in PLAIN_FIELDS[message.kind]:
        if message.body.get(name) is not None:
            written[name] = message.body[name]
    if message.quote_token:
        written["quoteToken"] = message.quote_token
    if message.quote:
        written["quotedMessageId"] = message.quote
    if not message.edited:
        written["markAsReadToken"] = world.tokens.issue_read(chat)
    return {"message": written}


def add_mention(world: World, text: str) -> tuple[str, Event]:
    """The text with the bot addressed in it (put first unless there), and its `mention`."""
    name = f"@{world.bot_name}"
    if name not in text:
        text = f"{name} {text}"
    before = text[: text.index(name)]
    mentionee = {
        "index": len(before.encode("utf-16-le", "surrogatepass")) // 2,
        "length": len(name.encode("utf-16-le")) // 2,
        "type": "user",
        "userId": world.bot_id,
        "isSelf": True,
    }
    return text, {"mentionees": [mentionee]}
