"""Emergency alarms by rule, independent of the trained model: what must not be missed.

A rule asks for whole words near each other; an exception (hedge, habit, past, question, fiction,
"it is over", negation) takes it back, unless the writer pleads or says *now*. The figures behind
the exceptions: three of four words of danger in real reports name a risk, not an incident.
"""

from collections.abc import Sequence

from nlp import cues, english
from nlp.alarms import RULES, Alarm, Rule
from nlp.lexicon import Spot
from nlp.reading import Reading, part_name, unless_name
from nlp.shapes import is_bare_plea
from nlp.topics import DANGERS

NEAR = 12  # words within which all parts of a rule must stand
_NEGATION_REACH = 2  # words before a part in which a negation undoes it
# Each rule with the groups of its parts.
_PARTS = [(rule, [part_name(rule.name, n) for n in range(len(rule.parts))]) for rule in RULES]
_TELLS_DANGER = frozenset({*(f"t:{topic}" for topic in DANGERS), "q:plea", "q:strong_now"})


def find_alarm(reading: Reading) -> Alarm | None:
    """The first rule that fires on a text, or None."""
    if is_bare_plea(reading.text):
        return Alarm("bare_plea", "violence")
    present = set(reading.cues)
    for rule, names in _PARTS:
        if not all(name in reading.spots for name in names) or _is_undone(rule, reading, present):
            continue
        words = _match(rule, names, reading)
        if words:
            return Alarm(rule.name, rule.category, words)
    return english.find_alarm(reading.text)


def names_danger(reading: Reading) -> bool:
    """Whether a text holds a word of danger, a plea or a word of *right now*."""
    return not _TELLS_DANGER.isdisjoint(reading.spots)


def _is_undone(rule: Rule, reading: Reading, present: set[str]) -> bool:
    if unless_name(rule.name) in reading.spots:
        return True
    blockers = {"over", "fiction", "question"} & present
    if not {"strong_now", "plea"} & present:
        blockers |= {"hedge", "habit", "past"} & present
    return bool(blockers - rule.ignores)


def _match(rule: Rule, names: Sequence[str], reading: Reading) -> tuple[str, ...]:
    """The words of each part, where all parts stand near the first; else none."""
    spots = [_spots(rule, reading.spots[name], reading.words) for name in names]
    for first in spots[0]:
        near = [_near(first, others) for others in spots]
        if None not in near:
            return tuple("".join(reading.words[slice(*spot)]) for spot in near if spot)
    return ()


def _near(first: Spot, others: Sequence[Spot]) -> Spot | None:
    return next((spot for spot in others if abs(spot[0] - first[0]) <= NEAR), None)


def _spots(rule: Rule, hits: Sequence[Spot], words: Sequence[str]) -> list[Spot]:
    return [spot for spot in hits if "negation" in rule.ignores or not _is_negated(spot[0], words)]


def _is_negated(at: int, words: Sequence[str]) -> bool:
    before = words[max(0, at - _NEGATION_REACH) : at]
    return any(word in cues.NEGATION for word in before)
