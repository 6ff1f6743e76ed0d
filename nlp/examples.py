"""Labelled messages: the lines of `nlp/corpus/*.jsonl`, read and checked."""

import json
from dataclasses import dataclass
from pathlib import Path

from nlp.labels import LABEL_OF

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True, slots=True)
class Example:
    """One message with what a person says it means; `place` and `when` are stretches of `text`."""

    text: str
    label: str
    category: str
    place: str | None
    when: str | None


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
