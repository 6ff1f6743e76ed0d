"""What people do: they write, tap, unsend, follow and block.

Each act changes the chat as the person sees it, then delivers the event, outside the lock.
"""

from collections.abc import Sequence
from typing import Any

from simulator.buttons import find_action
from simulator.content import MIME, Content, draw_sample_photo, shrink, sniff_image
from simulator.delivery import Courier
from simulator.events import Event, add_mention, build_event, message_payload
from simulator.records import Body, Message
from simulator.world import Account, Room, World

LINE_PROVIDER = {"type": "line"}
FILM_MS = 4000


class Person(Account):
    """Somebody with LINE on the phone. Every act returns the event that it caused.

    `to` is the group; without it the act happens in the one-to-one chat with the bot.
    """

    def __init__(
        self, world: World, courier: Courier, user_id: str, name: str, friend: bool = True
    ) -> None:
        super().__init__(user_id, name, friend=friend)
        self._world = world
        self._courier = courier

    def say(
        self,
        text: str,
        to: Room | None = None,
        quote: Message | Event | str | None = None,
        mention_bot: bool = False,
        mode: str | None = None,
    ) -> Event:
        """Write a text. `quote`: a message, its id, or the event that brought it."""
        body: Body = {"type": "text", "text": text}
        if mention_bot:
            body["text"], body["mention"] = add_mention(self._world, text)
        return self._send(body, to, _message_id(quote), mode)

    def send_location(
        self,
        lat: float,
        lon: float,
        title: str | None = None,
        address: str | None = None,
        to: Room | None = None,
    ) -> Event:
        """Share a place; LINE leaves out a title or address that is not there."""
        body = {"type": "location", "title": title, "address": address}
        return self._send({**body, "latitude": lat, "longitude": lon}, to)

    def send_photo(self, data: bytes | None = None, to: Room | None = None) -> Event:
        """Send a photo; without `data` a drawn sample."""
        data = data or draw_sample_photo()
        content = Content("image", data, sniff_image(data), shrink(data))
        return self._send({"type": "image", "contentProvider": LINE_PROVIDER}, to, content=content)

    def send_media(
        self,
        kind: str,
        data: bytes,
        to: Room | None = None,
        ready_after: int = 0,
        name: str = "file.bin",
    ) -> Event:
        """Send a video, audio or file; the first `ready_after` requests for it get 202."""
        mime = MIME.get(kind, "application/octet-stream")
        preview = draw_sample_photo(240, 160) if kind == "video" else b""
        content = Content(kind, data, mime, preview, ready_after)
        body: Body = {"type": kind}
        if kind == "file":
            body |= {"fileName": name, "fileSize": len(data)}
        else:
            body |= {"contentProvider": LINE_PROVIDER, "duration": FILM_MS}
        return self._send(body, to, content=content)

    def send_sticker(
        self,
        package: str,
        sticker: str,
        to: Room | None = None,
        keywords: Sequence[str] = (),
    ) -> Event:
        """Send a sticker; `keywords` is LINE's guess at what it says."""
        body = {"type": "sticker", "packageId": str(package), "stickerId": str(sticker)}
        extra: Body = {"stickerResourceType": "STATIC", "keywords": list(keywords) or None}
        return self._send(body | extra, to)

    def tap(
        self,
        action: Body | str,
        to: Room | None = None,
        params: dict[str, str] | None = None,
    ) -> Event:
        """Tap a button: an action object, or the label of the newest button that bears it.

        The event it causes; `{}` for uri and clipboard, which LINE tells nobody (`opened` keeps
        them). `params` is what a datetimepicker returns. Raises LookupError when no button in the
        chat has the label, ValueError for the actions that open a part of the phone.
        """
        chat = self._chat(to)
        if isinstance(action, str):
            action = find_action(self._world, chat, action)
        kind = action["type"]
        if kind in ("uri", "clipboard"):
            self.opened.append(action.get("uri") or action["clipboardText"])
            return {}
        if kind == "message":
            return self._send({"type": "text", "text": action["text"]}, to)
        if kind not in ("postback", "datetimepicker", "richmenuswitch"):
            raise ValueError(f"use send_location or send_photo for a {kind} action")
        return self._postback(action, to, params)

    def unsend(self, message: Message | Event | str) -> Event:
        """Take back one of one's own messages."""
        with self._world.lock:
            found, chat = self._own(message)
            found.unsent, found.body = True, {"type": found.kind}
            found.revision = self._world.touch()
            self._world.content.forget(found.id)
            payload = {"unsend": {"messageId": found.id}}
            event = build_event(self._world, "unsend", chat, self, payload=payload)
        return self._tell(chat, event)

    def edit(self, message: Message | Event | str, text: str) -> Event:
        """Change one of one's own texts in a group. Raises ValueError in a one-to-one chat."""
        with self._world.lock:
            found, chat = self._own(message)
            if chat not in self._world.rooms or found.kind != "text":
                raise ValueError("only texts in groups can be edited")
            found.body, found.edited = {"type": "text", "text": text}, True
            found.quote_token = self._world.tokens.issue_quote(chat, found.id)
            found.revision = self._world.touch()
            payload = message_payload(self._world, chat, found)
            event = build_event(self._world, "messageEdited", chat, self, payload=payload)
        return self._tell(chat, event)

    def follow(self) -> Event:
        """Add the bot as a friend, or lift the block."""
        with self._world.lock:
            payload = {"follow": {"isUnblocked": self.blocked}}
            self.friend, self.blocked = True, False
            self._world.touch()
            event = build_event(self._world, "follow", self.id, self, payload=payload)
        return self._tell(self.id, event)

    def unfollow(self) -> Event:
        """Block the bot: what LINE calls unfollow."""
        with self._world.lock:
            self.friend, self.blocked = False, True
            self._world.touch()
            event = build_event(self._world, "unfollow", self.id, self)
        return self._tell(self.id, event)

    block = unfollow

    def emit(
        self, kind: str, payload: Event, to: Room | None = None, mode: str | None = None
    ) -> Event:
        """Any other event, as of a type that LINE has not published yet."""
        chat = self._chat(to)
        with self._world.lock:
            event = build_event(self._world, kind, chat, self, mode, payload)
        return self._tell(chat, event)

    def _send(
        self,
        body: Body,
        to: Room | None,
        quote: str | None = None,
        mode: str | None = None,
        content: Content | None = None,
    ) -> Event:
        chat = self._chat(to)
        world = self._world
        with world.lock:
            if to is None and self.blocked:
                raise ValueError("who has blocked the bot cannot write to it")
            if to is None:
                self.wrote_at = world.now()
            message = world.add_message(chat, self.id, body, quote)
            if content:
                world.content.keep(message.id, content)
            payload = message_payload(world, chat, message)
            event = build_event(world, "message", chat, self, mode, payload)
        return self._tell(chat, event)

    def _postback(self, action: Body, to: Room | None, params: dict[str, str] | None) -> Event:
        chat = self._chat(to)
        said = action.get("displayText") or action.get("text")
        postback: dict[str, Any] = {"data": action["data"]}
        if action["type"] == "richmenuswitch":
            params = {
                "newRichMenuAliasId": action["richMenuAliasId"],
                "status": "RICHMENU_ALIAS_ID_NOTFOUND",
            }
        if params:
            postback["params"] = params
        with self._world.lock:
            if said:
                self._world.add_message(chat, self.id, {"type": "text", "text": said})
            payload = {"postback": postback}
            event = build_event(self._world, "postback", chat, self, payload=payload)
        return self._tell(chat, event)

    def _chat(self, to: Room | None) -> str:
        if to is None:
            return self.id
        if self.id not in to.member_ids:
            raise ValueError("who is not in the group cannot act there")
        return to.id

    def _own(self, message: Message | Event | str) -> tuple[Message, str]:
        found = self._world.find_message(_message_id(message) or "")
        if found is None or found.sender != self.id:
            raise LookupError("no such message of this person")
        return found, self._world.message_chats[found.id]

    def _tell(self, chat: str, event: Event) -> Event:
        if self._world.hears(chat):
            self._courier.carry(event)
        return event


def _message_id(message: Message | Event | str | None) -> str | None:
    if isinstance(message, Message):
        return message.id
    if isinstance(message, dict):
        return str(message["message"]["id"])
    return message
