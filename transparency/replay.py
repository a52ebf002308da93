"""Computing a report's content from what stands on its row: the same call builds it first and proves it later."""

from typing import Any

from transparency import sources
from transparency.figures.compose import compose
from transparency.figures.material import Correction, Occasion
from transparency.models import Report


def content_of(report: Report) -> dict[str, Any]:
    """The content by (kind, periods, mark, names, revision and what it corrects, method version) and nothing else."""
    mark = report.mark
    assert mark is not None
    assert report.names is not None
    occasion = Occasion(
        kind=report.kind,
        first_period=report.first_period,
        last_period=report.last_period,
        revision=report.revision,
        slug=report.slug,
        mark_id=mark.pk,
        last_entry=mark.last_entry_id,
        taken_at=mark.taken_at,
    )
    material = sources.read_material(first_period=report.first_period, last_period=report.last_period, mark=mark)
    return compose(occasion=occasion, names=report.names, material=material, correction=_correction(report))


def _correction(report: Report) -> Correction | None:
    older = report.corrects
    if older is None or older.summary is None:
        return None
    return Correction(slug=older.slug, sha256=older.sha256, reason=report.reason, lines=older.summary)
