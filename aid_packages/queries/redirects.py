"""What went up the tree, and what could."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aid_packages.models import (
    Allocation,
    AllocationState,
    Area,
    ClauseVersion,
    Giving,
    Need,
    ProposalState,
    Redirect,
    RedirectReason,
    RedirectTold,
)
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
    """A need, or an area, that holds more than it can use. Sums in grosze; `over_minor` is the most that may go on.

    What was accepted and isn't paid yet is not in `balance_minor` any more. Surplus is what is neither promised nor planned.
    """

    source: Need | Area
    clause: ClauseVersion
    reason_code: str
    goal_minor: int
    """A need's goal; what an area's needs still lack to theirs."""
    funded_minor: int
    """What a need's goal is compared with; 0 for an area, which has none."""
    balance_minor: int
    committed_minor: int
    """Set aside for approved envelopes and not used up."""
    planned_minor: int
    """Drafted envelopes that wait for their second person, and redirects that were proposed before."""
    over_minor: int

    @property
    def is_area(self) -> bool:
        return isinstance(self.source, Area)

    @property
    def available_minor(self) -> int:
        """What nobody has promised or planned."""
        return self.balance_minor - self.committed_minor - self.planned_minor


def redirects(*, first_period: int, last_period: int, mark: Mark | None = None) -> list[RedirectRow]:
    """Redirects booked in the months, at a mark or now, in the order they were booked. One query."""
    rows = Redirect.objects.filter(entry__period__gte=first_period, entry__period__lte=last_period)
    if mark:
        rows = rows.filter(entry_id__lte=mark.last_entry_id)
    fields = ("from_fund", "to_fund", "amount_minor", "clause__number", "reason_code", "entry__period")
    return [RedirectRow(*row) for row in rows.order_by("entry_id").values_list(*fields)]


def can_go_on(*, day: date) -> list[CanGoOn]:
    """The needs and areas that hold more than they can use on that day: over-funded, or over and with money left.

    Six queries.
    """
    needs = list(Need.objects.select_related("area", "clause"))
    given, held = funded_needs(needs=needs), _Held(fund_balances(), _planned())
    found = [_over(need, day=day, given=given[need.fund_code], held=held) for need in needs]
    for area in Area.objects.all():
        own = [need for need in needs if need.area_id == area.pk]
        found.append(_area_over(area, needs=own, day=day, given=given, held=held))
    return [one for one in found if one]


def over(*, source: Need | Area, day: date, besides: int | None = None) -> CanGoOn | None:
    """How much of its money a need, or an area, can't use on that day, or None. One that is over: all that is surplus.

    `besides` is a proposed redirect that is being decided, and so doesn't stand in its own way.
    """
    held = _Held(fund_balances(), _planned(besides=besides))
    if isinstance(source, Area):
        needs = list(source.needs.select_related("clause"))
        return _area_over(source, needs=needs, day=day, given=funded_needs(needs=needs), held=held)
    return _over(source, day=day, given=funded_needs(needs=[source])[source.fund_code], held=held)


@dataclass(frozen=True)
class _Held:
    """What funds hold, and what is planned from them."""

    balances: Mapping[str, FundBalance]
    planned: Mapping[str, int]

    def surplus(self, fund_code: str) -> int:
        has = self.balances.get(fund_code)
        return max(0, has.available_minor - self.planned.get(fund_code, 0)) if has else 0

    def facts(self, fund_code: str) -> dict[str, int]:
        has = self.balances[fund_code]
        return {
            "balance_minor": has.balance_minor,
            "committed_minor": has.balance_minor - has.available_minor,
            "planned_minor": self.planned.get(fund_code, 0),
        }


def _planned(*, besides: int | None = None) -> dict[str, int]:
    """Fund code -> grosze that drafted envelopes, and redirects proposed, but for `besides`, would take."""
    planned: Counter[str] = Counter()
    drafted = Allocation.objects.filter(state=AllocationState.DRAFTED).values_list("fund_code", "amount_minor")
    proposed = Redirect.objects.filter(state=ProposalState.PROPOSED).exclude(pk=besides)
    for fund_code, amount in [*drafted, *proposed.values_list("from_fund", "amount_minor")]:
        planned[fund_code] += amount
    return planned


def _over(need: Need, *, day: date, given: int, held: _Held) -> CanGoOn | None:
    surplus = held.surplus(need.fund_code)
    ended = need.giving_on(day) is Giving.ENDED
    most = surplus if ended else min(surplus, max(0, given - need.goal_minor))
    if most <= 0:
        return None
    return CanGoOn(
        source=need,
        clause=need.clause,
        reason_code=RedirectReason.ENDED if ended else RedirectReason.OVER_FUNDED,
        goal_minor=need.goal_minor,
        funded_minor=given,
        over_minor=most,
        **held.facts(need.fund_code),
    )


def _area_over(
    area: Area, *, needs: Sequence[Need], day: date, given: Mapping[str, int], held: _Held
) -> CanGoOn | None:
    """An area helps its needs: what they still lack to their goals is its own to use, and what is beyond that is over.

    An area without needs is left alone: nothing is known of what it could use.
    """
    surplus = held.surplus(area.fund_code)
    running = [need for need in needs if need.giving_on(day) is not Giving.ENDED]
    lacking = sum(max(0, need.goal_minor - given[need.fund_code]) for need in running)
    if not needs or surplus <= lacking:
        return None
    return CanGoOn(
        source=area,
        clause=max((need.clause for need in needs), key=lambda clause: clause.number),
        reason_code=RedirectReason.OVER_FUNDED if running else RedirectReason.ENDED,
        goal_minor=lacking,
        funded_minor=0,
        over_minor=surplus - lacking,
        **held.facts(area.fund_code),
    )


def not_told() -> list[int]:
    """The booked redirects whose donors don't all have their mail yet, the oldest first."""
    told = RedirectTold.objects.values("redirect")
    return list(
        Redirect.objects.filter(entry__isnull=False).exclude(pk__in=told).order_by("pk").values_list("pk", flat=True)
    )
