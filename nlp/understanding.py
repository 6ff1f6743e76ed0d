"""The door of the room: what messages say, in full.

Total: raises on no text. Knows no clock, no network, no database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from nlp.classifier import Judgement, judge
from nlp.entities import Entity
from nlp.facts import Facts, find_facts
from nlp.languages import find_language
from nlp.moments import Moment, find_moment
from nlp.places import find_span
from nlp.reading import Reading, read
from nlp.times import find_when

__all__ = ["Understanding", "understand"]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one message says; `place` and `when` are exact stretches of it, or None.

    `moment` is what `when` means, where it can be read; `language` is a BCP 47 tag.
    """

    judgement: Judgement
    place: str | None
    when: str | None
    moment: Moment | None
    entities: tuple[Entity, ...]
    facts: Facts
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


def understand(texts: Iterable[str], *, sent_at: datetime | None = None) -> list[Understanding]:
    """Label, category, place, time and the rest of each text, whatever it is.

    `sent_at` is aware, in the zone in which the writers count hours; without it no `moment`.
    """
    return [_understand(read(text), sent_at) for text in texts]


def _understand(reading: Reading, sent_at: datetime | None) -> Understanding:
    place = find_span(reading)
    when = find_when(reading.aligned)
    quoted = reading.aligned.quote(*place).strip() if place else ""
    return Understanding(
        judge(reading, place),
        quoted or None,
        when,
        find_moment(when, sent_at) if when and sent_at else None,
        reading.entities,
        find_facts(reading),
        find_language(reading.text),
    )
