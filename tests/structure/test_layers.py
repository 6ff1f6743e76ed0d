"""Who may import whom, and what only the edges may touch."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROCESSES = ("bot.app", "bot.webhook", "bot.worker", "bot.scheduler")
# Outside tests, only what the sender runs builds LINE's message classes.
MAY_USE_SDK = {"bot.bodies", "bot.line_api", "bot.sender"}


def list_modules(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]


def list_imports(path: Path) -> Iterator[str]:
    """Every module that a file names in an import, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_import_contracts_hold() -> None:
    """In a process of its own: the tool silences the loggers of the one that it runs in."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_nobody_imports_the_topmost_module() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in list_modules("bot", "handlers", "nlp", "db", "simulator")
        for name in list_imports(path)
        if name.partition(".")[0] == "wsgi"
    ]

    assert found == []


def test_rules_text_and_rows_do_not_read_the_environment() -> None:
    """To set what a library reads while it is imported is allowed: `os.environ.setdefault(…)`."""
    found = []
    for path in list_modules("handlers", "nlp", "db"):
        tree = ast.parse(path.read_text("utf-8"))
        set_only = {
            id(node.value.func.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
            and node.value.func.attr == "setdefault"
        }
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr in ("environ", "getenv")
            and id(node) not in set_only
        ]

    assert found == []


def test_rules_get_the_time_and_their_ids_as_arguments() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node.func)}"
        for path in list_modules("handlers")
        if path.name != "ids.py"  # the source that the edges hand in
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in ("datetime.now", "datetime.utcnow", "date.today", "time.time", "uuid4", "uuid.uuid4")
    ]

    assert found == []


def test_only_the_sender_names_the_message_classes_of_the_sdk() -> None:
    found = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in list_modules("bot", "handlers", "nlp", "db")
        for name in list_imports(path)
        if name.startswith("linebot.v3.messaging")
    }

    assert found <= MAY_USE_SDK


@pytest.mark.parametrize("module", PROCESSES)
def test_other_processes_do_not_load_the_message_classes(module: str) -> None:
    """They cost half a second and 33 MB."""
    code = f"import sys, {module}; sys.exit('linebot.v3.messaging' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
