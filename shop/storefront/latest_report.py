"""What the money did, for the home page: the newest published report in five lines."""

from dataclasses import dataclass

from transparency.pages.words import LINE_LABELS
from transparency.queries import published_reports

FIVE = ("came_in", "fees_and_running_costs", "help_with_documents", "with_partners", "waiting")
MAIN = "help_with_documents"


@dataclass(frozen=True)
class FiveLine:
    """One of the five lines, in grosze."""

    label: str
    amount_minor: int
    main: bool
    note: str = ""


@dataclass(frozen=True)
class LatestReport:
    """The newest report's name, address and lines."""

    slug: str
    title: str
    lines: tuple[FiveLine, ...]


def latest_five_lines() -> LatestReport | None:
    """The newest report, or None before the first is published. One query."""
    reports = published_reports()
    if not reports:
        return None
    newest = reports[0]
    lines = tuple(FiveLine(str(LINE_LABELS[key]), newest.lines[key], key == MAIN) for key in FIVE)
    return LatestReport(slug=newest.slug, title=newest.title, lines=lines)
