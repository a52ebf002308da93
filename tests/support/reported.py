"""Whether a report of all that is booked would hold: its checks, run at a mark of this moment."""

from datetime import datetime

from ledger.models import Posting
from ledger.operations import take_mark_and_read
from transparency.checks import CHECKS, Found, Scope
from transparency.models import CheckName, ReportKind
from transparency.sources.beside import last_ids

OF_MONEY = (
    CheckName.CLEARING,
    CheckName.CHARGES_HAVE_MOVEMENTS,
    CheckName.FUND_IDENTITY,
    CheckName.INTERNAL_MOVES,
    CheckName.FUNDS_EQUAL_ASSETS,
    CheckName.PAYOUTS_EQUAL_PARTS,
)


def report_holds(*, now: datetime) -> list[Found]:
    """What the report's checks of its identity find, over every month that is booked."""
    mark, ids = take_mark_and_read(now=now, read=last_ids)
    periods = list(Posting.objects.order_by("period").values_list("period", flat=True).distinct())
    scope = Scope(kind=ReportKind.YEAR, first_period=periods[0], last_period=periods[-1], mark=mark, ids=ids)
    return [found for name in OF_MONEY for found in CHECKS[name](scope)]
