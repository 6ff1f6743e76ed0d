"""The corpus obeys the label guide's form, covers every category, and keeps the test apart."""

import json
from pathlib import Path

import pytest

from nlp.examples import CORPUS, read_examples
from nlp.labels import CATEGORIES, LABEL_OF, LABELS
from nlp.normalize import normalize

TRAIN, TEST = CORPUS / "train.jsonl", CORPUS / "test.jsonl"
PLAIN = CORPUS / "plain.jsonl"


@pytest.mark.parametrize(("path", "least"), [(TRAIN, 1000), (TEST, 250), (PLAIN, 100)])
def test_every_line_is_sound_and_every_category_is_there(path: Path, least: int) -> None:
    examples = read_examples(path)
    assert len(examples) >= least
    assert {example.category for example in examples} == set(CATEGORIES)


def test_no_message_stands_twice_and_none_in_both() -> None:
    texts = [normalize(e.text) for path in (TRAIN, TEST, PLAIN) for e in read_examples(path)]
    assert len(texts) == len(set(texts))


def test_labels_and_categories_fit() -> None:
    assert tuple(LABEL_OF) == CATEGORIES
    assert sum(len(group) for group in LABELS.values()) == len(CATEGORIES)


@pytest.mark.parametrize(
    "change",
    [
        {"label": "tip"},
        {"category": "none"},
        {"place": "elsewhere"},
        {"when": "never"},
        {"more": 1},
    ],
)
def test_a_line_that_breaks_a_rule_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    line = {"text": "ไฟไหม้", "label": "emergency", "category": "fire", "place": None, "when": None}
    file = tmp_path / "bad.jsonl"
    file.write_text(json.dumps(line | change), encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.jsonl:1"):
        read_examples(file)
