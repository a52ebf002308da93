"""Months: where an entry is booked, and what closing means."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from ledger.models import JournalEntry, Period
from ledger.operations import close_period
from ledger.queries import period_for
from tests.factories.ledger import give
from tests.factories.time import NOW

pytestmark = [pytest.mark.money, pytest.mark.usefixtures("books")]

SEPTEMBER = datetime(2026, 9, 10, 12, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 10, 12, tzinfo=UTC)


def test_an_open_month_takes_what_happened_in_it() -> None:
    assert [period_for(SEPTEMBER), period_for(OCTOBER), period_for(NOW)] == [202609, 202610, 202611]


def test_what_is_learned_after_closing_goes_into_the_first_open_month() -> None:
    close_period(period=202610, now=NOW)
    late = give(reference="gift:late", amount_minor=100, event_at=SEPTEMBER)
    assert JournalEntry.objects.get(id=late.entry_id).period == 202611
    assert period_for(OCTOBER) == 202611


def test_december_is_followed_by_january() -> None:
    close_period(period=202612, now=NOW)
    assert period_for(NOW) == 202701


def test_closing_closes_what_came_before() -> None:
    give(reference="gift:september", amount_minor=100, event_at=SEPTEMBER)
    close_period(period=202610, now=NOW)
    assert dict(Period.objects.values_list("period", "status")) == {
        202609: "closed",
        202610: "closed",
        202611: "open",
    }


def test_closing_again_or_earlier_changes_nothing() -> None:
    close_period(period=202611, now=NOW)
    before = list(Period.objects.order_by("period").values())
    close_period(period=202611, now=OCTOBER)
    close_period(period=202609, now=OCTOBER)
    assert list(Period.objects.order_by("period").values()) == before


def test_a_month_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="month must be"):
        close_period(period=202613, now=NOW)
    assert period_for(NOW) == 202611


def test_a_closed_month_stays_closed() -> None:
    close_period(period=202611, now=NOW)
    with pytest.raises(IntegrityError, match="closed for good"), transaction.atomic():
        Period.objects.filter(period=202611).update(status="open", closed_at=None)
    with pytest.raises(IntegrityError, match="not deleted"), transaction.atomic():
        Period.objects.filter(period=202611).delete()
