"""Can the figures before this report still change?"""

from collections.abc import Iterator

from transparency.checks.found import Found, Scope
from transparency.models import CheckName, ReportKind
from transparency.sources.books import open_months_with_movements


def earlier_months_closed(scope: Scope) -> Iterator[Found]:
    """A month's report follows closed months; a year's consists of them. A month-to-date report promises nothing."""
    if scope.kind == ReportKind.TO_DATE:
        return
    before = scope.first_period if scope.kind == ReportKind.MONTH else scope.last_period + 1
    for period in open_months_with_movements(before=before, mark=scope.mark):
        yield Found(check=CheckName.EARLIER_MONTHS_CLOSED, subject=str(period))
