"""The corpus obeys the label guide's form, covers every category, and keeps the test apart."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from nlp.examples import PARTS, read_examples, read_extra, read_hands, read_part
from nlp.labels import CATEGORIES, LABEL_OF, LABELS
from nlp.normalize import normalize

TRAIN = [example for hand in read_hands().values() for example in hand]


def test_training_messages_are_many_and_of_every_category() -> None:
    assert len(TRAIN) >= 4000
    counted = Counter(example.category for example in TRAIN)
    assert all(counted[category] >= 80 for category in CATEGORIES), counted


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_the_test_is_large_and_of_every_category(part: str) -> None:
    examples = read_part(part)
    assert len(examples) >= 1000
    assert sum(example.label == "emergency" for example in examples) >= 200
    assert {example.category for example in examples} == set(CATEGORIES)


def test_no_message_stands_twice_and_none_in_both() -> None:
    tested = [example for part in PARTS for example in read_part(part)]
    texts = [normalize(example.text) for example in [*TRAIN, *tested]]
    assert len(texts) == len(set(texts))


def test_no_real_phone_number_stands_in_it() -> None:
    for example in [*TRAIN, *(one for part in PARTS for one in read_part(part))]:
        for number in re.findall(r"0[689]\d[- ]?\d{3}[- ]?\d{4}", example.text):
            assert number.replace("-", "").replace(" ", "").endswith("0000000"), number


def test_small_talk_comes_from_a_table(tmp_path: Path) -> None:
    file = tmp_path / "talk.csv"
    file.write_text("text,mood\nกินข้าวยัง,neu\n", encoding="utf-8")
    (example,) = read_extra(file)
    assert (example.text, example.category) == ("กินข้าวยัง", "chitchat")
    assert example.weight < 1
    file.write_text("words\nกินข้าวยัง\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column 'text'"):
        read_extra(file)


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
