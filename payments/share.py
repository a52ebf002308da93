"""What running costs get of a gift: the part that its donor was told of before paying."""

from collections.abc import Mapping

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
