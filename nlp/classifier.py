"""What a message is: label, category, how sure, and why.

Two independent judges: the trained model, and the emergency triggers by rule. Either may raise an
emergency, since a miss costs a life and a false alarm a call; nothing but a trigger's own
exceptions takes an alarm back. `classify` is total: it raises on no text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from nlp import places, tokens, weights
from nlp.alarms import Alarm
from nlp.checked import ModelFault
from nlp.features import extract
from nlp.labels import LABEL_OF, LABELS
from nlp.places import Span, find_span
from nlp.reading import Reading, read
from nlp.reasons import find_reasons
from nlp.shapes import is_bare_number, is_bare_place, is_wordless, may_be_place
from nlp.triggers import find_alarm, names_danger
from nlp.weights import Model

__all__ = ["LABELS", "SURE", "Judgement", "ModelFault", "classify", "judge", "load"]

# From training messages by hands that the model had not seen (`nlp.evaluate --hands`): a share
# of this much raises an emergency where the message names a danger, the greater where it does not.
EMERGENCY_THRESHOLD = 0.30
UNNAMED_THRESHOLD = 0.40
# Below this the conversation asks, or a person decides.
SURE = 0.60
_TRIGGER_CONFIDENCE = 0.75
_RULE_CONFIDENCE = 0.90


@dataclass(frozen=True, slots=True)
class Judgement:
    """`confidence` is the share, 0 to 1, of messages judged so whose label is right.

    `why`: at most three words of the message, as normalised, that spoke most for it; where a rule
    raised the alarm, the words that it met, and `trigger` is its name.
    """

    label: str
    category: str
    confidence: float
    why: tuple[str, ...] = ()
    trigger: str | None = None

    @property
    def is_sure(self) -> bool:
        """Whether no person need look at it before the bot answers."""
        return self.confidence >= SURE


_UNCLEAR = Judgement("other", "unclear", _RULE_CONFIDENCE)


def load() -> None:
    """Read models and dictionary now; raises ModelFault with what is wrong."""
    tokens.warm()
    _model()
    places.load()


def classify(texts: Iterable[str]) -> list[Judgement]:
    """What each text is, whatever it is."""
    readings = map(read, texts)
    return [judge(one, find_span(one) if may_be_place(one) else None) for one in readings]


def judge(reading: Reading, place: Span | None) -> Judgement:
    """What one message is; `place`: where it names one."""
    alarm = find_alarm(reading)
    if alarm is not None:
        return _alarmed(alarm, reading)
    if _says_nothing(reading, place):
        return _UNCLEAR
    shares = _model().probabilities(extract(reading))
    labels = _labels(shares)
    label = max(labels, key=lambda name: labels[name])
    if _is_emergency(labels["emergency"], reading):
        label = "emergency"
    category = _best(label, shares)
    why = find_reasons(_model(), reading, category)
    return Judgement(label, category, round(labels[label], 4), why)


def _says_nothing(reading: Reading, place: Span | None) -> bool:
    if is_wordless(reading.text) or is_bare_number(reading.text):
        return True
    return place is not None and is_bare_place(reading.text, place)


def _alarmed(alarm: Alarm, reading: Reading) -> Judgement:
    shares = _model().probabilities(extract(reading))
    category = alarm.category or _best("emergency", shares)
    confidence = round(max(_labels(shares)["emergency"], _TRIGGER_CONFIDENCE), 4)
    why = alarm.words or find_reasons(_model(), reading, category)
    return Judgement(LABEL_OF[category], category, confidence, why[:3], alarm.rule)


def _labels(shares: dict[str, float]) -> dict[str, float]:
    return {name: sum(shares[one] for one in group) for name, group in LABELS.items()}


def _is_emergency(share: float, reading: Reading) -> bool:
    if share >= UNNAMED_THRESHOLD:
        return True
    return share >= EMERGENCY_THRESHOLD and names_danger(reading)


def _best(label: str, shares: dict[str, float]) -> str:
    return max(LABELS[label], key=lambda category: shares[category])


@cache
def _model() -> Model:
    return weights.read()
