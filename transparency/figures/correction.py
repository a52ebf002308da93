"""What a revision says about the one it corrects: lines, rows of funds, and every other section that differs."""

from typing import Any

from transparency.figures.facts import Older
from transparency.figures.whole import COMPARED

APART = ("schema", "report", "mark", "method", "correction")
"""These differ in any two revisions."""
COLUMNS = (
    "opening",
    "received",
    "share_received",
    "redirected_in",
    "covered",
    "fees",
    "share",
    "refunds",
    "losses",
    "cover_given",
    "spent",
    "redirected_out",
    "closing",
    "promised",
    "documents",
)


def correction_of(content: dict[str, Any], older: Older | None) -> dict[str, Any] | None:
    """The difference of `content` from the revision before; None for a first revision."""
    if older is None:
        return None
    before = older.content
    return {
        "corrects": older.slug,
        "sha256": older.sha256,
        "reason": older.reason,
        "difference": {line: content["lines"][line] - before["lines"].get(line, 0) for line in COMPARED},
        "funds": fund_changes(content["funds"], before["funds"]),
        "sections": changed_sections(content, before),
    }


def changed_sections(content: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """Names of the sections that aren't the same; one that the older method didn't have counts as changed if it speaks.

    Notes are compared without their root: it is another in each revision, whose name is in every leaf.
    """
    return sorted(
        name
        for name, value in content.items()
        if name not in APART
        and (_without_root(value) != _without_root(before[name]) if name in before else bool(value))
    )


def _without_root(section: Any) -> Any:
    return {key: value for key, value in section.items() if key != "root"} if isinstance(section, dict) else section


def fund_changes(funds: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that differ, with the columns that do: this revision minus the one before."""
    older = {row["code"]: row for row in before}
    newer = {row["code"]: row for row in funds}
    changes = []
    for code in [*newer, *(code for code in older if code not in newer)]:
        now, then = newer.get(code, {}), older.get(code, {})
        columns = {column: now.get(column, 0) - then.get(column, 0) for column in COLUMNS}
        moved = {column: change for column, change in columns.items() if change}
        if moved:
            changes.append({"code": code, "name": (now or then)["name"], "columns": moved})
    return changes
