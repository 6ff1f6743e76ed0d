"""LINE's own schema as a judge of what leaves, where it is at hand (LINE_OPENAPI_DIR).

The schema does not enforce its discriminators; `enforced` makes it do so. It also lacks many
limits: those the simulator knows.
"""

import copy
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

ROOT = Path(__file__).parents[1]
FOLDER = Path(os.environ.get("LINE_OPENAPI_DIR") or ROOT.parent / "shared" / "line-openapi")
SCHEMAS = FOLDER / "messaging-api.yml"
WEBHOOKS = FOLDER / "webhook.yml"
BASE = "#/components/schemas/"
NAMES = {
    "reply": "ReplyMessageRequest",
    "push": "PushMessageRequest",
    "multicast": "MulticastRequest",
    "broadcast": "BroadcastRequest",
    "validate": "ValidateMessageRequest",
}


def load_schemas(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 (a safe one)
    schemas: dict[str, Any] = document["components"]["schemas"]
    return schemas


def enforced(schemas: dict[str, Any]) -> dict[str, Any]:
    """The same schemas with every discriminator turned into one if/then per mapping entry."""
    made = copy.deepcopy(schemas)
    parents = {name for name, one in schemas.items() if "discriminator" in one}
    for schema in made.values():
        for part in schema.get("allOf", []):
            parent = part.get("$ref", "").removeprefix(BASE)
            if parent in parents:
                part["$ref"] = f"{BASE}{parent}Base"
    for name in parents:
        base = copy.deepcopy(schemas[name])
        by = base.pop("discriminator")
        made[f"{name}Base"] = base
        tag = by["propertyName"]
        branches = [
            {"if": {"properties": {tag: {"const": value}}}, "then": {"$ref": target}}
            for value, target in by["mapping"].items()
        ]
        known = {"required": [tag], "properties": {tag: {"enum": list(by["mapping"])}}}
        made[name] = {"allOf": [{"$ref": f"{BASE}{name}Base"}, known, *branches]}
    return made


@cache
def build_validator(kind: str) -> jsonschema.Draft202012Validator:
    """For the bodies of one endpoint. Raises FileNotFoundError where there is no schema."""
    root = {"$ref": f"{BASE}{NAMES[kind]}", "components": {"schemas": _enforced()}}
    return jsonschema.Draft202012Validator(root)


@cache
def _enforced() -> dict[str, Any]:
    return enforced(load_schemas(SCHEMAS))


class Judge:
    """Collects what LINE's schema says against bodies; each different one is looked at once."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._seen: set[tuple[str, str]] = set()
        self.is_there = SCHEMAS.is_file()

    def look_at(self, kind: str, body: Any) -> None:
        written = json.dumps(body, sort_keys=True)
        if not self.is_there or (kind, written) in self._seen:
            return
        self._seen.add((kind, written))
        for fault in build_validator(kind).iter_errors(body):
            where = "/".join(map(str, fault.absolute_path))
            self.faults.append(f"{kind} {where}: {fault.message[:200]}")


JUDGE = Judge()
