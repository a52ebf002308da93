"""Notes: they sum to the gift, they are as few as can be, and their leaves say nothing without the seed."""

import hashlib
import hmac
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.notes import BadName, NotAnAmount, break_into_notes, leaf, numbered

DENOMINATIONS = {mantissa * 10**power for mantissa in (1, 2, 5) for power in range(13)}
SEED = bytes(range(32))
WHAT = {"donee": "FPBG", "report": "2026-11-r1", "fund": "WARM-NIGHT", "denomination": 5_000}


def fewest(most: int) -> list[int]:
    """The least number of notes of every sum up to `most`, found by trying all."""
    best = [0] + [most] * most
    for amount in range(1, most + 1):
        best[amount] = 1 + min(best[amount - note] for note in DENOMINATIONS if note <= amount)
    return best


def test_every_amount_is_broken_into_the_fewest_notes() -> None:
    best = fewest(12_000)
    for amount in range(1, 12_001):
        notes = break_into_notes(amount)
        assert sum(notes) == amount
        assert len(notes) == best[amount]


@given(st.integers(min_value=1, max_value=10**12))
def test_any_amount_is_the_sum_of_standard_notes_largest_first(amount: int) -> None:
    notes = break_into_notes(amount)
    assert sum(notes) == amount
    assert set(notes) <= DENOMINATIONS
    assert notes == sorted(notes, reverse=True)
    assert len(notes) <= 3 * len(str(amount))


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_cannot_be_broken(amount: int) -> None:
    with pytest.raises(NotAnAmount):
        break_into_notes(amount)


def test_equal_notes_of_a_gift_are_numbered() -> None:
    assert numbered(break_into_notes(4_40)) == [(200, 0), (200, 1), (20, 0), (20, 1)]


def test_a_leaf_is_what_money_md_says() -> None:
    message = b"note 1\0FPBG\x002026-11-r1\0WARM-NIGHT\x005000\x000"
    salt = hmac.new(SEED, message, hashlib.sha256).digest()
    expected = hashlib.sha256(salt + b"FPBG\x002026-11-r1\0WARM-NIGHT\x005000").digest()
    assert leaf(seed=SEED, index=0, **WHAT) == expected


def test_each_part_changes_the_leaf() -> None:
    """Two notes that differ in anything never share a leaf, however their fields would run together."""
    told = [
        leaf(seed=seed, **{"index": 0, **WHAT, **change})
        for seed, change in (
            (SEED, {}),
            (SEED[::-1], {}),
            (SEED, {"donee": "FPB"}),
            (SEED, {"report": "2026-11-r2"}),
            (SEED, {"fund": "WARM-NIGH"}),
            (SEED, {"denomination": 500}),
            (SEED, {"denomination": 500, "index": 0}),
            (SEED, {"index": 1}),
        )
    ]
    assert len(set(told)) == len(told) - 1, "only the one that is written twice is the same twice"


@pytest.mark.parametrize("name", ["", "WARM\0NIGHT"])
def test_a_name_that_would_run_into_the_next_field_is_refused(name: str) -> None:
    with pytest.raises(BadName):
        leaf(seed=SEED, index=0, **{**WHAT, "fund": name})


def test_indexes_make_leaves_of_equal_notes_differ() -> None:
    leaves = [leaf(seed=SEED, index=index, **WHAT) for index, _ in zip(count(), range(100), strict=False)]
    assert len(set(leaves)) == 100
