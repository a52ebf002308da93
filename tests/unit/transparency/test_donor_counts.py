"""How many people gave: each counted once, by the mark, in the month in which the gift was booked."""

import pytest

from ledger.operations import close_period, take_mark
from tests.factories.donors import make_donor
from tests.factories.transparency import NOVEMBER_16, OCTOBER, OCTOBER_NOON, Giving
from transparency.sources import cells
from transparency.sources.giving import DonorCounts, donor_counts


def test_a_donor_of_two_gifts_is_one_donor(books: Giving) -> None:
    zofia = make_donor()
    books.give(50_00, donor_id=zofia)
    books.give(30_00, donor_id=zofia, fund="GENERAL")
    books.give(20_00)
    books.give(20_00, at=OCTOBER_NOON.replace(month=9))
    counts = donor_counts(first_period=OCTOBER, last_period=OCTOBER, mark=take_mark(now=NOVEMBER_16))
    assert counts == DonorCounts(total=2, by_fund={"WARM-NIGHT": 2, "GENERAL": 1})


def test_a_donor_whose_gift_came_late_counts_in_the_month_in_which_it_was_booked(books: Giving) -> None:
    books.give(20_00)
    close_period(period=OCTOBER, now=NOVEMBER_16)
    books.give(50_00, now=NOVEMBER_16)
    before = take_mark(now=NOVEMBER_16)
    books.give(70_00, now=NOVEMBER_16)
    mark = take_mark(now=NOVEMBER_16)
    october = donor_counts(first_period=OCTOBER, last_period=OCTOBER, mark=mark)
    november = donor_counts(first_period=202611, last_period=202611, mark=mark)
    both = donor_counts(first_period=OCTOBER, last_period=202611, mark=mark)
    assert (october.total, november.total, both.total) == (1, 2, 3)
    assert donor_counts(first_period=202611, last_period=202611, mark=before).total == 1


def test_whether_donors_are_too_few_is_asked_of_the_first_gifts_and_if_need_be_of_all(
    books: Giving, monkeypatch: pytest.MonkeyPatch
) -> None:
    zofia = make_donor()
    for _ in range(3):
        books.give(50_00, donor_id=zofia)
    for _ in range(4):
        books.give(20_00)
    asked = {"funds": frozenset({"WARM-NIGHT"}), "periods": [OCTOBER], "mark": take_mark(now=NOVEMBER_16)}
    assert (cells.givers(**asked), cells.givers_or_enough(**asked)) == (5, 5)
    monkeypatch.setattr(cells, "FEW_GIFTS", 3)
    assert cells.givers_or_enough(**asked) == 5, "the first three gifts are one person's"
