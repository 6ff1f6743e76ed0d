"""Build the model from the corpus: `python -m nlp.train [--extra FILE]`.

Deterministic: fixed seed, fixed order, one thread. The same corpus gives the same file on the
same kind of machine. Only this module and `nlp.evaluate` import scikit-learn.
"""

import os

# One thread, or sums come out in another order; it must stand before numpy is first imported.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from dataclasses import replace  # noqa: E402
from pathlib import Path  # noqa: E402
from random import Random  # noqa: E402
from tempfile import TemporaryDirectory  # noqa: E402

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from pycrfsuite import Trainer  # noqa: E402
from scipy.sparse import csr_matrix  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

from nlp import checked, places, weights  # noqa: E402
from nlp.examples import Example, read_extra, read_hands  # noqa: E402
from nlp.features import TABLE_SIZE, Features, extract  # noqa: E402
from nlp.labels import LABELS  # noqa: E402
from nlp.noise import noisy  # noqa: E402
from nlp.normalize import normalize  # noqa: E402
from nlp.reading import read  # noqa: E402
from nlp.weights import Model  # noqa: E402

_SEED = 20250101
# Damage of the noised copies beside each clean message, and what each counts: by hands left out.
_RATES = (0.04, 0.08, 0.08, 0.12, 0.12)
_COPY_WEIGHT = 0.5
_STRENGTH = 12.0  # inverse regularisation, by cross-validation
_TEMPERATURE = 1.0


def build(examples: Sequence[Example]) -> Model:
    """Train on `examples` and their noised copies: labels first, then categories in each label."""
    rows, owners, row_weights = _rows(examples)
    features = matrix(rows)
    labels = np.array([list(LABELS).index(examples[owner].label) for owner in owners])
    heads = [_fit(features, labels, row_weights, len(LABELS))]
    for number, categories in enumerate(LABELS.values()):
        chosen = np.flatnonzero(labels == number)
        inside = np.array([categories.index(examples[owners[row]].category) for row in chosen])
        heads.append(_fit(features[chosen], inside, row_weights[chosen], len(categories)))
    table = np.hstack([head for head, _ in heads])
    return _quantise(table, np.concatenate([bias for _, bias in heads]))


def build_places(examples: Sequence[Example]) -> bytes:
    """The field that marks places, in crfsuite's form."""
    trainer = Trainer(verbose=False)
    trainer.set_params({"c1": 0.1, "c2": 0.05, "max_iterations": 80})
    for example in [*examples, *map(_unspaced, examples)]:
        reading = read(example.text)
        if reading.pieces:
            described = places.describe(reading.pieces, reading.text)
            trainer.append(described, places.marks(reading.pieces, _span(example, reading.text)))
    with TemporaryDirectory() as folder:
        path = Path(folder, places.MODEL)
        trainer.train(str(path))
        return path.read_bytes()


def _unspaced(example: Example) -> Example:
    """As those write who leave out spaces: ซอย5, not ซอย 5."""
    place = example.place and example.place.replace(" ", "")
    return replace(example, text=example.text.replace(" ", ""), place=place)


def _span(example: Example, text: str) -> tuple[int, int] | None:
    """Where the place of `example` stands in its normalised text."""
    wanted = normalize(example.place or "").strip()
    begin = text.find(wanted)
    return (begin, begin + len(wanted)) if wanted and begin >= 0 else None


def _fit(
    features: csr_matrix, targets: NDArray[np.int64], row_weights: NDArray[np.float64], size: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Columns and biases of one head; a target that never occurs stays far below all others."""
    learner = LogisticRegression(C=_STRENGTH, max_iter=300, tol=1e-3)
    learner.fit(features, targets, sample_weight=row_weights)
    table = np.zeros((TABLE_SIZE, size), dtype=np.float32)
    bias = np.full(size, -20.0, dtype=np.float32)
    for column, target in enumerate(learner.classes_):
        table[:, target] = learner.coef_[column]
        bias[target] = learner.intercept_[column]
    return table, bias


def matrix(rows: Sequence[Features]) -> csr_matrix:
    """Sparse rows of the feature table."""
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([places for places, _ in rows])
    values = np.concatenate([values for _, values in rows])
    table = csr_matrix((values, places, ends), shape=(len(rows), TABLE_SIZE))
    table.sum_duplicates()
    return table


def _rows(
    examples: Sequence[Example],
) -> tuple[list[Features], NDArray[np.int64], NDArray[np.float64]]:
    """Features, the number of the example each row comes from, and how much the row counts."""
    random = Random(_SEED)
    rows, owners, row_weights = [], [], []
    for owner, example in enumerate(examples):
        copies = [noisy(example.text, random, rate) for rate in _RATES]
        for text, weight in [(example.text, 1.0), *((copy, _COPY_WEIGHT) for copy in copies)]:
            rows.append(extract(read(text)))
            owners.append(owner)
            row_weights.append(weight * example.weight)
    return rows, np.array(owners), np.array(row_weights)


def _quantise(table: NDArray[np.float32], bias: NDArray[np.float32]) -> Model:
    scales = np.maximum(np.abs(table).max(axis=0), 1e-9) / 127.0
    small = np.round(table / scales).astype(np.int8)
    return Model(small, scales.astype(np.float32), bias, _TEMPERATURE)


def main() -> None:
    """Train, save, print the digest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--extra",
        type=Path,
        action="append",
        default=[],
        help="further labelled messages (.jsonl) or small talk (.csv with a column text)",
    )
    extra: list[Path] = parser.parse_args().extra
    examples = [example for hand in read_hands().values() for example in hand]
    examples += [example for path in extra for example in read_extra(path)]
    digest = weights.save(build(examples))
    # Small talk was not read for places.
    marked = [example for example in examples if example.weight == 1]
    of_places = checked.save(Path(checked.FOLDER, places.MODEL), build_places(marked))
    print(f"trained on {len(examples)} messages, sha256 {digest}, places {of_places}")


if __name__ == "__main__":
    main()
