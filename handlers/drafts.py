"""What people said while the bot waits for an answer to its question, as it is kept in a draft."""

import json
from dataclasses import replace

from handlers.changes import Said
from handlers.snapshots import Conversation

Draft = dict[str, str]


def with_said(draft: Draft | None, said: Said, event_id: str) -> Draft:
    """The draft with one more thing said; words that were unsent are not kept."""
    kept = draft or {}
    if not said.words:
        return kept
    told = [*_told(kept), {"id": said.message_id, "event": event_id, "words": said.words}]
    return kept | {"said": json.dumps(told)}


def list_said(talk: Conversation) -> tuple[Said, ...]:
    """What was said before, oldest first, each with the event that it came with."""
    return tuple(
        Said(told["id"], words=told["words"], event_id=told["event"])
        for told in _told(talk.draft or {})
    )


def has_message(draft: Draft | None, message_id: str) -> bool:
    """Whether the draft holds words of this message, here or under its own `message_id`."""
    kept = draft or {}
    ids = {told["id"] for told in _told(kept)} | {kept.get("message_id")}
    return message_id in ids


def join_words(said: tuple[Said, ...]) -> str:
    return "\n".join(one.words for one in said if one.words)


def without_words(said: Said) -> Said:
    return replace(said, words=None, media=None, position=None)


def _told(draft: Draft) -> list[dict[str, str]]:
    told: list[dict[str, str]] = json.loads(draft.get("said", "[]"))
    return told
