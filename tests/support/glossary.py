"""The glossary's second half, read from the code: every enumeration with each member's sentence, and every account.

`python -m tests.support.glossary` writes it into docs/glossary.md; a test compares.
"""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "glossary.md"
ROOMS = ("core", "ledger", "seal", "donors", "payments", "aid_packages", "transparency", "shop")
START = "<!-- from the code: make glossary -->"
BASES = frozenset({"Enum", "StrEnum", "IntEnum", "TextChoices", "IntegerChoices"})


@dataclass(frozen=True)
class Member:
    """One member: its value, and the sentence beside it in the code ("" when there is none)."""

    value: str
    meaning: str


@dataclass(frozen=True)
class Enumeration:
    """One enumeration of a room."""

    room: str
    name: str
    meaning: str
    members: tuple[Member, ...]


def enumerations() -> list[Enumeration]:
    """Every enumeration of the product, by room and name."""
    found = []
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in file.parts:
                found += list(_in_file(room, file))
    return sorted(found, key=lambda one: (ROOMS.index(one.room), one.name))


def _in_file(room: str, file: Path) -> Iterator[Enumeration]:
    source = file.read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and any(_last_name(base) in BASES for base in node.bases):
            meaning = (ast.get_docstring(node) or "").splitlines()
            yield Enumeration(room, node.name, meaning[0] if meaning else "", tuple(_members(node, lines)))


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _members(node: ast.ClassDef, lines: list[str]) -> Iterator[Member]:
    for statement, after in zip(node.body, [*node.body[1:], None], strict=True):
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        first = statement.value.elts[0] if isinstance(statement.value, ast.Tuple) else statement.value
        if not isinstance(first, ast.Constant):
            continue
        meaning = ""
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            meaning = " ".join(str(after.value.value).split())
        elif "  # " in lines[(statement.end_lineno or 1) - 1]:
            meaning = lines[(statement.end_lineno or 1) - 1].split("  # ", 1)[1]
        yield Member(str(first.value), meaning)


def house_accounts() -> list[str]:
    """The codes of the house's own accounts."""
    from ledger.accounts import HOUSE_ACCOUNTS

    return list(HOUSE_ACCOUNTS)


def written() -> str:
    """The half that the code makes."""
    parts = [START, "", "## Accounts of the house", ""]
    parts += [f"- `{code}`" for code in house_accounts()]
    parts += ["", "Each fund has an account for each of its uses (`fund:<CODE>:<use>`), each partner one for advances."]
    room = ""
    for one in enumerations():
        if one.room != room:
            room = one.room
            parts += ["", f"## In `{room}`"]
        parts += ["", f"**{one.name}.** {one.meaning}", ""]
        parts += [f"- `{member.value}`: {member.meaning}" for member in one.members]
    return "\n".join(parts) + "\n"


def by_hand() -> str:
    return PAGE.read_text(encoding="utf-8").split(START)[0]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.test")
    django.setup()
    PAGE.write_text(by_hand() + written(), encoding="utf-8")
