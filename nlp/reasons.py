"""Why a message was understood so: the words that spoke most for its category."""

import re

import numpy as np
from numpy.typing import NDArray

from nlp.cues import CUES, find_groups
from nlp.features import masked_of, place_of, words_of
from nlp.topics import TOPICS
from nlp.weights import Model

_SHOWN = 3
_LETTER = re.compile(r"[^\W\d_]")


def find_reasons(model: Model, text: str, category: str) -> tuple[str, ...]:
    """At most three words of a normalised text, the weightiest first; none that spoke against.

    A word counts by what it, and the topics and cues that it stands for, add to the label and to
    its category there, over what they add to the others on average. Pairs of words, characters and
    numbers count too in the decision, and are not shown.
    """
    # Not the words that stand for a link or a phone number: nobody wrote them.
    written = set(words_of(text.lower()))
    words = [word for word in dict.fromkeys(words_of(masked_of(text))) if word in written]
    words = [word for word in words if _LETTER.search(word)]
    weights = {word: sum(_weight(model, name, category) for name in _names(word)) for word in words}
    ranked = sorted(weights, key=lambda word: -weights[word])
    return tuple(word for word in ranked[:_SHOWN] if weights[word] > 0)


def _names(word: str) -> list[str]:
    """The features that this one word brings about."""
    topics = [f"t:{topic}" for topic in sorted(find_groups(TOPICS, (word,)))]
    return [f"w:{word}", *topics, *(f"q:{cue}" for cue in sorted(find_groups(CUES, (word,))))]


def _weight(model: Model, name: str, category: str) -> float:
    scores = model.table[place_of(name)] * model.scales
    return sum(_lead(scores[group], scores[one]) for group, one in model.columns(category))


def _lead(group: NDArray[np.float32], one: np.float32) -> float:
    return float(one - group.mean())
