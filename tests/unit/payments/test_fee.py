"""Covering the fee."""

from hypothesis import given
from hypothesis import strategies as st

from core.money import MAX_GIFT
from payments.fee import FIXED_MINOR, PER_MILLE, cover_fee_for


def test_known_sums() -> None:
    assert cover_fee_for(total_minor=18_500) == 384
    assert cover_fee_for(total_minor=200) == 105
    assert cover_fee_for(total_minor=0) == 0


@given(total=st.integers(min_value=1, max_value=MAX_GIFT))
def test_what_is_left_is_the_gift_and_no_more_than_needed(total: int) -> None:
    def left(fee: int) -> int:
        """A thousand times what is left after the estimated fee of everything paid."""
        paid = total + fee
        return paid * 1000 - paid * PER_MILLE - FIXED_MINOR * 1000

    fee = cover_fee_for(total_minor=total)
    assert left(fee) >= total * 1000
    assert left(fee - 1) < total * 1000
