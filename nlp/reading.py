"""A message, looked at once for all who judge it: its words, what stands between them, and what
the word lists know of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nlp.alarms import RULES
from nlp.cues import CUES
from nlp.entities import WORDS, Entity, find_entities
from nlp.keyboard import as_meant
from nlp.lexicon import Lexicon, Spots
from nlp.normalize import Aligned, align
from nlp.tokens import tokenize
from nlp.topics import TOPICS

_HEAD, _TAIL = 300, 100  # of a very long text, the words that the model sees: beginning and end
_LAUGHTER = re.compile("55+5")


def part_name(rule: str, number: int) -> str:
    """The group of the phrases of one part of an alarm rule."""
    return f"{rule}#{number}"


def unless_name(rule: str) -> str:
    """The group of the phrases that undo an alarm rule."""
    return f"{rule}#unless"


def _groups() -> dict[str, frozenset[str]]:
    groups = {f"q:{name}": phrases for name, phrases in CUES.items()}
    groups |= {f"t:{name}": phrases for name, phrases in TOPICS.items()}
    for rule in RULES:
        groups |= {part_name(rule.name, n): part for n, part in enumerate(rule.parts)}
        groups[unless_name(rule.name)] = rule.unless
    return groups


LEXICON = Lexicon(_groups())


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a run of spaces or an entity, and where in the normalised text it begins."""

    text: str
    begin: int
    entity: Entity | None = None

    @property
    def end(self) -> int:
        return self.begin + len(self.text)


@dataclass(frozen=True, slots=True)
class Reading:
    """`pieces` joined are the normalised text. `tokens` are the same as the model sees them: in
    small letters, one word for each entity; `words` are the tokens that are no spaces.
    """

    aligned: Aligned
    pieces: tuple[Word, ...]
    tokens: tuple[str, ...]
    words: tuple[str, ...]
    spots: Spots

    @property
    def text(self) -> str:
        """The message, normalised."""
        return self.aligned.text

    @property
    def entities(self) -> tuple[Entity, ...]:
        return tuple(piece.entity for piece in self.pieces if piece.entity)

    @property
    def cues(self) -> list[str]:
        """Names of the cues that occur, sorted."""
        return sorted(name[2:] for name in self.spots if name.startswith("q:"))

    @property
    def topics(self) -> list[str]:
        """Names of the topics that occur, sorted."""
        return sorted(name[2:] for name in self.spots if name.startswith("t:"))

    def seen(self) -> "Reading":
        """What the model sees of it: all, or of a very long text the beginning and the end."""
        if len(self.pieces) <= _HEAD + _TAIL:
            return self
        return _build(self.aligned, (*self.pieces[:_HEAD], *self.pieces[-_TAIL:]))


def read(message: str) -> Reading:
    """Look at a message as typed."""
    reading = _look(align(message))
    meant = as_meant(message, reading.tokens)
    return reading if meant == message else _look(replace(align(meant), original=message))


def _look(aligned: Aligned) -> Reading:
    return _build(aligned, tuple(_pieces(aligned.text)))


def _build(aligned: Aligned, pieces: tuple[Word, ...]) -> Reading:
    tokens = tuple(_shown(piece) for piece in pieces)
    words = tuple(token for token in tokens if not token.isspace())
    return Reading(aligned, pieces, tokens, words, LEXICON.find(words))


def _pieces(text: str) -> Iterator[Word]:
    at = 0
    for entity in find_entities(text):
        yield from _cut(text[at : entity.begin], at)
        yield Word(text[entity.begin : entity.end], entity.begin, entity)
        at = entity.end
    yield from _cut(text[at:], at)


def _cut(text: str, at: int) -> Iterator[Word]:
    for token in tokenize(text):
        yield Word(token, at)
        at += len(token)


def _shown(piece: Word) -> str:
    if piece.entity:
        return WORDS[piece.entity.kind]
    return "555" if _LAUGHTER.fullmatch(piece.text) else piece.text.lower()
