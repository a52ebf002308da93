"""The sample that pages and exports are tried with is a report that could be: it fits the schema, and its sums agree."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from jsonschema import Draft202012Validator

SAMPLE = Path(settings.BASE_DIR) / "tests" / "factories" / "report_sample.json"
SCHEMA = Path(settings.BASE_DIR) / "transparency" / "schema" / "report-2.schema.json"


@pytest.fixture
def sample() -> dict[str, Any]:
    return json.loads(SAMPLE.read_text(encoding="utf-8"))


def test_it_fits_the_schema(sample: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(sample)


def test_its_sums_agree(sample: dict[str, Any]) -> None:
    lines = sample["lines"]
    left = lines["given_back"] + lines["fees_and_running_costs"] + lines["help_with_documents"] + lines["moved_out"]
    assert lines["opening"] + lines["came_in"] - left == lines["closing"] == lines["with_partners"] + lines["waiting"]
    assert sum(fund["received"] for fund in sample["funds"]) == lines["came_in"]
    notes = sample["notes"]
    assert sum(row["denomination"] * row["count"] for row in notes["denominations"]) == notes["sum"]
    assert notes["sum"] - notes["taken_back"] == lines["came_in"]
    assert sum(row["spent"] for row in sample["evidence"]) == lines["help_with_documents"] == sample["story"]["spent"]


def test_what_flows_into_a_place_flows_out_of_it(sample: dict[str, Any]) -> None:
    kept: Counter[tuple[str, str]] = Counter()
    for edge in sample["flow"]:
        kept[edge["from"]["kind"], edge["from"]["code"]] -= edge["amount"]
        kept[edge["to"]["kind"], edge["to"]["code"]] += edge["amount"]
    assert {place: left for place, left in kept.items() if place[0] in ("fund", "held", "between_funds") and left} == {}
    assert kept["waiting", ""] == sample["lines"]["waiting"]
    assert -kept["gifts", ""] == sample["lines"]["came_in"]
