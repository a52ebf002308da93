"""What went up the tree, and what could."""

from dataclasses import dataclass
from datetime import date

from aid_packages.models import Giving, Need, Redirect, RedirectReason, RedirectTold
from aid_packages.queries.funding import funded_needs
from ledger.models import Mark
from ledger.queries import fund_balances
from ledger.queries.balances import FundBalance


@dataclass(frozen=True)
class RedirectRow:
    """One redirect that was booked. The sum in grosze."""

    from_fund: str
    to_fund: str
    amount_minor: int
    clause_number: int
    reason_code: str
    """A value of RedirectReason."""
    period: int


@dataclass(frozen=True)
class CanGoOn:
    """A need that holds more than it can use. Sums in grosze; `over_minor` is the most that may go on."""

    need: Need
    reason_code: str
    goal_minor: int
    funded_minor: int
    available_minor: int
    over_minor: int


def redirects(*, first_period: int, last_period: int, mark: Mark | None = None) -> list[RedirectRow]:
    """Redirects booked in the months, at a mark or now, in the order they were booked. One query."""
    rows = Redirect.objects.filter(entry__period__gte=first_period, entry__period__lte=last_period)
    if mark:
        rows = rows.filter(entry_id__lte=mark.last_entry_id)
    fields = ("from_fund", "to_fund", "amount_minor", "clause__number", "reason_code", "entry__period")
    return [RedirectRow(*row) for row in rows.order_by("entry_id").values_list(*fields)]


def can_go_on(*, day: date) -> list[CanGoOn]:
    """The needs that hold more than they can use on that day: over-funded, or over and with money left. Three queries."""
    needs = list(Need.objects.select_related("area", "clause"))
    given, balances = funded_needs(needs=needs), fund_balances()
    found = [_over(need, day=day, given=given[need.fund_code], balance=balances.get(need.fund_code)) for need in needs]
    return [one for one in found if one]


def over(*, need: Need, day: date) -> CanGoOn | None:
    """How much of a need's money it can't use on that day, or None. An ended need: all that is available."""
    given = funded_needs(needs=[need])[need.fund_code]
    return _over(need, day=day, given=given, balance=fund_balances().get(need.fund_code))


def _over(need: Need, *, day: date, given: int, balance: FundBalance | None) -> CanGoOn | None:
    available = max(0, balance.available_minor) if balance else 0
    ended = need.giving_on(day) is Giving.ENDED
    most = available if ended else min(available, max(0, given - need.goal_minor))
    if most <= 0:
        return None
    return CanGoOn(
        need=need,
        reason_code=RedirectReason.ENDED if ended else RedirectReason.OVER_FUNDED,
        goal_minor=need.goal_minor,
        funded_minor=given,
        available_minor=available,
        over_minor=most,
    )


def not_told() -> list[int]:
    """The booked redirects whose donors don't all have their mail yet, the oldest first."""
    told = RedirectTold.objects.values("redirect")
    return list(
        Redirect.objects.filter(entry__isnull=False).exclude(pk__in=told).order_by("pk").values_list("pk", flat=True)
    )
