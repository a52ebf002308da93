"""What moved in each fund over some months."""

from collections import defaultdict
from dataclasses import dataclass

from ledger.models import AccountKind, FundUse, Mark
from ledger.queries.sums import account_sums


@dataclass(frozen=True, slots=True)
class FundMovement:
    """One use of one fund over the months asked for.

    Minor units, in the sense of the use's name: positive gifts came in, positive fees, refunds or spent went out,
    positive encumbered is promised. So balance = opening + gifts + share_in + redirect_in + covered - all other uses,
    the memo ones apart.
    """

    fund_code: str
    use: FundUse
    amount_minor: int


def fund_movements(*, first_period: int, last_period: int, mark: Mark | None = None) -> list[FundMovement]:
    """Sums per fund and use over months, both ends included, at a mark or now; by fund, then by use as declared.

    Uses that sum to zero are left out. What a fund held before: the same from period 0 up to the month before.
    """
    sums: defaultdict[tuple[str, FundUse], int] = defaultdict(int)
    for each in account_sums(mark=mark, first_period=first_period, last_period=last_period):
        if each.fund is not None:
            use = FundUse(each.use)
            credit_adds = use.account_kind == AccountKind.INCOME or use == FundUse.RESERVE
            sums[each.fund, use] += -each.amount_minor if credit_adds else each.amount_minor
    order = {use: place for place, use in enumerate(FundUse)}
    return [
        FundMovement(fund_code=fund, use=use, amount_minor=amount)
        for (fund, use), amount in sorted(sums.items(), key=lambda item: (item[0][0], order[item[0][1]]))
        if amount
    ]
