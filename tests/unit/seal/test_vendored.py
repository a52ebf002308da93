"""What others wrote stands here to the letter: its hash is the one of the package that was published."""

import ast
import hashlib
from collections import Counter
from pathlib import Path

from seal.offline.one_file import verify_py

SCRIPTS = Path(__file__).resolve().parents[3] / "seal" / "static" / "seal"
INDEX_JS = "a4f631d1876b5d9e43a86cd71194ca27b5e1451edf4ba4db9a418f40a475569a"
"""SHA-256 of index.js in @noble/ed25519 3.2.0 as npm has it."""
OPENED, CLOSED = "const SealEd25519 = (() => {\n", "return { verifyAsync };\n})();\n// "


def test_the_script_for_old_browsers_is_the_published_one_with_its_licence() -> None:
    text = (SCRIPTS / "noble-ed25519.js").read_text(encoding="utf-8")
    body, _, export = text.partition(OPENED)[2].partition(CLOSED)
    assert hashlib.sha256((body + export).encode()).hexdigest() == INDEX_JS
    assert "MIT License" in (SCRIPTS / "noble-ed25519.LICENSE.txt").read_text(encoding="utf-8")


def test_what_is_joined_into_one_file_has_no_name_twice() -> None:
    """Or one part would call another's function: apart they would all be right."""
    named = [node.name for node in ast.parse(verify_py()).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert [name for name, times in Counter(named).items() if times > 1] == []
