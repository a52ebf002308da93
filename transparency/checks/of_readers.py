"""May everyone read it: nobody is found by it, and its notes add up?"""

from collections.abc import Iterator

from transparency.checks.found import Found, Scope
from transparency.models import CheckName


def small_cells(scope: Scope) -> Iterator[Found]:
    """No row stands for one to four donors, by itself or as what is left of reports that are published already."""
    for subject in scope.refused_rows:
        yield Found(check=CheckName.SMALL_CELLS, subject=subject)


def notes_sum(scope: Scope) -> Iterator[Found]:
    """The notes of a month, less what was taken back, are what came in."""
    if scope.notes is None:
        return
    came_in = sum(fund.received for fund in scope.reading.funds)
    noted = scope.notes["sum"] - scope.notes["taken_back"]
    if noted != came_in:
        yield Found(check=CheckName.NOTES_SUM, subject="notes", expected=came_in, actual=noted)
