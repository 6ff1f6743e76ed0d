"""Features: stable numbers, bounded size, and class words for what differs each time."""

from random import Random

import numpy as np
import pytest

from nlp.features import TABLE_SIZE, extract, mask
from nlp.noise import noisy
from nlp.normalize import normalize
from tests.unit.nlp.nasty import NASTY


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("โทร 000-000-0000", "เบอร์โทร"),
        ("ดู https://example.com/a", "ลิงก์"),
        ("อยู่ 13.8199, 100.0600", "พิกัด"),
        ("รถ กก 0000", "ทะเบียน"),
    ],
)
def test_what_differs_each_time_becomes_one_word(text: str, word: str) -> None:
    assert word in mask(text)


@pytest.mark.parametrize("text", NASTY)
def test_features_are_sorted_places_of_the_table(text: str) -> None:
    places, values = extract(normalize(text))
    assert len(places) == len(values)
    assert (np.diff(places) > 0).all()
    assert ((places >= 0) & (places < TABLE_SIZE)).all()


def test_the_same_text_has_the_same_features() -> None:
    assert np.array_equal(extract("ไฟไหม้บ้าน")[0], extract("ไฟไหม้บ้าน")[0])


def test_noise_is_the_same_for_the_same_seed() -> None:
    text = "ไฟไหม้บ้านค่ะ ซอยเทศบาล 5 ช่วยด้วย"
    assert noisy(text, Random(3), 0.1) == noisy(text, Random(3), 0.1)
    assert noisy(text, Random(3), 0.1)
