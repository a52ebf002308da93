"""The JSON Schema of the proof file."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def proof_schema() -> dict[str, Any]:
    """What a proof file holds (JSON Schema 2020-12)."""
    text = (Path(__file__).resolve().parent / "proof-1.schema.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read
