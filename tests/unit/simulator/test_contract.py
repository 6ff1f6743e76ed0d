"""The simulator's checks beside LINE's published schema, where that is at hand.

The schema does not enforce its discriminators; `enforced` makes it do so.
"""

import copy
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from simulator.messagecheck import find_problems
from tests.unit.simulator.bodies import GOOD, LIMIT, SCHEMA

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("LINE_OPENAPI_DIR") or ROOT.parent / "shared" / "line-openapi")
SCHEMAS = FOLDER / "messaging-api.yml"
BASE = "#/components/schemas/"

if not SCHEMAS.is_file():
    pytest.skip("LINE's schema is not at hand (LINE_OPENAPI_DIR)", allow_module_level=True)


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


@pytest.fixture(scope="module")
def accepts() -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(SCHEMAS.read_text("utf-8"), Loader=loader)  # noqa: S506 (a safe one)
    schemas = enforced(document["components"]["schemas"])
    root = {"$ref": f"{BASE}ValidateMessageRequest", "components": {"schemas": schemas}}
    validator = jsonschema.Draft202012Validator(root)
    return lambda message: validator.is_valid({"messages": [message]})


def takes(message: Any) -> bool:
    return not find_problems("validate", {"messages": [message]})


@pytest.mark.parametrize("name", GOOD)
def test_both_take_good_messages(accepts: Any, name: str) -> None:
    assert takes(GOOD[name])
    assert accepts(GOOD[name])


@pytest.mark.parametrize("name", SCHEMA)
def test_both_refuse_what_the_schema_forbids(accepts: Any, name: str) -> None:
    assert not takes(SCHEMA[name])
    assert not accepts(SCHEMA[name])


@pytest.mark.parametrize("name", LIMIT)
def test_the_simulator_knows_the_limits_that_the_schema_lacks(accepts: Any, name: str) -> None:
    assert not takes(LIMIT[name])
    assert accepts(LIMIT[name])
