"""Did what left the provider arrive as what it is made of?"""

from collections.abc import Iterator

from transparency.checks.found import Found, Scope
from transparency.models import CheckName
from transparency.sources.payouts import payout_sums


def payouts_equal_parts(scope: Scope) -> Iterator[Found]:
    """Each payout booked by the mark is the sum of the movements that the provider names for it."""
    for payout in payout_sums(mark=scope.mark):
        if payout.parts_minor is not None and payout.booked_minor != payout.parts_minor:
            yield Found(
                check=CheckName.PAYOUTS_EQUAL_PARTS,
                subject=payout.ref,
                expected=payout.parts_minor,
                actual=payout.booked_minor,
            )
