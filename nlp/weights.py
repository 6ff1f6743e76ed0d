"""The trained model on disk and in memory: read, check, score.

The file is a plain numpy archive, read with pickling forbidden, so loading it runs no code; its
SHA-256 stands in a small file beside it and must agree. Nothing is written here but by `save`.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from nlp import checked
from nlp.checked import FOLDER, ModelFault
from nlp.features import TABLE_SIZE, Features
from nlp.labels import CATEGORIES, LABEL_OF, LABELS

_MODEL = "model.npz"


@dataclass(frozen=True, slots=True)
class Model:
    """Two heads in one table: a column for each label, then a column for each category.

    A score is `table[place, column] * scales[column] + bias[column]`, summed over features.
    """

    table: NDArray[np.int8]
    scales: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float

    def probabilities(self, features: Features) -> dict[str, float]:
        """A share for each category, all summing to one; a label's shares sum to the label's."""
        places, values = features
        raw = values @ self.table[places].astype(np.float32)
        scores = (raw * self.scales + self.bias).astype(np.float64)
        labels = _softmax(scores[: len(LABELS)] / self.temperature)
        shares: dict[str, float] = {}
        column = len(LABELS)
        for label, categories in zip(labels, LABELS.values(), strict=True):
            inside = _softmax(scores[column : column + len(categories)])
            shares |= zip(categories, (float(label * share) for share in inside), strict=True)
            column += len(categories)
        return shares

    def columns(self, category: str) -> tuple[tuple[slice, int], tuple[slice, int]]:
        """(all columns of a head, the one that speaks for it) for its label and for `category`."""
        label, at = LABEL_OF[category], CATEGORIES.index(category)
        begin = len(LABELS) + CATEGORIES.index(LABELS[label][0])
        inside = slice(begin, begin + len(LABELS[label]))
        return (slice(0, len(LABELS)), list(LABELS).index(label)), (inside, len(LABELS) + at)


def read(folder: Path = FOLDER) -> Model:
    """The model of `folder`, its digest checked; raises ModelFault."""
    return _parse(checked.read(folder / _MODEL), folder)


def save(model: Model, folder: Path = FOLDER) -> str:
    """Write model and digest, each at one stroke; returns the digest."""
    buffer = BytesIO()
    np.savez_compressed(
        buffer,
        table=model.table,
        scales=model.scales,
        bias=model.bias,
        temperature=np.float64(model.temperature),
        categories=np.array(CATEGORIES),
    )
    return checked.save(folder / _MODEL, buffer.getvalue())


def _parse(data: bytes, folder: Path) -> Model:
    try:
        with np.load(BytesIO(data), allow_pickle=False) as archive:
            if tuple(archive["categories"]) != CATEGORIES:
                raise ModelFault(f"the model in {folder} knows other categories; train it again")
            model = Model(
                archive["table"],
                archive["scales"],
                archive["bias"],
                float(archive["temperature"]),
            )
    except (ValueError, KeyError, BadZipFile) as error:
        raise ModelFault(f"the model in {folder} is damaged: {error}") from error
    if model.table.shape != (TABLE_SIZE, len(LABELS) + len(CATEGORIES)):
        raise ModelFault(f"the model in {folder} has another size; train it again")
    return model


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())
