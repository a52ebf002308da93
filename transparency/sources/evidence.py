"""How spending is evidenced, and what of it is withheld, as the room of evidence tells it."""

from collections.abc import Mapping
from typing import Any

from aid_packages.evidence import queries
from ledger.models import Mark


def last_ids() -> dict[str, int]:
    """How far its tables went."""
    return queries.last_ids()


def read_evidence(*, first_period: int, last_period: int, mark: Mark, ids: Mapping[str, int]) -> dict[str, Any]:
    """The sections evidence and withheld."""
    scope: dict[str, Any] = {"first_period": first_period, "last_period": last_period, "mark": mark, "upto": ids}
    return {
        "evidence": tuple(
            {
                "grade": row.grade,
                "documents": row.items,
                "spent": row.value_minor,
                "checked_by": sorted(row.checked_by),
            }
            for row in queries.by_grade(**scope)
        ),
        "withheld": tuple(
            {"reason": row.reason, "items": row.items, "value": row.value_minor} for row in queries.withheld(**scope)
        ),
    }
