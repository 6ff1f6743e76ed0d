"""The simulator's checks beside LINE's published schema, where that is at hand."""

from typing import Any

import pytest

from simulator.messagecheck import find_problems
from tests.contract import SCHEMAS, build_validator
from tests.unit.simulator.bodies import GOOD, LIMIT, SCHEMA

if not SCHEMAS.is_file():
    pytest.skip("LINE's schema is not at hand (LINE_OPENAPI_DIR)", allow_module_level=True)


@pytest.fixture(scope="module")
def accepts() -> Any:
    validator = build_validator("validate")
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
