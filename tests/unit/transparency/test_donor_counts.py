"""How many people gave: each counted once, by the mark, in the month in which the gift was booked."""

import pytest

from ledger.operations import close_period, take_mark
from tests.factories.donors import make_donor
from tests.factories.transparency import NOVEMBER_16, OCTOBER, OCTOBER_NOON, Giving
from transparency.sources import cells, pieces
from transparency.sources.giving import DonorCounts, donor_counts
from transparency.sources.pieces import LAST_ENTRY, Piece, cut_up, givers_of_pieces


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


def test_a_piece_knows_its_people_while_they_are_few(books: Giving, monkeypatch: pytest.MonkeyPatch) -> None:
    zofia, jan = make_donor(), make_donor(email="jan@donors.example.org")
    books.give(10_00, donor_id=zofia)
    books.give(20_00, donor_id=jan)
    books.give(30_00, donor_id=zofia)
    so_far = take_mark(now=NOVEMBER_16).last_entry_id
    for amount in (10_00, 20_00, 30_00, 40_00, 50_00):
        books.give(amount)
        books.give(amount, fund="FOREST", donor_id=jan)
    asked = cut_up(funds=["FOREST", "WARM-NIGHT", "FUEL"], periods=[OCTOBER, 202611], marks=[(202611, so_far)])
    known = {
        Piece("WARM-NIGHT", OCTOBER, 0, so_far): frozenset({zofia, jan}),
        Piece("WARM-NIGHT", OCTOBER, so_far, LAST_ENTRY): None,
        Piece("FOREST", OCTOBER, so_far, LAST_ENTRY): frozenset({jan}),
    }
    assert givers_of_pieces(asked) == known
    monkeypatch.setattr(pieces, "FIRST_GIFTS", 3)
    assert givers_of_pieces(asked) == known, "the first gifts are too few to tell"
