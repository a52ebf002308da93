"""How far needs are funded: gifts as the ledger holds them, never a counter of our own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from aid_packages.models import Area, Giving, Need
from core.texts import in_language
from ledger.accounts import fund_account
from ledger.models import FundUse, MonthlyBalance

_COUNTED = (FundUse.GIFTS, FundUse.REFUNDS, FundUse.REDIRECT_OUT)
"""What counts towards a goal: what was given, less what went back to donors or on to another fund."""


@dataclass(frozen=True)
class OverFunded:
    """By how much a need received more than its season's goal, and what becomes of that."""

    need_title: str
    area_title: str
    goal_minor: int
    funded_minor: int
    surplus_minor: int
    clause: str


def funded(*, fund_codes: Iterable[str], since: Mapping[str, int] | None = None) -> dict[str, int]:
    """For each fund what was given less refunds and redirects out, in grosze; 0 where nothing was. One query.

    `since` names for a fund the first period (202610) to count; a fund it doesn't name is counted from its beginning.
    """
    totals = dict.fromkeys(fund_codes, 0)
    if not totals:
        return totals
    fund_of = {fund_account(code, use): code for code in totals for use in _COUNTED}
    wanted = Q(pk__in=[])
    for first in {(since or {}).get(code, 0) for code in totals}:
        accounts = [account for account, code in fund_of.items() if (since or {}).get(code, 0) == first]
        wanted |= Q(account__code__in=accounts, period__gte=first)
    rows = MonthlyBalance.objects.filter(wanted).values_list("account__code").annotate(total=Sum("amount_minor"))
    for account, total in rows:
        totals[fund_of[account]] -= total  # a gift is a credit, and credits are negative
    return totals


def season_period(need: Need) -> int:
    """The period in which the need's season begins."""
    return need.season_from.year * 100 + need.season_from.month


def season_begins(source: Need | Area, *, day: date) -> date:
    """The first day from which gifts to a need, or to an area, count as the season's that `day` belongs to.

    An area has no season of its own: the earliest of its needs that are not over, or the last one's when all are.
    """
    if isinstance(source, Need):
        return source.season_from
    needs = list(source.needs.all())
    running = [need.season_from for need in needs if need.giving_on(day) is not Giving.ENDED]
    return min(running) if running else max(need.season_from for need in needs)


def funded_needs(*, needs: Iterable[Need]) -> dict[str, int]:
    """Fund code -> grosze given to the need since its season began. One query."""
    since = {need.fund_code: season_period(need) for need in needs}
    return funded(fund_codes=since, since=since)


def over_funded(*, need: Need) -> OverFunded | None:
    """The figures of a need that received more than its goal, or None. One query beside the need's own."""
    given = funded_needs(needs=[need])[need.fund_code]
    if given <= need.goal_minor:
        return None
    return OverFunded(
        need_title=in_language(need.title),
        area_title=in_language(need.area.title),
        goal_minor=need.goal_minor,
        funded_minor=given,
        surplus_minor=given - need.goal_minor,
        clause=in_language(need.clause.text),
    )
