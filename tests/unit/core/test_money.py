"""Money: what people type, how it is shown, and how it is shared out."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import (
    MAX_GIFT,
    MIN_GIFT,
    AmountError,
    AmountReason,
    format_money,
    format_whole,
    parse_amount,
    split_by_largest_remainder,
)


@pytest.mark.parametrize(
    ("typed", "grosze"),
    [
        ("50", 5000),
        ("50,00", 5000),
        ("50.5", 5050),
        (" 1 250,00 ", 125000),
        ("1\u00a0250,00 zł", 125000),
        ("1,250.00", 125000),
        ("1.250,00", 125000),
        ("2", MIN_GIFT),
        ("50000", MAX_GIFT),
        ("10,000", AmountReason.NOT_A_NUMBER),
        ("12,345", AmountReason.NOT_A_NUMBER),
        ("0", AmountReason.NOT_POSITIVE),
        ("-5", AmountReason.NOT_POSITIVE),
        ("\u22125", AmountReason.NOT_POSITIVE),
        ("", AmountReason.EMPTY),
        ("   ", AmountReason.EMPTY),
        ("1e999", AmountReason.NOT_A_NUMBER),
        ("NaN", AmountReason.NOT_A_NUMBER),
        ("inf", AmountReason.NOT_A_NUMBER),
        ("١٠٠", AmountReason.NOT_A_NUMBER),
        ("fifty", AmountReason.NOT_A_NUMBER),
        ("5,5,5", AmountReason.NOT_A_NUMBER),
        ("0,001", AmountReason.TOO_PRECISE),
        ("5,1234", AmountReason.TOO_PRECISE),
        ("1", AmountReason.TOO_SMALL),
        ("10000000", AmountReason.TOO_LARGE),
        ("10,000,000", AmountReason.TOO_LARGE),
        ("9" * 500, AmountReason.TOO_LARGE),
    ],
)
def test_a_typed_sum_is_taken_or_refused_with_its_reason(typed: str, grosze: int | AmountReason) -> None:
    if isinstance(grosze, int):
        assert parse_amount(typed, language="pl") == grosze
        return
    with pytest.raises(AmountError) as refusal:
        parse_amount(typed, language="pl")
    assert refusal.value.reason is grosze


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_sum_or_an_amount_error(typed: str) -> None:
    with contextlib.suppress(AmountError):
        assert MIN_GIFT <= parse_amount(typed, language="en") <= MAX_GIFT


@given(st.integers(min_value=MIN_GIFT, max_value=MAX_GIFT), st.sampled_from(["pl", "en"]))
def test_a_sum_that_we_write_can_be_typed_again(grosze: int, language: str) -> None:
    assert parse_amount(format_money(grosze, language=language), language=language) == grosze


def test_sums_are_written_as_the_reader_writes_them() -> None:
    assert format_money(125000, language="pl").replace("\u00a0", " ") == "1 250,00 zł"
    assert format_money(1250000, language="pl").replace("\u00a0", " ") == "12 500,00 zł"
    assert format_money(125000, language="en").replace("\u00a0", " ") == "1,250.00 zł"


def test_whole_sums_keep_their_thousands() -> None:
    assert format_whole(6_400_000, language="en").replace("\u00a0", " ") == "64,000 zł"
    assert format_whole(6_400_050, language="pl").replace("\u00a0", " ") == "64 001 zł"
    assert format_whole(99, language="en").replace("\u00a0", " ") == "1 zł"


@given(
    st.integers(min_value=-(10**12), max_value=10**12),
    st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=30).filter(any),
)
def test_parts_sum_to_the_whole_and_each_is_within_one_of_its_share(total: int, weights: list[int]) -> None:
    parts = split_by_largest_remainder(total=total, weights=weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * weight) < whole
        assert weight or not part


def test_what_is_left_goes_to_the_largest_remainder_then_to_the_first() -> None:
    assert split_by_largest_remainder(total=100, weights=[1, 1, 1]) == [34, 33, 33]
    assert split_by_largest_remainder(total=10, weights=[5, 3, 2]) == [5, 3, 2]
    assert split_by_largest_remainder(total=-100, weights=[1, 1, 1]) == [-34, -33, -33]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_mean_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split_by_largest_remainder(total=1, weights=weights)
