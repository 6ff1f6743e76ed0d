"""What no source file holds: secrets, paths of somebody's machine; and how long it may grow."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50

# Built from pieces, so that this file does not find itself.
MACHINE_PATHS = re.compile("|".join(("/" + "tmp/", "/" + "work/", "/" + "home/", "/" + "Users/")))
SECRETS = re.compile(
    "|".join(
        (
            "-----BEGIN [A-Z ]*PRIVATE" + " KEY-----",
            r"\bAKIA[0-9A-Z]{16}\b",
            r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
            r"\beyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{10,}\.",
            # A channel access token of LINE: about 170 characters of base64.
            r"[A-Za-z0-9+/]{150,}={0,2}(?![A-Za-z0-9+/])",
            # A name that promises a secret, given a long literal of mixed letters and digits.
            (
                r"(?i:secret|token|password|_key)\w*\s*[:=]\s*[\"'](?=[^\"']*[0-9])"
                r"(?=[^\"']*[A-Za-z])[A-Za-z0-9+/_=-]{32,}[\"']"
            ),
        )
    )
)


def list_tracked() -> list[Path]:
    """Tracked files, and those that git would add: a new file is checked before its commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file()]


def list_texts() -> list[tuple[str, str]]:
    texts = []
    for path in list_tracked():
        try:
            texts.append((str(path.relative_to(ROOT)), path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return texts


def find(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}"
        for name, text in list_texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def list_code() -> list[tuple[str, str]]:
    """Python outside tests and migrations, which may run long."""
    return [
        (name, text)
        for name, text in list_texts()
        if name.endswith(".py") and not name.startswith(("tests/", "db/migrations/"))
    ]


def test_no_path_of_a_machine() -> None:
    assert find(MACHINE_PATHS) == []


def test_no_literal_secret() -> None:
    assert find(SECRETS) == []


@pytest.mark.parametrize(
    "line",
    [
        'LINE_TOKEN = "' + "aB3" * 12 + '"',
        "channel: " + "aB3+" * 43 + "=",
        "-----BEGIN RSA PRIVATE" + " KEY-----",
    ],
)
def test_secret_would_be_found(line: str) -> None:
    assert SECRETS.search(line)


@pytest.mark.parametrize("name", [".env", "var/dev.env", "var/yaam.db", "var/simulator.env"])
def test_what_holds_secrets_is_ignored_by_git(name: str) -> None:
    asked = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)

    assert asked.returncode == 0


def test_modules_stay_short() -> None:
    counts = {name: text.count("\n") for name, text in list_code()}

    assert {name: count for name, count in counts.items() if count > LONGEST_MODULE} == {}


def test_functions_stay_short() -> None:
    long = [
        f"{name}:{node.lineno} {node.name}"
        for name, text in list_code()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert long == []
