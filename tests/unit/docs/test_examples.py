"""What the documents name exists: every make target, file and management command."""

import re
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
    prose = {"it", "a", "the", "sure", "of"}
    assert named - prose <= targets


def test_every_link_leads_somewhere() -> None:
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken


def test_every_named_path_exists() -> None:
    missing = []
    for page in PAGES:
        for path in re.findall(
            r"`((?:core|ledger|donors|payments|aid_packages|transparency|shop|templates|tests|deploy|docs)/[\w./-]*)`",
            page.read_text(),
        ):
            if not (ROOT / path).exists() and "NNNN" not in path:
                missing.append(f"{page.relative_to(ROOT)}: {path}")
    assert not missing


def test_every_named_management_command_exists() -> None:
    commands = set(get_commands())
    named = {command for page in PAGES for command in re.findall(r"manage\.py ([a-z_]+)", page.read_text())}
    assert "audit_ledger" in named
    assert named <= commands
