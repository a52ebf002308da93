"""Cards that decline, BLIK, Przelewy24: each outcome is told as it is."""

from datetime import timedelta

import pytest

from ledger.queries import fund_balance
from payments import operations, queries
from payments.models import Charge, Donation, DonationTransition
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.payments import begin, checkout_ref, deliver_all, give
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.mark.parametrize("card", ["4000000000000002", "4000000000009995"])
def test_a_declined_card_books_nothing_and_the_donor_may_try_again(sandbox: Client, card: str) -> None:
    started = begin()
    assert sandbox.pay(checkout_ref(started), card=card)["result"] == "refused"
    assert operations.settle(donation_id=started.donation_id, now=NOW) is DonationState.CHECKOUT_OPEN
    assert not Charge.objects.exists()
    sandbox.pay(checkout_ref(started))
    assert operations.settle(donation_id=started.donation_id, now=NOW) is DonationState.SETTLED


def test_a_card_that_asks_for_authentication(sandbox: Client) -> None:
    started = begin()
    assert sandbox.pay(checkout_ref(started), card="4000002500003155", outcome="none")["result"] == "challenged"
    assert operations.settle(donation_id=started.donation_id, now=NOW) is DonationState.CHECKOUT_OPEN
    sandbox.pay(checkout_ref(started), card="4000002500003155", outcome="approve")
    assert operations.settle(donation_id=started.donation_id, now=NOW) is DonationState.SETTLED


@pytest.mark.parametrize("way", [{"blik": "123456"}, {"p24": "ing"}])
def test_a_bank_that_says_yes_at_once(sandbox: Client, way: dict[str, str]) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started), **way)
    deliver_all(sandbox=sandbox)
    assert Donation.objects.get().state == DonationState.SETTLED
    assert Charge.objects.get().method == next(iter(way))


def test_a_blik_code_that_times_out_leaves_the_page_open(sandbox: Client) -> None:
    started = begin()
    assert sandbox.pay(checkout_ref(started), blik="123456", outcome="time_out")["result"] == "refused"
    deliver_all(sandbox=sandbox)
    assert Donation.objects.get().state == DonationState.CHECKOUT_OPEN
    assert not Charge.objects.exists()


def test_a_bank_that_says_yes_later(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started), p24="ing", outcome="later", then="succeed")
    deliver_all(sandbox=sandbox)
    page = queries.donation_by_token(token=started.token)
    assert page is not None
    assert (page.state, page.receipt_number) == (DonationState.PROCESSING, None)
    sandbox.release("bank_answers")
    deliver_all(sandbox=sandbox)
    moves = DonationTransition.objects.values_list("to_state", flat=True)
    assert list(moves) == [DonationState.CHECKOUT_OPEN, DonationState.PROCESSING, DonationState.SETTLED]


def test_a_bank_that_says_no_later(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started), p24="ing", outcome="later", then="fail")
    assert operations.settle(donation_id=started.donation_id, now=NOW) is DonationState.PROCESSING
    sandbox.release("bank_answers")
    deliver_all(sandbox=sandbox)
    assert Donation.objects.get().state == DonationState.FAILED
    assert fund_balance(code="WARM-NIGHT") == 0


def test_a_late_success_after_expiry_is_booked(sandbox: Client) -> None:
    started = begin()
    later = NOW + timedelta(hours=2)
    sandbox.clock(now=int(later.timestamp()), stopped=True)
    assert operations.settle(donation_id=started.donation_id, now=later) is DonationState.EXPIRED
    sandbox.pay(checkout_ref(started), though_closed=True)
    deliver_all(sandbox=sandbox, now=later)
    assert Donation.objects.get().state == DonationState.SETTLED
    assert fund_balance(code="WARM-NIGHT") > 0


def test_a_late_balance_transaction_brings_the_fee_later(sandbox: Client) -> None:
    sandbox.fault("late_balance_transaction")
    donation = give(sandbox=sandbox)
    assert Charge.objects.get().movement is None
    assert fund_balance(code="WARM-NIGHT") == donation.gross_minor
    sandbox.release("balance_transaction")
    deliver_all(sandbox=sandbox)
    charge = Charge.objects.get()
    assert charge.movement is not None
    assert fund_balance(code="WARM-NIGHT") == donation.gross_minor - charge.movement.fee_minor


def test_cancelling_closes_the_page_for_good(sandbox: Client) -> None:
    started = begin()
    assert operations.cancel_checkout(token=started.token, now=NOW) is DonationState.CANCELLED
    assert sandbox.pay(checkout_ref(started))["result"] == "closed"
    deliver_all(sandbox=sandbox)
    assert Donation.objects.get().state == DonationState.CANCELLED
    again = begin()
    assert (again.state, again.checkout_url) == (DonationState.CANCELLED, None)


def test_cancelling_after_paying_settles_instead(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started))
    assert operations.cancel_checkout(token=started.token, now=NOW) is DonationState.SETTLED
    assert operations.cancel_checkout(token="nobody", now=NOW) is None
