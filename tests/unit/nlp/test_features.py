"""Features: stable numbers of bounded size."""

from random import Random

import numpy as np
import pytest

from nlp.features import TABLE_SIZE, extract
from nlp.noise import noisy
from nlp.reading import read
from tests.unit.nlp.nasty import NASTY


@pytest.mark.parametrize("text", NASTY)
def test_features_are_places_of_the_table(text: str) -> None:
    places, values = extract(read(text))
    assert len(places) == len(values)
    assert (values > 0).all()
    assert ((places >= 0) & (places < TABLE_SIZE)).all()


def test_the_same_text_has_the_same_features() -> None:
    one, other = extract(read("ไฟไหม้บ้าน")), extract(read("ไฟไหม้บ้าน"))
    assert np.array_equal(one[0], other[0])


def test_noise_is_the_same_for_the_same_seed() -> None:
    text = "ไฟไหม้บ้านค่ะ ซอยเทศบาล 5 ช่วยด้วย"
    assert noisy(text, Random(3), 0.1) == noisy(text, Random(3), 0.1)
    assert noisy(text, Random(3), 0.1)
