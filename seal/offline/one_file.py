"""Joins the verifier's parts into the one file that is handed out: verify.py from its modules, verify.html with its script."""

import json
import re
from functools import cache
from pathlib import Path

from seal.offline.words import MONTHS, MONTHS_OF, WORDS

HERE = Path(__file__).resolve().parent
SCRIPTS = [
    HERE.parent / "static" / "seal" / name for name in ("hashes.js", "strict.js", "noble-ed25519.js", "check.js")
]
PARTS = ("words", "strict", "ed25519", "proof", "log", "report", "command")
"""In the order in which they need each other; the last one's docstring is the file's."""
_OURS = re.compile(r"^from seal\.offline\..*\n", re.MULTILINE)
_IMPORT = re.compile(r"^(?:import|from) .*\n", re.MULTILINE)


@cache
def verify_py() -> bytes:
    """The script, one file of Python's standard library."""
    texts = [_OURS.sub("", (HERE / f"{part}.py").read_text(encoding="utf-8")) for part in PARTS]
    docs, bodies = zip(*(_split(text) for text in texts), strict=True)
    imports = sorted({line for body in bodies for line in _IMPORT.findall(body)})
    plain = [line for line in imports if line.startswith("import")]
    named = [line for line in imports if line.startswith("from")]
    code = "\n\n\n".join(
        f"# --- {doc.strip()}\n\n{_IMPORT.sub('', body).strip()}"
        for doc, body in zip([*docs[:-1], "The command."], bodies, strict=True)
    )
    head = f'#!/usr/bin/env python3\n"""{docs[-1]}"""\n\n{"".join([*plain, *named])}'
    return f"{head}\n\n{code}\n".encode()


@cache
def verify_html() -> bytes:
    """The page, one file that asks nobody for anything."""
    page = (HERE / "verify.html").read_text(encoding="utf-8")
    told = json.dumps(words(), ensure_ascii=False).replace("<", "\\u003c")
    script = "\n".join(file.read_text(encoding="utf-8") for file in SCRIPTS)
    return page.replace("/* words */", f"const SEAL_WORDS = {told};").replace("/* check.js */", script).encode()


def words() -> dict[str, object]:
    """What the checks answer, for the script."""
    return {"sentences": WORDS, "months": MONTHS, "months_of": MONTHS_OF}


def _split(text: str) -> tuple[str, str]:
    _, doc, body = text.split('"""', 2)
    return doc, body
