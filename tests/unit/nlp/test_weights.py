"""The model file: what was saved is read, and a file that is not the described one is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from nlp import weights
from nlp.checked import FOLDER, ModelFault
from nlp.features import TABLE_SIZE, extract
from nlp.labels import CATEGORIES, LABELS
from nlp.reading import read
from nlp.weights import Model

COLUMNS = len(LABELS) + len(CATEGORIES)


def small_model() -> Model:
    table = np.zeros((TABLE_SIZE, COLUMNS), dtype=np.int8)
    return Model(table, np.ones(COLUMNS, np.float32), np.zeros(COLUMNS, np.float32), 1.0)


def test_what_was_saved_is_read(tmp_path: Path) -> None:
    weights.save(small_model(), tmp_path)
    shares = weights.read(tmp_path).probabilities(extract(read("ไฟไหม้")))
    assert set(shares) == set(CATEGORIES)
    assert sum(shares.values()) == pytest.approx(1.0)


def test_the_same_model_gives_the_same_digest(tmp_path: Path) -> None:
    assert weights.save(small_model(), tmp_path / "a") == weights.save(
        small_model(), tmp_path / "b"
    )


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    weights.save(small_model(), tmp_path)
    file = tmp_path / "model.npz"
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(ModelFault, match="is not the file"):
        weights.read(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sha256": 5}', "null"])
def test_a_damaged_digest_is_refused(tmp_path: Path, content: str) -> None:
    weights.save(small_model(), tmp_path)
    (tmp_path / "model.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelFault):
        weights.read(tmp_path)


def test_a_missing_file_is_a_model_fault(tmp_path: Path) -> None:
    with pytest.raises(ModelFault, match="cannot be read"):
        weights.read(tmp_path)


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    import hashlib

    file = tmp_path / "model.npz"
    np.savez_compressed(file, table=np.array([{"a": 1}], dtype=object))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    (tmp_path / "model.json").write_text(json.dumps({"sha256": digest}), encoding="utf-8")
    with pytest.raises(ModelFault):
        weights.read(tmp_path)


def test_the_committed_model_is_small_and_whole() -> None:
    weights.read()
    assert (FOLDER / "model.npz").stat().st_size <= 10_000_000
