"""Final grants, and taking back what was wrongly counted as spent."""

from datetime import timedelta

import pytest

from aid_packages.models import Advance, DocumentState
from aid_packages.operations import (
    AttestationMissing,
    NoPartner,
    OverEnvelope,
    RequestKeyReused,
    SamePerson,
    WrongState,
    approve_reversal,
    close_allocation,
    pay_purchase,
    refuse_reversal,
    return_advance,
    return_payment,
)
from aid_packages.queries import envelope, open_payables, spending_rows, with_partners
from core.periods import period_of
from ledger import audit
from ledger.accounts import BANK, PAYABLE, advance
from ledger.queries import account_balance, fund_available, fund_balance
from tests.factories.aid_life import granted, key, proposed_reversal, taken_back
from tests.factories.aid_packages import accepted, advanced, approved, hold, make_staff, purchased, recorded
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("books")]
DECEMBER = NOW + timedelta(days=15)
THIS_YEAR = {"first_period": 202601, "last_period": 202612}


@pytest.fixture
def books(envelope_books: None) -> None:
    """2,500 zł of WARM-NIGHT in the bank."""
    hold(fund_code="WARM-NIGHT", amount_minor=250_000, reference="warm")


def _closed(allocation) -> None:
    close_allocation(allocation_id=allocation.pk, actor=make_staff("ada"), reason="done", now=NOW)


class TestGrant:
    def test_is_spent_at_once_and_releases_the_commitment(self) -> None:
        allocation = approved()
        grant = granted(allocation, amount_minor=60_000)

        assert fund_balance(code="WARM-NIGHT") == 190_000
        assert fund_available(code="WARM-NIGHT") == 150_000
        assert account_balance(code=BANK) == 190_000
        assert account_balance(code=advance("DEMO-FIELD")) == 0
        (row,) = spending_rows(**THIS_YEAR)
        assert (row.partner_code, row.grade, row.accepted_minor, row.documents) == (
            "DEMO-FIELD",
            "partner_attested",
            60_000,
            0,
        )
        assert envelope(allocation=allocation).free_minor == 40_000
        assert grant.entry.kind == "grant"
        assert audit.run().findings == []

    def test_the_same_request_twice_is_one_grant(self) -> None:
        allocation, once = approved(), key()
        assert granted(allocation, amount_minor=100, request_key=once) == granted(
            allocation, amount_minor=100, request_key=once
        )
        with pytest.raises(RequestKeyReused):
            granted(allocation, amount_minor=200, request_key=once)

    def test_who_prepared_the_envelope_does_not_pay_it_out_for_good(self) -> None:
        with pytest.raises(SamePerson):
            granted(approved(), amount_minor=100, actor=make_staff("ada"))

    def test_what_it_refuses(self) -> None:
        with pytest.raises(NoPartner):
            granted(approved(partner_code=None, amount_minor=1_000), amount_minor=100)
        allocation = approved(amount_minor=1_000)
        with pytest.raises(OverEnvelope):
            granted(allocation, amount_minor=1_001)
        with pytest.raises(AttestationMissing):
            granted(allocation, amount_minor=100, attestation=" ")

    def test_leaves_nothing_to_settle(self) -> None:
        allocation = approved(amount_minor=60_000)
        granted(allocation, amount_minor=60_000)
        _closed(allocation)
        assert fund_available(code="WARM-NIGHT") == fund_balance(code="WARM-NIGHT") == 190_000


