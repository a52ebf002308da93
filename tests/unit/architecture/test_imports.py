"""What import-linter can't say: it knows no part of somebody else's package."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("core", "ledger", "donors", "payments", "aid_packages", "transparency", "shop")


def imported(file: Path) -> Iterator[str]:
    """Every module that a file imports, with the names taken from it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files_that_import(module: str) -> set[str]:
    found = set()
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            if any(name == module or name.startswith(f"{module}.") for name in imported(file)):
                found.add(file.relative_to(ROOT).as_posix())
    return found


def test_oscars_dynamic_loading_stays_in_the_forks() -> None:
    assert all(file.startswith("shop/forks/") for file in files_that_import("oscar.core.loading"))


def test_stripe_is_imported_in_its_adapter_alone() -> None:
    users = files_that_import("stripe")
    assert users
    assert all(file.startswith("payments/stripe/") for file in users)


def test_celery_is_named_where_tasks_and_the_queue_are() -> None:
    allowed = {"core/queue.py", "shop/celery.py"}
    users = files_that_import("celery")
    assert {file for file in users if not file.endswith("/tasks.py")} <= allowed


def test_the_check_sees_an_import() -> None:
    assert "shop/celery.py" in files_that_import("celery")
