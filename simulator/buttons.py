"""Which buttons a person sees in a chat, and the action behind each."""

from collections.abc import Iterator
from typing import Any

from simulator.records import Body
from simulator.world import World


def find_action(world: World, chat: str, label: str) -> Body:
    """The action of the newest visible button that bears `label`.

    Looks at the quick replies under the last message, the cards from the newest up, the rich
    menu. Raises LookupError naming the labels that are there.
    """
    seen: list[str] = []
    with world.lock:
        for action in list_actions(world, chat):
            if action.get("label") == label:
                return action
            seen.append(str(action.get("label", "")))
    raise LookupError(f"no button {label!r}; there are: {', '.join(filter(None, seen))}")


def list_actions(world: World, chat: str) -> Iterator[Body]:
    """Actions of all visible buttons, newest message first."""
    messages = world.list_messages(chat)
    if messages and messages[-1].is_bot:
        for item in messages[-1].body.get("quickReply", {}).get("items", []):
            yield item["action"]
    for message in reversed(messages):
        if message.is_bot:
            yield from _walk(message.body.get("template") or message.body.get("contents"))
    menu = world.menus.find_for(chat) if chat in world.accounts else None
    for area in menu.body["areas"] if menu else []:
        yield area["action"]


def _walk(part: Any) -> Iterator[Body]:
    if isinstance(part, list):
        for one in part:
            yield from _walk(one)
    elif isinstance(part, dict):
        for name, one in part.items():
            if name in ("action", "defaultAction"):
                yield one
            elif name == "actions":
                yield from one
            else:
                yield from _walk(one)
