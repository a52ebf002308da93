"""Within an envelope: what comes back from a partner, and purchases of our own."""

import pytest

from aid_packages.operations import (
    BankShort,
    OverEnvelope,
    WrongState,
    close_allocation,
    pay_purchase,
    return_advance,
)
from aid_packages.queries import envelope, with_partners
from ledger.accounts import BANK, PAYABLE, advance
from ledger.queries import account_balance, fund_available, fund_balance
from tests.factories.aid_packages import (
    accepted,
    advanced,
    approved,
    make_staff,
    purchased,
    recorded,
)
from tests.factories.time import NOW

pytestmark = [pytest.mark.usefixtures("money_in_two_funds"), pytest.mark.django_db, pytest.mark.money]


class TestReturn:
    def test_gives_the_money_back_to_the_fund(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        accepted(recorded(allocation, amount_minor=45_000))
        return_advance(
            allocation_id=allocation.pk,
            amount_minor=15_000,
            actor=make_staff("ada"),
            reason="not needed",
            event_at=NOW,
            request_key="back",
            now=NOW,
        )
        close_allocation(allocation_id=allocation.pk, actor=make_staff("ada"), reason="done", now=NOW)

        assert account_balance(code=BANK) == 155_000
        assert account_balance(code=advance("DEMO-FIELD")) == 0
        assert fund_available(code="WARM-NIGHT") == fund_balance(code="WARM-NIGHT") == 205_000
        assert with_partners() == []

    def test_not_more_than_the_partner_holds(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        with pytest.raises(OverEnvelope) as refused:
            return_advance(
                allocation_id=allocation.pk,
                amount_minor=60_001,
                actor=make_staff("ada"),
                reason="not needed",
                event_at=NOW,
                request_key="back",
                now=NOW,
            )

        assert refused.value.left == 60_000


class TestPurchase:
    def test_accepted_is_spent_and_owed_then_paid(self) -> None:
        allocation = approved(partner_code=None)
        purchase = purchased(allocation, amount_minor=70_000)
        with pytest.raises(WrongState):
            _pay(purchase.pk)
        accepted(purchase.document)

        assert account_balance(code=PAYABLE) == -70_000
        assert fund_balance(code="WARM-NIGHT") == 180_000
        assert fund_available(code="WARM-NIGHT") == 150_000
        _pay(purchase.pk)
        _pay(purchase.pk)
        assert account_balance(code=PAYABLE) == 0
        assert account_balance(code=BANK) == 130_000
        with pytest.raises(WrongState):
            _pay(purchase.pk, request_key="another")

    def test_reimbursing_a_partner_stays_within_the_envelope(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        with pytest.raises(OverEnvelope):
            purchased(allocation, amount_minor=40_001)
        accepted(purchased(allocation, amount_minor=40_000).document)

        assert envelope(allocation=allocation).free_minor == 0
        assert account_balance(code=advance("DEMO-FIELD")) == 60_000

    def test_not_paid_from_an_empty_account(self) -> None:
        advanced(approved(), amount_minor=100_000)
        advanced(approved(fund_code="CONTACT", amount_minor=50_000), amount_minor=50_000)
        purchase = purchased(approved(partner_code=None), amount_minor=50_001)
        accepted(purchase.document)
        with pytest.raises(BankShort):
            _pay(purchase.pk)


def _pay(purchase_id: int, *, request_key: str = "paying") -> None:
    pay_purchase(
        purchase_id=purchase_id,
        actor=make_staff("ada"),
        reason="by transfer",
        event_at=NOW,
        request_key=request_key,
        now=NOW,
    )
