"""What the documents name exists: every make target, file and management command."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for page in PAGES
        for target in re.findall(r"(?:`|^|\s)make ([a-z][a-z-]+)[`\s]", page.read_text(), re.MULTILINE)
    }
    assert {"demo", "test", "check"} <= named
    prose = {"one", "it", "a", "the", "sure", "of", "more"}
    assert named - prose <= targets


def found(pattern: str) -> Iterator[tuple[Path, str]]:
    """Every match in every page, with its page."""
    for page in PAGES:
        for match in re.findall(pattern, page.read_text()):
            yield page, match


def test_every_link_leads_somewhere() -> None:
    links = found(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
    assert not [f"{page.relative_to(ROOT)}: {link}" for page, link in links if not (page.parent / link).exists()]


def test_every_named_path_exists() -> None:
    rooms = "core|ledger|donors|payments|aid_packages|transparency|shop|templates|tests|deploy|docs"
    paths = found(rf"`((?:{rooms})/[\w./-]*)`")
    assert not [f"{page.relative_to(ROOT)}: {path}" for page, path in paths if not (ROOT / path).exists()]


def test_every_named_management_command_exists() -> None:
    commands = set(get_commands())
    named = {command for page in PAGES for command in re.findall(r"manage\.py ([a-z_]+)", page.read_text())}
    assert "audit_ledger" in named
    assert named <= commands
