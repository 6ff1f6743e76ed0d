"""Labelled messages: the lines of `nlp/corpus/train` and `nlp/corpus/test`, read and checked.

A file of `train` for each hand that wrote; the hands of `test` never saw those of `train`.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from nlp.labels import LABEL_OF

CORPUS = Path(__file__).parent / "corpus"
# What each part asks: how people write who name the thing, and how those who do not.
PARTS = ("plain", "adversarial")
# Unread small talk counts little: some of it is no small talk.
_SMALL_TALK_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """One message with what a person says it means; `place` and `when` are stretches of `text`.

    `weight`: how much it counts in training.
    """

    text: str
    label: str
    category: str
    place: str | None
    when: str | None
    weight: float = 1.0


def read_hands() -> dict[str, list[Example]]:
    """The messages to train on, by the hand that wrote them."""
    return {path.stem: read_examples(path) for path in sorted((CORPUS / "train").glob("*.jsonl"))}


def read_part(name: str) -> list[Example]:
    """A part of the test: never trained on."""
    paths = sorted((CORPUS / "test").glob(f"{name}_*.jsonl"))
    return [example for path in paths for example in read_examples(path)]


def read_extra(path: Path) -> list[Example]:
    """Further material that the repository does not hold: labelled messages (`.jsonl`), or small
    talk as a table with a column `text` (`.csv`). Raises ValueError with what is wrong.
    """
    if path.suffix != ".csv":
        return read_examples(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if "text" not in (rows.fieldnames or ()):
            raise ValueError(f"{path.name}: no column 'text'")
        return [
            Example(row["text"], "other", "chitchat", None, None, _SMALL_TALK_WEIGHT)
            for row in rows
        ]


def read_examples(path: Path) -> list[Example]:
    """Every line of `path`; raises ValueError naming the first line that breaks a rule."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_parse(line, f"{path.name}:{number}") for number, line in enumerate(lines, 1)]


def _parse(line: str, where: str) -> Example:
    try:
        example = Example(**json.loads(line))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: {error}") from error
    fault = _fault(example)
    if fault:
        raise ValueError(f"{where}: {fault}")
    return example


def _fault(example: Example) -> str | None:
    if LABEL_OF.get(example.category) != example.label:
        return f"category {example.category} is not one of {example.label}"
    for stretch in (example.place, example.when):
        if stretch is not None and stretch not in example.text:
            return f"{stretch!r} does not stand in the text"
    return None
