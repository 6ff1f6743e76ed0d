"""The door of the room: what messages say, in full.

Total: raises on no text. Knows no clock, no network, no database.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from nlp.classifier import Judgement, judge
from nlp.entities import Entity
from nlp.languages import find_language
from nlp.places import find_span
from nlp.reading import Reading, read
from nlp.times import find_when

__all__ = ["Understanding", "understand"]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one message says; `place` and `when` are exact stretches of it, or None.

    `language` is a BCP 47 tag.
    """

    judgement: Judgement
    place: str | None
    when: str | None
    entities: tuple[Entity, ...]
    language: str

    @property
    def label(self) -> str:
        return self.judgement.label

    @property
    def category(self) -> str:
        return self.judgement.category

    @property
    def confidence(self) -> float:
        return self.judgement.confidence


def understand(texts: Iterable[str]) -> list[Understanding]:
    """Label, category, place, time and the rest of each text, whatever it is."""
    return [_understand(read(text)) for text in texts]


def _understand(reading: Reading) -> Understanding:
    place = find_span(reading)
    quoted = reading.aligned.quote(*place).strip() if place else ""
    return Understanding(
        judge(reading, place),
        quoted or None,
        find_when(reading.aligned),
        reading.entities,
        find_language(reading.text),
    )
