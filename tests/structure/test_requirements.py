"""What the code imports is asked for by name, and what is installed is pinned."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "nlp", "db", "simulator")
# Training runs on a developer's machine; what runs at a station does without these.
TRAINING = ("nlp/train.py", "nlp/evaluate.py")
PIN = re.compile(r"([A-Za-z0-9._-]+)==([0-9][0-9A-Za-z.]*)(; .+)?")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read_direct(*groups: str) -> set[str]:
    """Names of the direct requirements: of the program, and of the named groups."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = list(project["project"]["dependencies"])
    for group in groups:
        wanted += project["dependency-groups"][group]
    return {canonical(re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0]) for line in wanted}


def read_pins(file: str) -> dict[str, str]:
    """Raises AssertionError for a line that does not pin one exact version."""
    pins = {}
    for line in (ROOT / file).read_text("utf-8").splitlines():
        if line.startswith(("#", "-r ")):
            continue
        match = PIN.fullmatch(line)
        assert match, f"{file}: {line}"
        pins[canonical(match[1])] = match[2]
    return pins


def list_imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - set(ROOMS) - {"wsgi"}


@pytest.mark.parametrize("room", ROOMS)
def test_every_import_is_a_direct_requirement(room: str) -> None:
    owners = packages_distributions()
    missing = []
    for path in sorted((ROOT / room).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        direct = read_direct("dev") if name in TRAINING else read_direct()
        missing += [
            f"{name}: {module}"
            for module in sorted(list_imported(path))
            if direct.isdisjoint(canonical(owner) for owner in owners.get(module, [module]))
        ]

    assert missing == []


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(file: str) -> None:
    assert read_pins(file)


def test_every_direct_requirement_has_its_pin() -> None:
    run = read_pins("requirements.txt")

    assert read_direct() <= run.keys()
    assert read_direct("dev") <= run.keys() | read_pins("requirements-dev.txt").keys()


def test_tools_are_not_installed_at_a_station() -> None:
    assert read_pins("requirements.txt").keys().isdisjoint(read_pins("requirements-dev.txt"))
