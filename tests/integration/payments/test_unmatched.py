"""Money that can't be placed is booked, shown, and can go back. Nobody's money is lost."""

import pytest

from ledger.queries import account_balance, fund_balance
from payments import operations, queries
from payments.models import Charge, Donation, UnmatchedPayment
from payments.models.unmatched import UnmatchedReason
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.payments import begin, checkout_ref, deliver_all, give, make_staff
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

UNMATCHED = "liability:unmatched"
CLEARING = "asset:stripe_clearing"


def second_page(sandbox: Client, donation_id: int) -> str:
    """Another payment page for the same donation, as a lost answer and a forgotten key could leave behind."""
    session = sandbox.stripe_client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "client_reference_id": str(donation_id),
            "payment_intent_data": {"metadata": {"donation": str(donation_id)}},
            "success_url": "https://store.example.org/",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {"currency": "pln", "unit_amount": 37_000, "product_data": {"name": "Again"}},
                }
            ],
        }
    )
    return session.id


def test_a_second_charge_on_an_intent(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    before = fund_balance(code="WARM-NIGHT")
    sandbox.pay(second_page(sandbox, donation.pk))
    deliver_all(sandbox=sandbox)
    assert fund_balance(code="WARM-NIGHT") == before
    row = queries.unmatched_open()[0]
    assert (row.reason, row.amount_minor, row.donation_id) == (UnmatchedReason.SECOND_CHARGE, 37_000, donation.pk)
    assert account_balance(code=UNMATCHED) == 37_000 or account_balance(code=UNMATCHED) == -37_000


@pytest.mark.parametrize("amount", [36_999, 37_001, 100])
def test_a_wrong_amount(sandbox: Client, amount: int) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started), amount=amount)
    deliver_all(sandbox=sandbox)
    assert UnmatchedPayment.objects.get().reason == UnmatchedReason.WRONG_AMOUNT
    assert Donation.objects.get().state == DonationState.PROCESSING
    assert abs(account_balance(code=UNMATCHED)) == amount
    assert operations.sweep(now=NOW).donations == 0


def test_a_wrong_currency_is_booked_as_what_it_is_worth(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started), currency="eur")
    deliver_all(sandbox=sandbox)
    charge = Charge.objects.get()
    assert charge.currency == "EUR"
    assert UnmatchedPayment.objects.get().reason == UnmatchedReason.WRONG_CURRENCY
    assert charge.movement is not None
    assert charge.booked_minor == charge.movement.amount_minor
    assert charge.movement.currency == "PLN"


def test_a_charge_after_a_confirmed_cancellation(sandbox: Client) -> None:
    started = begin()
    operations.cancel_checkout(token=started.token, now=NOW)
    sandbox.pay(checkout_ref(started), though_closed=True)
    deliver_all(sandbox=sandbox)
    assert UnmatchedPayment.objects.get().reason == UnmatchedReason.AFTER_CANCELLATION
    assert Donation.objects.get().state == DonationState.CANCELLED


def test_a_charge_that_no_donation_asked_for_is_found_at_night(sandbox: Client) -> None:
    begin()
    sandbox.pay(second_page(sandbox, 999_999))
    operations.compare_with_provider(now=NOW)
    assert UnmatchedPayment.objects.get().reason == UnmatchedReason.NO_INTENT
    assert account_balance(code=CLEARING) > 0


def test_unmatched_money_goes_back_once(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started), amount=100)
    deliver_all(sandbox=sandbox)
    staff = make_staff()
    row = queries.unmatched_open()[0]
    for _ in range(2):
        operations.refund_unmatched(
            unmatched_id=row.unmatched_id, reason="zła kwota", actor=staff, request_key="form-of-ada", now=NOW
        )
    assert account_balance(code=UNMATCHED) == 0
    assert queries.unmatched_open() == []
    assert Donation.objects.get().state == DonationState.FAILED
    with pytest.raises(operations.OverRefund):
        operations.refund_unmatched(
            unmatched_id=row.unmatched_id, reason="jeszcze raz", actor=staff, request_key="another-form", now=NOW
        )
