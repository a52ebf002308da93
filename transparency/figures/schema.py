"""The JSON Schema of a report's content, as it is published."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FOLDER = Path(__file__).resolve().parent.parent / "schema"
VERSIONS = (1, 2)
"""Reports of every version are published, so every schema is served for good."""


@cache
def schema_bytes(version: int = 1) -> bytes:
    """The schema of one version as it is served. Raises KeyError for one that there never was."""
    if version not in VERSIONS:
        raise KeyError(version)
    return (FOLDER / f"report-{version}.schema.json").read_bytes()


@cache
def _validator(version: int) -> Draft202012Validator:
    schema = json.loads(schema_bytes(version))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def validate(content: dict[str, Any]) -> None:
    """Raises jsonschema.ValidationError when `content` isn't what the schema of its version promises to readers."""
    _validator(int(str(content["schema"]).rpartition(":")[2])).validate(content)
