"""How good the room is, in figures: `python -m nlp.evaluate [--folds N]`.

Without `--folds`: the committed model on each held-out part. With it: the training messages in
N parts, each understood by a model trained on the others; that is the place to tune, not the test.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from math import sqrt
from random import Random
from unittest.mock import patch

from nlp import classifier, train
from nlp.classifier import Understanding, understand
from nlp.examples import CORPUS, Example, read_examples
from nlp.labels import LABELS

# Shares of the labels among the messages of a watch group; alarms are reckoned at these.
GROUP_SHARES = {"emergency": 0.02, "tip": 0.05, "request": 0.33, "other": 0.60}
# Held-out messages: indirect ones, looked at while building; plain ones, looked at once at the end.
PARTS = ("test", "plain")

Result = tuple[Example, Understanding]


def cross_validate(examples: Sequence[Example], folds: int) -> list[Result]:
    """Each message understood by a model that has not seen it."""
    order = list(examples)
    Random(1).shuffle(order)
    results: list[Result] = []
    for fold in range(folds):
        kept = [example for at, example in enumerate(order) if at % folds != fold]
        model = train.build(kept)
        with patch.object(classifier, "_model", lambda model=model: model):
            results += [(example, understand(example.text)) for example in order[fold::folds]]
    return results


def report(results: Sequence[Result]) -> Iterator[str]:
    """Lines for a person: confusion, each label, emergencies, categories, places and times."""
    confusion = Counter((example.label, found.label) for example, found in results)
    yield from _confusion_lines(confusion)
    yield from _label_lines(confusion)
    yield from _emergency_lines(results, confusion)
    right = sum(example.category == found.category for example, found in results)
    yield f"category right: {right / len(results):.3f} of {len(results)}"
    yield f"place, character F1: {_mean([overlap(e.place, f.place) for e, f in results]):.3f}"
    yield f"when, character F1: {_mean([overlap(e.when, f.when) for e, f in results]):.3f}"


def interval(hits: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not total:
        return 0.0, 1.0
    share, z = hits / total, 1.96
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    spread /= 1 + z * z / total
    return max(0.0, middle - spread), min(1.0, middle + spread)


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


def _label_lines(confusion: Counter[tuple[str, str]]) -> Iterator[str]:
    scores = []
    for label in LABELS:
        hits = confusion[label, label]
        found = sum(confusion[other, label] for other in LABELS)
        wanted = sum(confusion[label, other] for other in LABELS)
        precision, recall = hits / max(found, 1), hits / max(wanted, 1)
        scores.append(2 * hits / max(found + wanted, 1))
        yield f"{label:>14}  precision {precision:.3f}  recall {recall:.3f}  F1 {scores[-1]:.3f}"
    yield f"macro-F1 {_mean(scores):.3f}"


def _emergency_lines(
    results: Sequence[Result], confusion: Counter[tuple[str, str]]
) -> Iterator[str]:
    wanted = sum(confusion["emergency", found] for found in LABELS)
    hits = confusion["emergency", "emergency"]
    low, high = interval(hits, wanted)
    yield f"emergencies found: {hits} of {wanted}, 95 % interval {low:.3f}-{high:.3f}"
    by_rule = sum(e.label == "emergency" and f.trigger is not None for e, f in results)
    yield f"of these named by a rule: {by_rule}"
    yield f"false alarms per 1,000 messages of a group: {_false_alarms(confusion):.0f}"
    for example, found in results:
        if example.label == "emergency" != found.label:
            yield f"MISSED ({example.category}, taken for {found.category}): {example.text!r}"


def _false_alarms(confusion: Counter[tuple[str, str]]) -> float:
    total = 0.0
    for label, share in GROUP_SHARES.items():
        if label != "emergency":
            wanted = sum(confusion[label, found] for found in LABELS)
            total += 1000 * share * confusion[label, "emergency"] / max(wanted, 1)
    return total


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(len(values), 1)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0)
    folds: int = parser.parse_args().folds
    if folds:
        results = cross_validate(read_examples(CORPUS / "train.jsonl"), folds)
        print("\n".join(report(results)))
        return
    for part in PARTS:
        print(f"== {part}")
        results = [(e, understand(e.text)) for e in read_examples(CORPUS / f"{part}.jsonl")]
        print("\n".join(report(results)))


if __name__ == "__main__":
    main()
