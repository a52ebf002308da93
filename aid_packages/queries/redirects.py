"""What went up the tree, and what could."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aid_packages.models import Area, ClauseVersion, Giving, Need, Redirect, RedirectReason, RedirectTold
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
    """A need, or an area, that holds more than it can use. Sums in grosze; `over_minor` is the most that may go on."""

    source: Need | Area
    clause: ClauseVersion
    reason_code: str
    goal_minor: int
    """A need's goal; what an area's needs still lack to theirs."""
    funded_minor: int
    """What a need's goal is compared with; 0 for an area, which has none."""
    available_minor: int
    over_minor: int

    @property
    def is_area(self) -> bool:
        return isinstance(self.source, Area)


def redirects(*, first_period: int, last_period: int, mark: Mark | None = None) -> list[RedirectRow]:
    """Redirects booked in the months, at a mark or now, in the order they were booked. One query."""
    rows = Redirect.objects.filter(entry__period__gte=first_period, entry__period__lte=last_period)
    if mark:
        rows = rows.filter(entry_id__lte=mark.last_entry_id)
    fields = ("from_fund", "to_fund", "amount_minor", "clause__number", "reason_code", "entry__period")
    return [RedirectRow(*row) for row in rows.order_by("entry_id").values_list(*fields)]


def can_go_on(*, day: date) -> list[CanGoOn]:
    """The needs and areas that hold more than they can use on that day: over-funded, or over and with money left.

    Four queries.
    """
    needs = list(Need.objects.select_related("area", "clause"))
    given, balances = funded_needs(needs=needs), fund_balances()
    found = [_over(need, day=day, given=given[need.fund_code], balance=balances.get(need.fund_code)) for need in needs]
    for area in Area.objects.all():
        own = [need for need in needs if need.area_id == area.pk]
        found.append(_area_over(area, needs=own, day=day, given=given, balance=balances.get(area.fund_code)))
    return [one for one in found if one]


def over(*, source: Need | Area, day: date) -> CanGoOn | None:
    """How much of its money a need, or an area, can't use on that day, or None. One that is over: all that is available."""
    balance = fund_balances().get(source.fund_code)
    if isinstance(source, Area):
        needs = list(source.needs.select_related("clause"))
        return _area_over(source, needs=needs, day=day, given=funded_needs(needs=needs), balance=balance)
    return _over(source, day=day, given=funded_needs(needs=[source])[source.fund_code], balance=balance)


def _over(need: Need, *, day: date, given: int, balance: FundBalance | None) -> CanGoOn | None:
    available = max(0, balance.available_minor) if balance else 0
    ended = need.giving_on(day) is Giving.ENDED
    most = available if ended else min(available, max(0, given - need.goal_minor))
    if most <= 0:
        return None
    return CanGoOn(
        source=need,
        clause=need.clause,
        reason_code=RedirectReason.ENDED if ended else RedirectReason.OVER_FUNDED,
        goal_minor=need.goal_minor,
        funded_minor=given,
        available_minor=available,
        over_minor=most,
    )


def _area_over(
    area: Area, *, needs: Sequence[Need], day: date, given: Mapping[str, int], balance: FundBalance | None
) -> CanGoOn | None:
    """An area helps its needs: what they still lack to their goals is its own to use, and what is beyond that is over.

    An area without needs is left alone: nothing is known of what it could use.
    """
    available = max(0, balance.available_minor) if balance else 0
    running = [need for need in needs if need.giving_on(day) is not Giving.ENDED]
    lacking = sum(max(0, need.goal_minor - given[need.fund_code]) for need in running)
    if not needs or available <= lacking:
        return None
    return CanGoOn(
        source=area,
        clause=max((need.clause for need in needs), key=lambda clause: clause.number),
        reason_code=RedirectReason.OVER_FUNDED if running else RedirectReason.ENDED,
        goal_minor=lacking,
        funded_minor=0,
        available_minor=available,
        over_minor=available - lacking,
    )


def not_told() -> list[int]:
    """The booked redirects whose donors don't all have their mail yet, the oldest first."""
    told = RedirectTold.objects.values("redirect")
    return list(
        Redirect.objects.filter(entry__isnull=False).exclude(pk__in=told).order_by("pk").values_list("pk", flat=True)
    )
