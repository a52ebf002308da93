"""What running costs get of a gift: the part that its donor was told of before paying."""

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import get_language

from core.money import split_by_largest_remainder
from ledger.accounts import ADMIN


def share_of(*, parts: Mapping[str, int], permille: int) -> dict[str, int]:
    """Fund code -> what running costs get of its part, in minor units, in the order of `parts`.

    The whole share is `permille` of what was given to all funds but ADMIN itself, rounded down, so never more than was said;
    it is split over these funds by largest remainder. Between 0 and a fund's own part for each. A fund that gives nothing
    isn't there.
    """
    given = {code: part for code, part in parts.items() if code != ADMIN and part > 0}
    whole = sum(given.values()) * permille // 1000
    if not whole:
        return {}
    split = split_by_largest_remainder(total=whole, weights=list(given.values()))
    return {code: part for code, part in zip(given, split, strict=True) if part}


def returned_share(*, back_minor: int, left_minor: int, share_minor: int) -> int:
    """Of `back_minor` that goes back out of `left_minor` not yet given back, the part of the share: `share_minor` of them,
    by largest remainder. All of it when all goes back."""
    if back_minor >= left_minor:
        return min(back_minor, share_minor)
    return split_by_largest_remainder(total=back_minor, weights=[left_minor - share_minor, share_minor])[1]


def percent_of(permille: int) -> str:
    """A permille as its reader writes percents: 25 is "2,5%" in Polish and "2.5%" in English."""
    locale = (get_language() or "pl").replace("-", "_")
    return f"{format_decimal(Decimal(permille) / 10, locale=locale)}%"
