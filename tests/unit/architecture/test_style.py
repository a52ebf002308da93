"""What the linter can't say: files and functions that fit a reader, names that say the difference, exceptions with a reason."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ROOMS = (
    "core",
    "ledger",
    "seal",
    "donors",
    "payments",
    "aid_packages",
    "transparency",
    "shop",
    "stripe_sandbox",
    "bench",
    "tests",
)
LONGEST_FILE, LONGEST_FUNCTION = 420, 60
NUMBERED = re.compile(r"^(?:[a-z]\w*[a-z]|[a-z]+_)[1-9]$")
BARE = re.compile(r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w, -]+\])?)\s*$")


def sources() -> Iterator[Path]:
    """Every module that somebody wrote by hand."""
    for room in ROOMS:
        yield from (file for file in sorted((ROOT / room).rglob("*.py")) if "migrations" not in file.parts)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_files_and_functions_fit_a_reader() -> None:
    long = []
    for file in sources():
        text = file.read_text(encoding="utf-8")
        if len(text.splitlines()) > LONGEST_FILE:
            long.append(str(file.relative_to(ROOT)))
        long += [
            f"{file.relative_to(ROOT)}: {function.name}"
            for function in functions(ast.parse(text))
            if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
        ]
    assert not long


def test_names_in_tests_say_the_difference() -> None:
    numbered = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.id}"
        for file in sources()
        if "tests" in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and NUMBERED.match(node.id)
    ]
    assert not numbered
    assert NUMBERED.match("donor1")
    assert NUMBERED.match("donor_2")
    assert not NUMBERED.match("sha256")


def test_an_exception_to_a_rule_has_its_reason() -> None:
    bare = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in sources()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if BARE.search(line) and file != Path(__file__)
    ]
    assert not bare
    assert BARE.search("x = 1  # noqa: E402")
    assert BARE.search("x = 1  # type: ignore[misc]")
    assert not BARE.search("x = 1  # noqa: E402 -- Django is set up first")
