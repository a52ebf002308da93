"""What may be shown of evidence, and what is withheld."""

from aid_packages.evidence.queries.public import PublicItem, public_file, public_item, seen_of_fund, shown_from
from aid_packages.evidence.queries.report import (
    GradeRow,
    Sample,
    WithheldRow,
    by_grade,
    last_ids,
    samples_for_review,
    withheld,
    withheld_words,
)
from aid_packages.evidence.queries.standing import (
    counts_of,
    grades_of,
    items_of,
    last_events,
    standing_items,
    waiting_for_release,
)

__all__ = [
    "GradeRow",
    "PublicItem",
    "Sample",
    "WithheldRow",
    "by_grade",
    "counts_of",
    "grades_of",
    "items_of",
    "last_events",
    "last_ids",
    "public_file",
    "public_item",
    "samples_for_review",
    "seen_of_fund",
    "shown_from",
    "standing_items",
    "waiting_for_release",
    "withheld",
    "withheld_words",
]
