"""Were emergencies signed by a second person, and redirects named and told?"""

from collections import defaultdict
from collections.abc import Iterator

from transparency.checks.found import Found, Scope
from transparency.models import CheckName
from transparency.sources.aid import overdue_emergencies, read_redirects, untold_redirects


def emergencies_countersigned(scope: Scope) -> Iterator[Found]:
    """No emergency was past its 72 hours at the mark without a second signature."""
    for row in overdue_emergencies(mark=scope.mark, ids=scope.ids):
        yield Found(
            check=CheckName.EMERGENCIES_COUNTERSIGNED,
            subject=f"allocation {row.allocation_id}, {row.fund_code}",
            expected=0,
            actual=row.amount_minor,
        )


def redirects_told(scope: Scope) -> Iterator[Found]:
    """What the books say left each fund is what its redirects say, and all donors of those have their mail."""
    named: dict[str, int] = defaultdict(int)
    rows = read_redirects(first_period=scope.first_period, last_period=scope.last_period, mark=scope.mark)
    for row in rows:
        named[row["from"]] += row["amount"]
    for fund in scope.reading.funds:
        if fund.redirected_out != named[fund.code]:
            yield Found(
                check=CheckName.REDIRECTS_TOLD, subject=fund.code, expected=named[fund.code], actual=fund.redirected_out
            )
    untold = untold_redirects(
        first_period=scope.first_period, last_period=scope.last_period, mark=scope.mark, ids=scope.ids
    )
    for redirect_id, entry_id in untold:
        yield Found(check=CheckName.REDIRECTS_TOLD, subject=f"redirect {redirect_id}", entries=(entry_id,))
