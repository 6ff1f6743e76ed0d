"""Emergency alarms by rule, independent of the trained model: what must not be missed.

A rule asks for whole words near each other; an exception (hedge, habit, past, question, fiction,
"it is over", negation) takes it back, unless the writer pleads or says *now*. The figures behind
the exceptions: three of four words of danger in real reports name a risk, not an incident.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlp import cues, english
from nlp.alarms import RULES, Rule
from nlp.features import mask, words_of
from nlp.shapes import is_bare_plea
from nlp.topics import DANGERS, TOPICS

NEAR = 12  # words within which all parts of a rule must stand
_NEGATION_REACH = 2  # words before a part in which a negation undoes it

Places = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Alarm:
    """`rule` fired; `category` None leaves the choice to the model."""

    rule: str
    category: str | None


def find_alarm(text: str) -> Alarm | None:
    """The first rule that fires on a normalised text, or None."""
    if is_bare_plea(text):
        return Alarm("bare_plea", "violence")
    words = _words(text)
    found = cues.phrases(words)
    present = cues.find_groups(cues.CUES, found)
    for rule in RULES:
        if _is_blocked(rule, present) or not rule.unless.isdisjoint(found):
            continue
        if _fires(rule, found, words):
            return Alarm(rule.name, rule.category)
    category = english.find_category(text)
    return Alarm(f"english_{category}", category) if category else None


def names_danger(text: str) -> bool:
    """Whether a normalised text holds a word of danger, a plea or a word of *right now*."""
    found = cues.phrases(_words(text))
    named = any(not TOPICS[topic].isdisjoint(found) for topic in DANGERS)
    return named or not (cues.PLEA | cues.STRONG_NOW).isdisjoint(found)


def _words(text: str) -> tuple[str, ...]:
    return words_of(mask(text.lower()))


def _is_blocked(rule: Rule, present: set[str]) -> bool:
    blockers = {"over", "fiction", "question"} & present
    if not {"strong_now", "plea"} & present:
        blockers |= {"hedge", "habit", "past"} & present
    return bool(blockers - rule.ignores)


def _fires(rule: Rule, found: Places, words: Sequence[str]) -> bool:
    spots = [_spots(part, found, words, rule) for part in rule.parts]
    if any(not spot for spot in spots):
        return False
    return any(
        all(any(abs(other - first) <= NEAR for other in spot) for spot in spots[1:])
        for first in spots[0]
    )


def _spots(part: Iterable[str], found: Places, words: Sequence[str], rule: Rule) -> list[int]:
    hits = sorted({at for phrase in part for at in found.get(phrase, ())})
    return [at for at in hits if "negation" in rule.ignores or not _is_negated(at, words)]


def _is_negated(at: int, words: Sequence[str]) -> bool:
    before = words[max(0, at - _NEGATION_REACH) : at]
    return any(word in cues.NEGATION for word in before)
