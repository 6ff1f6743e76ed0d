"""The stretch of a message that would let a patrol find the place, as typed.

A conditional random field over words (python-crfsuite) marks it. It sees the words, what the
gazette says of them, what the grammar of addresses takes for one, and what is a time.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from pycrfsuite import Tagger

from nlp import checked
from nlp.address import find_parts
from nlp.gazette import ENDS, INTO, LANDMARKS, NAMES, POSITIONS, UNITS, WEAK
from nlp.reading import Reading, Word
from nlp.times import find_all

MODEL = "places.crfsuite"
_LOOK = 500  # words and spaces looked at, of a longer message the first
_KINDS = {
    "unit": UNITS,
    "landmark": LANDMARKS,
    "position": POSITIONS,
    "name": NAMES,
    "end": ENDS,
    "into": INTO,
    "weak": WEAK,
}
_EDGE = "^"
# A longer stretch tells a patrol more, a surer one is more likely right.
_LENGTH_COUNTS = 0.02
# A field marks too little: most people name a place. From hands left out of the training.
_DOUBT, _DOUBT_BESIDE = 0.75, 0.85
# What the field tells of a word: a stretch begins here, it goes on, it is none.
BEGINS, GOES_ON, NONE = "B", "I", "O"

Span = tuple[int, int]


def find_span(reading: Reading) -> Span | None:
    """Where in the normalised text the place stands; a map link or coordinates before all else."""
    link = next((one for one in reading.entities if one.is_spot), None)
    if link:
        return link.begin, link.end
    return _best(reading.pieces[:_LOOK], reading.text)


def describe(words: Sequence[Word], text: str) -> list[list[str]]:
    """The features of each word of `text`, for training and for marking."""
    texts = [word.text.lower() for word in words]
    kinds = [_kind(word.text) for word in words]
    parts = _inside(words, find_parts(words))
    times = _inside(words, find_all(text[: words[-1].end]))
    return [
        [
            *_window("kind", kinds, at, 3),
            *_window("word", texts, at, 2),
            *_window("part", parts, at, 1),
            *_window("time", times, at, 1),
            "kinds-" + _run(kinds, at - 1, at + 1),
            "kinds+" + _run(kinds, at, at + 2),
            "kinds=" + _run(kinds, at - 1, at + 2),
            "words-" + _run(texts, at - 1, at + 1),
            "before-" + _run(texts, at - 2, at),
            "head=" + texts[at][:2],
            "tail=" + texts[at][-2:],
        ]
        for at in range(len(words))
    ]


def marks(words: Sequence[Word], span: Span | None) -> list[str]:
    """What the field should tell of each word, where `span` of the text is the place."""
    return _inside(words, [span] if span else [])


def load() -> None:
    """Read the model now; raises ModelFault."""
    _field()


class Field:
    """The trained field. Raises ModelFault where `data` is none."""

    def __init__(self, data: bytes) -> None:
        # crfsuite copies nothing: the bytes must live as long as what reads them.
        self._data = data
        self._tagger = Tagger()
        try:
            self._tagger.open_inmemory(self._data)
        except ValueError as error:
            raise checked.ModelFault(f"the model of places is damaged: {error}") from error

    def tag(self, described: Sequence[Sequence[str]]) -> list[str]:
        """For each word what it is."""
        tags: list[str] = self._tagger.tag(described)
        return tags

    def doubt(self, at: int) -> float:
        """How likely word `at` of the text tagged last belongs to no place."""
        share: float = self._tagger.marginal(NONE, at)
        return share


@cache
def _field() -> Field:
    return Field(checked.read(Path(checked.FOLDER, MODEL)))


def _best(words: Sequence[Word], text: str) -> Span | None:
    """Of the stretches that the field marks the surest; of two as sure the longer."""
    if not words:
        return None
    field = _field()
    tags = field.tag(describe(words, text))
    doubts = [field.doubt(at) for at in range(len(words))]
    runs = _runs(tags) or _likely(doubts)

    def worth(run: range) -> float:
        length = words[run[-1]].end - words[run[0]].begin
        return _LENGTH_COUNTS * length - max(doubts[at] for at in run)

    best = max(runs, key=worth) if len(runs) > 1 else next(iter(runs), None)
    return (words[best[0]].begin, words[best[-1]].end) if best else None


def _likely(doubts: Sequence[float]) -> list[range]:
    """Where the field marks nothing: the surest word, if it may well be a place, and its like."""
    begin = min(range(len(doubts)), key=lambda at: doubts[at])
    if doubts[begin] >= _DOUBT:
        return []
    end = begin + 1
    while begin > 0 and doubts[begin - 1] < _DOUBT_BESIDE:
        begin -= 1
    while end < len(doubts) and doubts[end] < _DOUBT_BESIDE:
        end += 1
    return [range(begin, end)]


def _runs(tags: Sequence[str]) -> list[range]:
    """Words that stand together as one place."""
    runs: list[range] = []
    for at, tag in enumerate(tags):
        if tag == NONE:
            continue
        if tag == GOES_ON and runs and runs[-1].stop == at:
            runs[-1] = range(runs[-1].start, at + 1)
        else:
            runs.append(range(at, at + 1))
    return runs


def _inside(words: Sequence[Word], spans: Sequence[Span]) -> list[str]:
    tags = [NONE] * len(words)
    for begin, end in spans:
        inside = [at for at, word in enumerate(words) if word.begin < end and word.end > begin]
        for at in inside:
            tags[at] = BEGINS if at == inside[0] else GOES_ON
    return tags


def _window(name: str, values: Sequence[str], at: int, reach: int) -> list[str]:
    return [f"{name}{step}={_at(values, at + step)}" for step in range(-reach, reach + 1)]


def _run(values: Sequence[str], begin: int, end: int) -> str:
    return "|".join(_at(values, at) for at in range(begin, end))


def _at(values: Sequence[str], at: int) -> str:
    return values[at] if 0 <= at < len(values) else _EDGE


@lru_cache(maxsize=10_000)
def _kind(text: str) -> str:
    kinds = [name for name, words in _KINDS.items() if text in words]
    if text.isspace():
        kinds.append("line" if "\n" in text else "space")
    if re.search(r"\d", text):
        kinds.append("digit")
    if re.match("[A-Za-z]", text):
        kinds.append("latin")
    if len(text) == 1:
        kinds.append("one")
    return "+".join(kinds) or "-"