class TestTakingBackADocument:
    def test_of_an_open_envelope_is_owed_again_and_set_aside_again(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        document = accepted(recorded(allocation, amount_minor=45_000))
        taken_back(document)

        document.refresh_from_db()
        assert document.state == DocumentState.REVERSED
        assert fund_balance(code="WARM-NIGHT") == 250_000
        assert fund_available(code="WARM-NIGHT") == 150_000
        assert account_balance(code=advance("DEMO-FIELD")) == 60_000
        assert envelope(allocation=allocation).with_partner_minor == 60_000
        assert with_partners()[0].unsettled_minor == 60_000
        assert audit.run().findings == []

    def test_counts_less_in_the_month_of_the_reversal_only(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        document = accepted(recorded(allocation, amount_minor=45_000))
        taken_back(document, now=DECEMBER)

        assert period_of(DECEMBER) == 202612
        (november,) = spending_rows(first_period=202611, last_period=202611)
        (december,) = spending_rows(first_period=202612, last_period=202612)
        assert (november.accepted_minor, november.documents) == (45_000, 1)
        assert (december.accepted_minor, december.documents) == (-45_000, -1)
        assert spending_rows(**THIS_YEAR) == []

    def test_of_a_closed_envelope_stops_it_until_the_money_is_back(self) -> None:
        allocation = approved(amount_minor=60_000)
        advanced(allocation, amount_minor=45_000)
        document = accepted(recorded(allocation, amount_minor=45_000))
        _closed(allocation)
        taken_back(document)

        allocation.refresh_from_db()
        assert allocation.state == "stopped"
        assert fund_available(code="WARM-NIGHT") == 205_000
        with pytest.raises(WrongState):
            advanced(allocation, amount_minor=1)
        assert audit.run().findings == []
        return_advance(
            allocation_id=allocation.pk,
            amount_minor=45_000,
            actor=make_staff("ada"),
            reason="came back",
            event_at=NOW,
            request_key=key(),
            now=NOW,
        )
        _closed(allocation)
        assert fund_available(code="WARM-NIGHT") == fund_balance(code="WARM-NIGHT") == 250_000
        assert audit.run().findings == []

    def test_its_number_may_be_recorded_anew(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        taken_back(accepted(recorded(allocation, amount_minor=45_000, number="FV 1")))
        assert recorded(allocation, amount_minor=40_000, number="fv1").state == "recorded"

    def test_a_purchase_that_was_not_paid_is_no_debt_any_more(self) -> None:
        allocation = approved(partner_code=None)
        purchase = purchased(allocation, amount_minor=30_000)
        accepted(purchase.document)
        taken_back(purchase.document)
        assert account_balance(code=PAYABLE) == 0
        assert open_payables() == []
        assert envelope(allocation=allocation).free_minor == 100_000
        assert audit.run().findings == []

    def test_a_purchase_that_was_paid_is_a_claim_until_it_comes_back(self) -> None:
        purchase = purchased(approved(partner_code=None), amount_minor=30_000)
        accepted(purchase.document)
        asked = {"actor": make_staff("bartek"), "reason": "by transfer", "event_at": NOW, "now": NOW}
        pay_purchase(purchase_id=purchase.pk, request_key=key(), **asked)
        with pytest.raises(WrongState):
            return_payment(purchase_id=purchase.pk, request_key=key(), **asked)
        taken_back(purchase.document)
        assert [row.amount_minor for row in open_payables()] == [-30_000]
        assert account_balance(code=PAYABLE) == 30_000
        once = key()
        came = return_payment(purchase_id=purchase.pk, request_key=once, **asked)
        assert return_payment(purchase_id=purchase.pk, request_key=once, **asked) == came
        assert (account_balance(code=PAYABLE), account_balance(code=BANK), open_payables()) == (0, 250_000, [])
        assert audit.run().findings == []

    def test_is_decided_by_another_and_once(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        document = accepted(recorded(allocation, amount_minor=45_000))
        reversal = proposed_reversal(document)
        with pytest.raises(WrongState):
            proposed_reversal(document)
        asked = {"reversal_id": reversal.pk, "reason": "as agreed", "now": NOW}
        with pytest.raises(SamePerson):
            approve_reversal(actor=make_staff("ada"), **asked)
        refuse_reversal(actor=make_staff("bartek"), **asked)
        with pytest.raises(WrongState):
            approve_reversal(actor=make_staff("bartek"), **asked)
        assert fund_balance(code="WARM-NIGHT") == 205_000
        assert proposed_reversal(document).state == "proposed"


def test_a_grant_that_is_taken_back_becomes_an_advance() -> None:
    allocation = approved(amount_minor=60_000)
    grant = granted(allocation, amount_minor=60_000)
    _closed(allocation)
    taken_back(grant)

    assert Advance.objects.get().amount_minor == 60_000
    assert fund_balance(code="WARM-NIGHT") == 250_000
    assert account_balance(code=BANK) == 190_000
    assert account_balance(code=advance("DEMO-FIELD")) == 60_000
    assert spending_rows(**THIS_YEAR) == []
    assert audit.run().findings == []
