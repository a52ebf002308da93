"""The list of reports: the newest year's story on top, months first, then what sums them up."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from transparency.pages.story import Story

if TYPE_CHECKING:
    from transparency.queries.public import ListedReport

MONTHLY = ("month", "to_date")


@dataclass(frozen=True)
class ListGroup:
    """Reports under one heading."""

    title: str
    reports: tuple["ListedReport", ...]


@dataclass(frozen=True)
class ToldStory:
    """The newest year's story, and where the whole of it is."""

    title: str
    slug: str
    story: Story


@dataclass(frozen=True)
class ReportList:
    """Everything the page of all reports shows."""

    told: ToldStory | None
    newest: "ListedReport | None"
    """The newest whole month, in five lines: one that still runs says little yet."""
    months: tuple[ListGroup, ...]
    others: tuple[ListGroup, ...]


def list_of(reports: Sequence["ListedReport"], *, story: ToldStory | None) -> ReportList:
    """The list in the active language."""
    months = [report for report in reports if report.kind in MONTHLY]
    whole = [report for report in months if report.kind != "to_date"]
    newest = next(iter(whole or reports), None)
    others_of_months = [report for report in months if report is not newest]
    titles = {
        "quarter": _("Quarters"),
        "year": _("Years"),
        "campaign": _("Campaigns"),
        "cohort": _("What became of a year’s gifts"),
    }
    others = {
        kind: tuple(report for report in reports if report.kind == kind and report is not newest) for kind in titles
    }
    return ReportList(
        told=story,
        newest=newest,
        months=tuple(
            ListGroup(title=str(year), reports=tuple(each))
            for year, each in groupby(others_of_months, key=lambda report: report.year)
        ),
        others=tuple(ListGroup(title=titles[kind], reports=found) for kind, found in others.items() if found),
    )
