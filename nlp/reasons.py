"""Why a message was understood so: the words that spoke most for its category."""

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nlp.features import place_of
from nlp.reading import LEXICON, Reading
from nlp.weights import Model

_SHOWN = 3
_LETTER = re.compile(r"[^\W\d_]")


def find_reasons(model: Model, reading: Reading, category: str) -> tuple[str, ...]:
    """At most three words of a text, the weightiest first; none that spoke against.

    A word counts by what it, and the topics and cues that it stands for, add to the label and to
    its category there, over what they add to the others on average. Pairs of words, characters and
    numbers count too in the decision, and are not shown.
    """
    written = reading.text.lower()  # not the words that stand for a link or a phone number
    words = list(dict.fromkeys(reading.seen().words))
    words = [word for word in words if word in written and _LETTER.search(word)]
    if not words:
        return ()
    weights = _weigh(model, words, category)
    ranked = np.argsort(-weights, kind="stable")[:_SHOWN]
    return tuple(words[at] for at in ranked if weights[at] > 0)


def _weigh(model: Model, words: list[str], category: str) -> NDArray[np.float64]:
    """For each word what it adds."""
    places = [_places(word) for word in words]
    owners = np.repeat(np.arange(len(words)), [len(ones) for ones in places])
    scores = model.table[np.concatenate(places)] * model.scales
    leads = [
        scores[:, one] - scores[:, group].mean(axis=1) for group, one in model.columns(category)
    ]
    sums = np.zeros(len(words))
    np.add.at(sums, owners, np.sum(leads, axis=0))
    return sums


@lru_cache(maxsize=10_000)
def _places(word: str) -> NDArray[np.int64]:
    """Of the features that this one word brings about."""
    groups = [name for name in LEXICON.find((word,)) if name.startswith(("t:", "q:"))]
    return np.array([place_of(name) for name in [f"w:{word}", *groups]])
