"""Promise 13 in the audit: each check finds what it is there for."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from payments.models import LinedUpGift, WaitingGift
from tests.factories.aid_packages import make_envelope_books
from tests.factories.attribution import SEPTEMBER_OPENS, after_the_window, lines_grow, redirect, spend, undo
from tests.factories.transparency import OCTOBER_NOON, Giving
from tests.unit.attribution.conftest import broken
from transparency.attribution.models import LineBatch, LineFreeing, LinePlace, LineSpending, LineTaking

LATER = after_the_window(OCTOBER_NOON)


@pytest.fixture
def lines(db: None) -> None:
    """A gift of 100 zł net for warm nights, of which 40 zł were spent and 10 zł moved to the area."""
    make_envelope_books(now=SEPTEMBER_OPENS)
    Giving().give(10_150)
    spend(4_000, reference="purchase:bags")
    redirect(1_000, reference="redirect:season", fund="WARM-NIGHT", to="FOREST")
    lines_grow(now=LATER)
    assert broken() == []


def _some_entry() -> int:
    return LineSpending.objects.get(use="redirect_out").entry_id


def a_gap() -> None:
    last = LinePlace.objects.get(donation__isnull=False)
    LinePlace.objects.create(
        batch=last.batch, fund=last.fund, start=10_500, length=5, entry_id=_some_entry(), use="gifts"
    )


def an_overlap() -> None:
    last = LinePlace.objects.get(donation__isnull=False)
    LinePlace.objects.create(
        batch=last.batch, fund=last.fund, start=9_000, length=1_000, entry_id=_some_entry(), use="gifts"
    )


def a_gift_that_stands_nowhere() -> None:
    LinedUpGift.objects.create(donation=Giving().give(500), at=LATER)


def a_gift_that_is_not_lined_up() -> None:
    gift = Giving().give(500)
    last = LinePlace.objects.get(donation__isnull=False)
    LinePlace.objects.create(batch=last.batch, fund=last.fund, start=10_000, length=350, donation=gift)


def a_gift_that_waits_and_stands() -> None:
    WaitingGift.objects.create(donation_id=LinedUpGift.objects.get().donation_id, settled_at=OCTOBER_NOON)


def a_gift_that_nothing_waits_for() -> None:
    Giving().give(500)
    WaitingGift.objects.all().delete()


def taken_twice() -> None:
    first = LineTaking.objects.order_by("pk")[0]
    other = LineSpending.objects.get(use="redirect_out")
    LineTaking.objects.create(batch=first.batch, spending=other, fund=first.fund, start=100, length=5)


def taken_behind_the_end() -> None:
    first = LineTaking.objects.order_by("pk")[0]
    LineTaking.objects.create(batch=first.batch, spending=first.spending, fund=first.fund, start=9_990, length=20)


def taken_and_not_booked() -> None:
    first = LineTaking.objects.order_by("pk")[0]
    LineTaking.objects.create(batch=first.batch, spending=first.spending, fund=first.fund, start=9_000, length=20)


def another_amount_than_booked() -> None:
    first = LineSpending.objects.get(use="spent")
    entry = spend(700, reference="purchase:tea")
    LineSpending.objects.create(batch=first.batch, entry_id=entry, fund=first.fund, use="spent", amount_minor=600)


def waiting_beside_what_is_free() -> None:
    first = LineSpending.objects.get(use="spent")
    entry = spend(700, reference="purchase:tea")
    LineSpending.objects.create(batch=first.batch, entry_id=entry, fund=first.fund, use="spent", amount_minor=700)


def freed_by_a_stranger() -> None:
    first = LineSpending.objects.get(use="spent")
    LineFreeing.objects.create(batch=first.batch, spending=first, entry_id=_some_entry())


def moved_to_nowhere() -> None:
    first = LineSpending.objects.get(use="redirect_out")
    LineTaking.objects.create(batch=first.batch, spending=first, fund=first.fund, start=9_000, length=20)


def an_entry_forgotten() -> None:
    spend(700, reference="purchase:tea")
    last = LineBatch.objects.get()
    entry = spend(1, reference="purchase:last")
    LineBatch.objects.create(at=LATER, due_before=last.due_before, upto_entry=entry, seen_entry=entry, gifts=0)


@pytest.mark.parametrize(
    "plant",
    [
        a_gap,
        an_overlap,
        a_gift_that_stands_nowhere,
        a_gift_that_is_not_lined_up,
        a_gift_that_waits_and_stands,
        a_gift_that_nothing_waits_for,
        taken_twice,
        taken_behind_the_end,
        taken_and_not_booked,
        another_amount_than_booked,
        waiting_beside_what_is_free,
        freed_by_a_stranger,
        moved_to_nowhere,
        an_entry_forgotten,
    ],
)
@pytest.mark.usefixtures("lines")
def test_what_is_planted_is_found(plant: Callable[[], None]) -> None:
    plant()
    assert broken() != []


@pytest.mark.usefixtures("lines")
def test_a_reversal_is_no_finding() -> None:
    undo(LineSpending.objects.get(use="spent").entry_id)
    lines_grow(now=LATER)
    assert broken() == []


@pytest.mark.parametrize(
    "table", ["linebatch", "lineplace", "linesegment", "linespending", "linetaking", "linefreeing"]
)
@pytest.mark.usefixtures("lines")
def test_rows_are_only_added(table: str) -> None:
    for statement in (f"DELETE FROM attribution_{table}", f"UPDATE attribution_{table} SET id = id"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.usefixtures("lines")
def test_a_gift_stands_once_on_a_line() -> None:
    place = LinePlace.objects.get(donation__isnull=False)
    with pytest.raises(IntegrityError, match="line_place_once_per_gift_and_fund"), transaction.atomic():
        LinePlace.objects.create(
            batch=place.batch, fund=place.fund, start=20_000, length=1, donation_id=place.donation_id
        )
