"""How good the room is, in figures: `python -m nlp.evaluate [--hands] [--extra FILE]`.

Without `--hands`: the committed model on each part of the test. With it: the messages of each hand
that wrote for training, understood by a model that learned from the others; that is the place to
tune, not the test.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from unittest.mock import patch

from nlp import classifier, places, train
from nlp.examples import PARTS, Example, read_extra, read_hands, read_part
from nlp.labels import LABELS
from nlp.understanding import Understanding, understand

# Shares of the labels among the messages of a watch group; alarms are reckoned at these.
GROUP_SHARES = {"emergency": 0.02, "tip": 0.05, "request": 0.33, "other": 0.60}
_RESAMPLES = 1000
_BINS = 10

Result = tuple[Example, Understanding]


def leave_each_hand_out(extra: Sequence[Example]) -> list[Result]:
    """Each message understood by a model that has seen nothing of its writer."""
    hands = read_hands()
    results: list[Result] = []
    for left_out, examples in hands.items():
        others = [one for hand, ones in hands.items() if hand != left_out for one in ones]
        model = train.build([*others, *extra])
        field = places.Field(train.build_places(others))
        with (
            patch.object(classifier, "_model", return_value=model),
            patch.object(places, "_field", return_value=field),
        ):
            results += understood(examples)
    return results


def understood(examples: Sequence[Example]) -> list[Result]:
    """Each message with what the room makes of it."""
    return list(zip(examples, understand(example.text for example in examples), strict=True))


def report(results: Sequence[Result]) -> Iterator[str]:
    """Lines for a person: confusion, each label, emergencies, categories, places and times."""
    yield from _confusion_lines(Counter((example.label, found.label) for example, found in results))
    for label in LABELS:
        sure = interval(results, partial(precision, label))
        caught = interval(results, partial(recall, label))
        yield f"{label:>9}  precision {sure}  recall {caught}  F1 {_f1(label, results):.3f}"
    yield f"macro-F1 {interval(results, macro_f1)}"
    yield f"false alarms per 1,000 messages of a group: {false_alarms(results):.0f}"
    yield f"category right: {_mean([e.category == f.category for e, f in results]):.3f}"
    yield f"place, character F1: {_mean([overlap(e.place, f.place) for e, f in results]):.3f}"
    yield f"when, character F1: {_mean([overlap(e.when, f.when) for e, f in results]):.3f}"
    yield f"calibration error of the label's confidence: {calibration_error(results):.3f}"
    for example, found in results:
        if example.label == "emergency" != found.label:
            yield f"MISSED ({example.category}, taken for {found.category}): {example.text!r}"


def interval(results: Sequence[Result], score: Callable[[Sequence[Result]], float]) -> str:
    """`score` of the results, and its 95 % interval by bootstrap."""
    random = Random(1)
    drawn = sorted(score(random.choices(results, k=len(results))) for _ in range(_RESAMPLES))
    low, high = drawn[int(_RESAMPLES * 0.025)], drawn[int(_RESAMPLES * 0.975)]
    return f"{score(results):.3f} ({low:.3f}-{high:.3f})"


def recall(label: str, results: Sequence[Result]) -> float:
    found = [f.label == label for e, f in results if e.label == label]
    return _mean(found)


def precision(label: str, results: Sequence[Result]) -> float:
    right = [e.label == label for e, f in results if f.label == label]
    return _mean(right)


def macro_f1(results: Sequence[Result]) -> float:
    return _mean([_f1(label, results) for label in LABELS])


def false_alarms(results: Sequence[Result]) -> float:
    """Of 1,000 messages at the class shares of a watch group, those wrongly called an emergency."""
    wrong = {
        label: _mean([f.label == "emergency" for e, f in results if e.label == label])
        for label in GROUP_SHARES
        if label != "emergency"
    }
    return sum(1000 * GROUP_SHARES[label] * share for label, share in wrong.items())


def calibration_error(results: Sequence[Result]) -> float:
    """Mean distance between confidence and share of right labels, over ten bins of confidence."""
    error = 0.0
    for number in range(_BINS):
        inside = [
            (f.confidence, e.label == f.label)
            for e, f in results
            if min(int(f.confidence * _BINS), _BINS - 1) == number
        ]
        sure, right = _mean([one for one, _ in inside]), _mean([hit for _, hit in inside])
        error += abs(sure - right) * len(inside) / len(results)
    return error


def overlap(wanted: str | None, found: str | None) -> float:
    """Character F1 of two stretches, 1 where both are absent."""
    if not wanted or not found:
        return float(not wanted and not found)
    shared = sum((Counter(wanted) & Counter(found)).values())
    return 2 * shared / (len(wanted) + len(found))


def _confusion_lines(confusion: Counter[tuple[str, str]]) -> Iterator[str]:
    yield "wanted \\ found  " + "  ".join(f"{label:>9}" for label in LABELS)
    for wanted in LABELS:
        row = "  ".join(f"{confusion[wanted, found]:>9}" for found in LABELS)
        yield f"{wanted:>14}  {row}"


def _f1(label: str, results: Sequence[Result]) -> float:
    hits = sum(e.label == f.label == label for e, f in results)
    named = sum((e.label == label) + (f.label == label) for e, f in results)
    return 2 * hits / max(named, 1)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(len(values), 1)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hands", action="store_true")
    parser.add_argument("--extra", type=Path, action="append", default=[])
    chosen = parser.parse_args()
    if chosen.hands:
        extra = [example for path in chosen.extra for example in read_extra(path)]
        print("\n".join(report(leave_each_hand_out(extra))))
        return
    for part in PARTS:
        print(f"== {part}")
        print("\n".join(report(understood(read_part(part)))))


if __name__ == "__main__":
    main()
