"""The door of the room: one message in, an `Understanding` out.

Two independent judges: the trained model, and the emergency triggers by rule. Either may raise an
emergency, since a miss costs a life and a false alarm a call; nothing but a trigger's own
exceptions takes an alarm back. `understand` is total: it raises on no text.
"""

from dataclasses import dataclass, replace
from functools import cache

from nlp import places, tokens, weights
from nlp.checked import ModelFault
from nlp.features import extract
from nlp.keyboard import as_meant
from nlp.labels import LABEL_OF, LABELS
from nlp.normalize import align, normalize
from nlp.places import find_place_in
from nlp.reasons import find_reasons
from nlp.shapes import is_wordless, plain_category
from nlp.times import find_when_in
from nlp.triggers import Alarm, find_alarm, names_danger
from nlp.weights import Model

__all__ = ["LABELS", "ModelFault", "Understanding", "explain", "load", "understand"]

# From training messages by hands that the model had not seen (`nlp.evaluate --hands`): a share
# of this much raises an emergency where the message names a danger, the greater where it does not.
EMERGENCY_THRESHOLD = 0.30
UNNAMED_THRESHOLD = 0.40
_TRIGGER_CONFIDENCE = 0.75
_RULE_CONFIDENCE = 0.90


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one message says; `place` and `when` are exact stretches of it, or None.

    `trigger` is the rule that raised the alarm.
    """

    label: str
    category: str
    confidence: float
    place: str | None
    when: str | None
    trigger: str | None


def load() -> None:
    """Read model and dictionary now; raises ModelFault with what is wrong."""
    tokens.warm()
    _model()
    places.load()


def understand(text: str) -> Understanding:
    """Label, category, place and time of `text`, whatever it is."""
    aligned = replace(align(as_meant(text)), original=text)
    place, when = find_place_in(aligned), find_when_in(aligned)
    alarm = find_alarm(aligned.text)
    if alarm is None and is_wordless(aligned.text):
        return Understanding("other", "unclear", _RULE_CONFIDENCE, place, when, None)
    category, confidence = _judge(aligned.text, alarm, place)
    return Understanding(
        LABEL_OF[category],
        category,
        confidence,
        place,
        when,
        alarm.rule if alarm is not None else None,
    )


def explain(text: str, category: str) -> tuple[str, ...]:
    """At most three words of `text`, as normalised: those that spoke most for `category`.

    They are the model's; where a rule decided, `Understanding.trigger` names it.
    """
    return find_reasons(_model(), normalize(as_meant(text)), category)


def _judge(text: str, alarm: Alarm | None, place: str | None) -> tuple[str, float]:
    shares = _model().probabilities(extract(text))
    labels = {name: sum(shares[c] for c in group) for name, group in LABELS.items()}
    if alarm is not None:
        category = alarm.category or _best("emergency", shares)
        return category, round(max(labels["emergency"], _TRIGGER_CONFIDENCE), 4)
    plain = plain_category(text, place)
    if plain is not None:
        return plain, _RULE_CONFIDENCE
    label = max(labels, key=lambda name: labels[name])
    if _is_emergency(labels["emergency"], text):
        label = "emergency"
    return _best(label, shares), round(labels[label], 4)


def _is_emergency(share: float, text: str) -> bool:
    if share >= UNNAMED_THRESHOLD:
        return True
    return share >= EMERGENCY_THRESHOLD and names_danger(text)


def _best(label: str, shares: dict[str, float]) -> str:
    return max(LABELS[label], key=lambda category: shares[category])


@cache
def _model() -> Model:
    return weights.read()
