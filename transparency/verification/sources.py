"""The published files that a check needs, from our own tables."""

from dataclasses import dataclass
from typing import Any

from core.documents.canonical import canonical_json
from seal import queries as seal
from transparency.models import Report
from transparency.models.report import PUBLIC_STATES


@dataclass(frozen=True)
class Files:
    """What is published of one report, byte for byte; None for what there is not."""

    log: bytes | None
    report: bytes | None = None
    notes: bytes | None = None


def leaves_of(*, slug: str) -> int:
    """How many notes a published report has."""
    notes = seal.notes_file(report=slug)
    return 0 if notes is None else notes.leaves


def files_of(*, slug: str | None, with_notes: bool = True) -> Files:
    """The log and a published report with its notes; the log alone without a name."""
    log = log_json()
    if slug is None:
        return Files(log=log)
    report = Report.objects.filter(slug=slug, state__in=PUBLIC_STATES).values_list("content", flat=True).first()
    notes = seal.notes_file(report=slug) if with_notes else None
    return Files(
        log=log,
        report=None if report is None else bytes(report),
        notes=None if notes is None else b"".join(notes.chunks()),
    )


def log_json() -> bytes | None:
    """The whole log as one file; None while nothing was published."""
    log = seal.log_document()
    return None if log is None else canonical_json(log.as_json())


def reports_with_notes() -> list[dict[str, Any]]:
    """What the log says of each report that has notes, newest first."""
    return [leaf for leaf in reversed(seal.report_leaves()) if leaf.get("notes_root")]
