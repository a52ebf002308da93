"""The JSON Schema of a report's content, as it is published."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA_PATH = Path(__file__).resolve().parent.parent / "schema" / "report-1.schema.json"


@cache
def schema_bytes() -> bytes:
    """The schema as it is served."""
    return SCHEMA_PATH.read_bytes()


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(schema_bytes())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def validate(content: dict[str, Any]) -> None:
    """Raises jsonschema.ValidationError when `content` isn't what the schema promises to readers."""
    _validator().validate(content)
