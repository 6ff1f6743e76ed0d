"""A trained file and, beside it in a small JSON file, its SHA-256: written and read together."""

import hashlib
import json
from pathlib import Path

FOLDER = Path(__file__).parent / "model"


class ModelFault(RuntimeError):
    """A model file is missing, damaged or made for another version of the features."""


def read(path: Path) -> bytes:
    """The bytes of `path`; raises ModelFault where they are not those that the digest names."""
    described = path.with_suffix(".json")
    try:
        data = path.read_bytes()
        wanted = json.loads(described.read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelFault(f"the model in {path.parent} cannot be read: {error}") from error
    if hashlib.sha256(data).hexdigest() != wanted:
        raise ModelFault(f"{path} is not the file that {described.name} describes")
    return data


def save(path: Path, data: bytes) -> str:
    """Write both, each at one stroke; returns the digest."""
    digest = hashlib.sha256(data).hexdigest()
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, data)
    _replace(path.with_suffix(".json"), (json.dumps({"sha256": digest}) + "\n").encode())
    return digest


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_bytes(data)
    fresh.replace(path)
