"""What nlp says of a text, in the words of this room. Only the worker imports it: it is large."""

from handlers.snapshots import Label, Understood
from nlp import understanding


def understand(text: str) -> Understood:
    """Total: every text gets a label. Takes milliseconds, so it is called outside transactions."""
    (found,) = understanding.understand([text])
    return Understood(Label(found.label), found.category, found.confidence, found.place, found.when)
