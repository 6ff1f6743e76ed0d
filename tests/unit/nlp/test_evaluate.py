"""The figures that the model card publishes."""

import pytest

from nlp import evaluate
from nlp.classifier import Judgement
from nlp.examples import Example
from nlp.facts import find_facts
from nlp.reading import read
from nlp.understanding import Understanding


def result(wanted: str, found: str, confidence: float = 1.0) -> evaluate.Result:
    example = Example("text", wanted, "none", None, None)
    return example, Understanding(
        Judgement(found, "none", confidence), None, None, None, (), find_facts(read("")), "th"
    )


RESULTS = [
    result("emergency", "emergency"),
    result("emergency", "other"),
    result("request", "emergency"),
    result("request", "request"),
    result("other", "other"),
    result("other", "other"),
    result("tip", "tip"),
]


def test_recall_and_precision_are_of_one_label() -> None:
    assert evaluate.recall("emergency", RESULTS) == 0.5
    assert evaluate.precision("emergency", RESULTS) == 0.5
    assert evaluate.precision("other", RESULTS) == pytest.approx(2 / 3)


def test_false_alarms_are_reckoned_at_the_shares_of_a_group() -> None:
    # Half of the requests, which are a third of all messages.
    assert evaluate.false_alarms(RESULTS) == pytest.approx(165)


def test_macro_f1_is_the_mean_over_labels() -> None:
    assert evaluate.macro_f1(RESULTS) == pytest.approx((0.5 + 1 + 2 / 3 + 0.8) / 4)


def test_confidence_is_held_against_what_was_right() -> None:
    assert evaluate.calibration_error([result("tip", "tip", 0.95)]) == pytest.approx(0.05)
    half = [result("tip", "tip", 0.55), result("tip", "other", 0.55)]
    assert evaluate.calibration_error(half) == pytest.approx(0.05)


def test_interval_holds_the_share_and_is_wider_for_few() -> None:
    widths = []
    for results in (RESULTS, RESULTS * 20):
        share, rest = evaluate.interval(results, evaluate.macro_f1).split(" ", 1)
        low, high = (float(one) for one in rest.strip("()").split("-"))
        assert low <= float(share) <= high
        widths.append(high - low)
    assert widths[0] > 2 * widths[1] > 0


@pytest.mark.parametrize(
    ("wanted", "found", "score"),
    [(None, None, 1), ("ab", None, 0), (None, "ab", 0), ("ab", "ab", 1), ("ab", "abcd", 2 / 3)],
)
def test_stretches_overlap_by_characters(wanted: str, found: str, score: float) -> None:
    assert evaluate.overlap(wanted, found) == pytest.approx(score)
