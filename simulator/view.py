"""What the page shows, as JSON. Only reads."""

from typing import TYPE_CHECKING, Any

from simulator.flatten import fill_in
from simulator.records import Body, CallSeen, Message
from simulator.world import World

if TYPE_CHECKING:
    from simulator.line import Line

MESSAGES_SHOWN = 300


def build_state(line: "Line", after: int) -> Body:
    """All that changed after revision `after`, and the small things whole."""
    world = line.world
    with world.lock:
        return {
            "revision": world.revision,
            "bot": {"id": world.bot_id, "name": world.bot_name},
            "people": [_person(line, one) for one in line.people],
            "groups": [_group(line, one) for one in line.groups],
            "chats": _chats(world, after),
            "loading": [chat for chat, until in world.loading.items() if until > world.now()],
            "quota": {"used": world.quota.used, "limit": world.quota.limit},
            "calls": [_call(one) for one in world.calls if one.revision > after],
            "faults": [
                {"kind": one.kind, "left": one.left, "path": one.path}
                for one in line.faults.list_pending()
            ],
            "webhook": {
                "address": line.webhook if isinstance(line.webhook, str) else "",
                "results": dict(world.webhook_results),
            },
        }


def _person(line: "Line", person_id: str) -> Body:
    person = line.people[person_id]
    menu = line.world.menus.find_for(person_id) if person.friend else None
    shown: Body | None = None
    if menu and menu.picture:
        shown = {"id": menu.id, **menu.body}
    return {
        "id": person.id,
        "name": person.name,
        "friend": person.friend,
        "blocked": person.blocked,
        "menu": shown,
    }


def _group(line: "Line", group_id: str) -> Body:
    group = line.groups[group_id]
    return {
        "id": group.id,
        "name": group.name,
        "members": list(group.member_ids),
        "count": group.member_count,
        "botInside": group.bot_inside,
    }


def _chats(world: World, after: int) -> dict[str, list[Body]]:
    changed = {}
    for chat, history in world.histories.items():
        news = [_message(world, one) for one in history[-MESSAGES_SHOWN:] if one.revision > after]
        if news:
            changed[chat] = news
    return changed


def _message(world: World, message: Message) -> Body:
    shown: dict[str, Any] = {
        "id": message.id,
        "sender": message.sender,
        "kind": message.kind,
        "body": message.body,
        "at": message.at,
        "isBot": message.is_bot,
        "unsent": message.unsent,
        "edited": message.edited,
        "quote": message.quote,
        "canQuote": message.quote_token is not None and not message.unsent,
    }
    if message.kind == "textV2":
        shown["text"] = fill_in(message.body, world.name_of)
    return shown


def _call(call: CallSeen) -> Body:
    return {
        "at": call.at,
        "method": call.method,
        "path": call.path,
        "status": call.status,
        "kind": call.kind,
        "to": call.to,
        "cost": call.cost,
        "note": call.note,
        "revision": call.revision,
    }
