"""The stories themselves: each has its table and its line in the documents, and nothing is left of those not told."""

import ast
from pathlib import Path

from tests.stories.books import SNAPSHOTS

STORIES = Path(__file__).parent
PAGE = STORIES.parents[1] / "docs" / "stories.md"


def stories() -> dict[str, str]:
    """Every story that ends in a table, and what it says in one sentence."""
    found = {}
    for file in sorted(STORIES.glob("test_*.py")):
        if file.name == Path(__file__).name:
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[node.name.removeprefix("test_")] = (ast.get_docstring(node) or "").split("\n")[0]
    return found


def test_each_story_has_its_table_and_each_table_its_story() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*.txt")} == set(stories())


def test_each_story_has_its_line_in_the_documents() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    told = [f"- [{name}](../tests/snapshots/{name}.txt): {sentence}" for name, sentence in stories().items()]
    assert [line for line in lines if line.startswith("- [")] == told
