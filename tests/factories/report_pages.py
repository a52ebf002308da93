"""Published reports with a given content, for everything that is made from content alone."""

import copy
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from core.documents.canonical import canonical_json, sha256_hex
from core.models import User
from ledger.operations import take_mark
from transparency.figures.lines import LINES
from transparency.models import Report, ReportState

PUBLISHED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@cache
def _sample() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((Path(__file__).parent / "report_sample.json").read_text(encoding="utf-8"))
    return content


def sample(**about: object) -> dict[str, Any]:
    """A full content of the second method; `about` changes its `report` (kind, slug, first_period, …)."""
    content = copy.deepcopy(_sample())
    content["report"].update(about)
    return content


def sample_of_a_year() -> dict[str, Any]:
    """The same figures told as a year, uncorrected."""
    content = sample(kind="year", first_period=202601, last_period=202612, slug="2026-r1", revision=1)
    return content | {"correction": None}


def publish(content: dict[str, Any], *, state: ReportState = ReportState.PUBLISHED) -> Report:
    """The content as a report that everyone can read, past every check: only what is made from it is under test."""
    about, body = content["report"], canonical_json(content)
    people = [User.objects.get_or_create(username=name)[0] for name in ("ada", "bartek")]
    return Report.objects.create(
        kind=about["kind"],
        first_period=about["first_period"],
        last_period=about["last_period"],
        revision=about["revision"],
        slug=about["slug"],
        method_version=content["method"]["version"],
        state=state,
        reason="the month is over",
        requested_at=PUBLISHED_AT,
        prepared_at=PUBLISHED_AT,
        prepared_by=people[0],
        published_at=PUBLISHED_AT,
        published_by=people[1],
        mark=take_mark(now=PUBLISHED_AT),
        names={},
        content=body,
        sha256=sha256_hex(body),
        summary={line: content["lines"][line] for line in LINES},
    )
