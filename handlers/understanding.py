"""What nlp says of a text, in the words of this room."""

from collections.abc import Callable

from handlers.events import Event, TextEdited, TextSaid
from handlers.snapshots import Label, Understood
from nlp import classifier

Understand = Callable[[str], Understood]


def understand(text: str) -> Understood:
    """Total: every text gets a label. Takes milliseconds, so it is called outside transactions."""
    found = classifier.understand(text)
    return Understood(Label(found.label), found.category, found.confidence, found.place, found.when)


def needs_understanding(event: Event) -> bool:
    """Words in a group that are not for the bot are not read."""
    match event:
        case TextSaid():
            private = event.origin.chat is not None and not event.origin.chat.is_group
            return private or event.mentions_bot or event.quoted_message_id is not None
        case TextEdited():
            return event.mentions_bot
    return False
