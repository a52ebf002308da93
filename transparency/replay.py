"""Computing a report's content from what stands on its row: the same call builds it first and proves it later."""

import json
from datetime import date, timedelta
from typing import Any

from core.periods import WARSAW, period_end
from transparency import sources
from transparency.figures import compose as first_method
from transparency.figures import content as second_method
from transparency.figures.facts import Older
from transparency.figures.material import Correction, Occasion
from transparency.method import FIRST_METHOD
from transparency.models import Report, ReportKind
from transparency.sources.reading import Reading
from transparency.sources.whole import read_facts


def content_of(report: Report, *, reading: Reading | None = None) -> dict[str, Any]:
    """The content by what stands on the row (see `Report`) and nothing else. `reading`: sums of the same months and mark
    that were read already.
    """
    assert report.mark is not None
    assert report.names is not None
    if report.method_version == FIRST_METHOD:
        return _by_the_first_method(report)
    reading = reading or Reading(first_period=report.first_period, last_period=report.last_period, mark=report.mark)
    return second_method.compose(
        occasion=_occasion(report),
        names=report.names,
        facts=read_facts(report=report, reading=reading),
        older=_older(report),
    )


def _by_the_first_method(report: Report) -> dict[str, Any]:
    assert report.mark is not None
    material = sources.read_material(first_period=report.first_period, last_period=report.last_period, mark=report.mark)
    return first_method.compose(
        occasion=_occasion(report), names=report.names or {}, material=material, correction=_correction(report)
    )


def _occasion(report: Report) -> Occasion:
    mark = report.mark
    assert mark is not None
    return Occasion(
        kind=report.kind,
        first_period=report.first_period,
        last_period=report.last_period,
        revision=report.revision,
        slug=report.slug,
        mark_id=mark.pk,
        last_entry=mark.last_entry_id,
        taken_at=mark.taken_at,
        method=report.method_version,
        campaign=_campaign(report),
        cohort=report.first_period // 100 if report.kind == ReportKind.COHORT else None,
        ids=(report.inputs or {}).get("ids", {}),
    )


def _campaign(report: Report) -> dict[str, Any] | None:
    campaign = report.campaign
    if campaign is None:
        return None
    return {
        "code": campaign.code,
        "name": campaign.name,
        "first_day": date(campaign.first_period // 100, campaign.first_period % 100, 1).isoformat(),
        "last_day": _last_day(campaign.last_period).isoformat(),
        "funds": campaign.funds,
    }


def _last_day(period: int) -> date:
    return (period_end(period).astimezone(WARSAW) - timedelta(hours=12)).date()


def _correction(report: Report) -> Correction | None:
    older = report.corrects
    if older is None or older.summary is None:
        return None
    return Correction(slug=older.slug, sha256=older.sha256, reason=report.reason, lines=older.summary)


def _older(report: Report) -> Older | None:
    older = report.corrects
    if older is None or older.content is None:
        return None
    return Older(slug=older.slug, sha256=older.sha256, reason=report.reason, content=json.loads(bytes(older.content)))
