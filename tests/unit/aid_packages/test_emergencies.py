"""The emergency path: booked at once by one, countersigned by another within 72 hours, or stopped."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from aid_packages.operations import (
    CountersignatureOverdue,
    FundShort,
    OverEmergencyCap,
    PartOfPartner,
    SamePerson,
    WrongState,
    approve_allocation,
    close_allocation,
    countersign_emergency,
    refuse_emergency,
    return_advance,
)
from aid_packages.queries import emergencies_overdue, last_ids
from ledger import audit
from ledger.queries import fund_available, fund_balance
from tests.factories.aid_life import belongs, emergency, granted, key
from tests.factories.aid_packages import accepted, advanced, hold, make_staff, recorded
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("books")]
FOUR_DAYS_LATER = NOW + timedelta(days=4)


@pytest.fixture
def books(envelope_books: None) -> None:
    """2,500 zł of WARM-NIGHT in the bank."""
    hold(fund_code="WARM-NIGHT", amount_minor=250_000, reference="warm")


def signed(allocation, *, actor: str = "bartek", now=NOW):
    return countersign_emergency(allocation_id=allocation.pk, actor=make_staff(actor), reason="right so", now=now)


def refused(allocation, *, actor: str = "bartek", now=NOW):
    return refuse_emergency(allocation_id=allocation.pk, actor=make_staff(actor), reason="not so", now=now)


class TestBooking:
    def test_sets_aside_at_once_and_money_goes_out(self) -> None:
        allocation = emergency()
        advanced(allocation, amount_minor=50_000)
        assert allocation.state == "emergency"
        assert fund_available(code="WARM-NIGHT") == 200_000
        assert audit.run().findings == []

    def test_stays_within_what_the_fund_has(self) -> None:
        hold(fund_code="CONTACT", amount_minor=1_000, reference="contact")
        with pytest.raises(FundShort):
            emergency(fund_code="CONTACT", amount_minor=1_001)

    def test_what_one_person_booked_alone_stays_within_the_cap(self, settings: Settings) -> None:
        settings.EMERGENCY_CAP_MINOR = 80_000
        first = emergency(amount_minor=50_000)
        with pytest.raises(OverEmergencyCap) as refusal:
            emergency(amount_minor=30_001)
        assert refusal.value.left == 30_000
        emergency(amount_minor=30_001, actor=make_staff("celina"))
        signed(first)
        emergency(amount_minor=80_000)

    def test_the_same_request_twice_is_one_emergency(self) -> None:
        once = key()
        assert emergency(request_key=once).pk == emergency(request_key=once).pk
        assert fund_available(code="WARM-NIGHT") == 200_000

    def test_nobody_books_for_their_own_organisation(self) -> None:
        belongs(make_staff("ada"))
        with pytest.raises(PartOfPartner):
            emergency()


class TestCountersigning:
    def test_makes_it_an_approved_envelope(self) -> None:
        allocation = signed(emergency())
        assert allocation.state == "approved"
        assert signed(allocation).pk == allocation.pk
        assert allocation.countersignature.outcome == "signed"
        assert audit.run().findings == []

    def test_is_not_for_who_booked_it_nor_by_the_usual_approval(self) -> None:
        allocation = emergency()
        with pytest.raises(SamePerson):
            signed(allocation, actor="ada")
        with pytest.raises(WrongState):
            approve_allocation(allocation_id=allocation.pk, actor=make_staff("bartek"), reason="x", now=NOW)

    def test_a_refusal_gives_back_what_is_free_and_claims_the_rest(self) -> None:
        allocation = emergency()
        advanced(allocation, amount_minor=20_000)
        allocation = refused(allocation)

        assert allocation.state == "stopped"
        assert fund_available(code="WARM-NIGHT") == 230_000
        assert audit.run().findings == []
        for pay in (lambda: advanced(allocation, amount_minor=1), lambda: granted(allocation, amount_minor=1)):
            with pytest.raises(WrongState):
                pay()
        accepted(recorded(allocation, amount_minor=15_000))
        asked = {"actor": make_staff("ada"), "reason": "back", "now": NOW}
        return_advance(allocation_id=allocation.pk, amount_minor=5_000, event_at=NOW, request_key=key(), **asked)
        close_allocation(allocation_id=allocation.pk, **asked)
        assert fund_balance(code="WARM-NIGHT") == fund_available(code="WARM-NIGHT") == 235_000
        assert audit.run().findings == []

    def test_a_refusal_with_nothing_free_books_nothing(self) -> None:
        allocation = emergency()
        advanced(allocation, amount_minor=50_000)
        refused(allocation)
        assert fund_available(code="WARM-NIGHT") == 200_000
        assert audit.run().findings == []


class TestOverdue:
    def test_nothing_more_is_paid_from_it_until_somebody_signs(self) -> None:
        allocation = emergency()
        late = {"amount_minor": 1, "now": FOUR_DAYS_LATER}
        for pay in (lambda: advanced(allocation, **late), lambda: granted(allocation, **late)):
            with pytest.raises(CountersignatureOverdue):
                pay()
        signed(allocation, now=FOUR_DAYS_LATER)
        assert advanced(allocation, **late).amount_minor == 1

    def test_is_found_after_72_hours_and_at_any_instant_again(self) -> None:
        allocation = emergency()
        assert emergencies_overdue(at=NOW + timedelta(hours=72)) == []
        (row,) = emergencies_overdue(at=FOUR_DAYS_LATER)
        assert (row.allocation_id, row.fund_code, row.amount_minor) == (allocation.pk, "WARM-NIGHT", 50_000)
        known = last_ids()["countersignature"]
        signed(allocation, now=FOUR_DAYS_LATER)
        assert emergencies_overdue(at=FOUR_DAYS_LATER) == []
        assert emergencies_overdue(at=FOUR_DAYS_LATER, last_id=known) == [row]
