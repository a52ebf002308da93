"""A donation from the intent to the booked gift and its receipt."""

import pytest

from ledger.queries import account_balance, fund_balance
from payments import operations, queries
from payments.models import Charge, Donation, DonationTransition, ProviderCall, Receipt
from payments.operations import TotalChanged
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.payments import FOREST_GIFT, NIGHT, begin, checkout_ref, give
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def test_the_page_says_donate_and_what_for(sandbox: Client) -> None:
    started = begin(cover_fee=True)
    session = sandbox.stripe_client().v1.checkout.sessions.retrieve(checkout_ref(started), {"expand": ["line_items"]})
    assert session.submit_type == "donate"
    assert session.client_reference_id == str(started.donation_id)
    assert session.amount_total == 37_000 + 665
    assert session.locale == "pl"
    assert started.checkout_url == session.url
    assert started.state is DonationState.CHECKOUT_OPEN


def test_a_paid_page_becomes_a_gift_a_fee_and_a_receipt(sandbox: Client) -> None:
    donation = give(sandbox=sandbox, lines=(NIGHT, FOREST_GIFT))
    charge = Charge.objects.get(donation=donation)
    assert charge.movement is not None
    fee = charge.movement.fee_minor
    assert fee > 0
    assert fund_balance(code="WARM-NIGHT") + fund_balance(code="FOREST") == 42_000 - fee
    assert account_balance(code="asset:stripe_clearing") == 42_000 - fee
    receipt = Receipt.objects.get(donation=donation)
    assert receipt.number == "2026/000001"
    moves = DonationTransition.objects.filter(donation=donation).values_list("to_state", flat=True)
    assert list(moves) == [DonationState.CHECKOUT_OPEN, DonationState.SETTLED]


def test_settling_again_changes_nothing(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    before = fund_balance(code="WARM-NIGHT")
    assert operations.settle(donation_id=donation.pk, now=NOW) is DonationState.SETTLED
    assert fund_balance(code="WARM-NIGHT") == before
    assert Receipt.objects.count() == 1


def test_the_same_intent_is_the_same_page(sandbox: Client) -> None:
    first = begin()
    again = begin()
    assert again == first
    assert Donation.objects.count() == 1
    assert ProviderCall.objects.get().tries == 1


def test_a_changed_total_stores_and_charges_nothing(sandbox: Client) -> None:
    with pytest.raises(TotalChanged) as changed:
        begin(expected_total_minor=36_999)
    assert (changed.value.expected, changed.value.actual) == (36_999, 37_000)
    assert not Donation.objects.exists()


def test_the_return_page_is_told_what_happened(sandbox: Client) -> None:
    donation = give(sandbox=sandbox, cover_fee=True)
    page = queries.donation_by_token(token=donation.token)
    assert page is not None
    assert page.state is DonationState.SETTLED
    assert page.gross_minor == 37_665
    assert page.receipt_number == "2026/000001"
    assert page.receipt_path is not None
    assert page.receipt_path.startswith("/pl/receipt/")
    assert page.lines[0].total_minor == 37_000


@pytest.mark.parametrize("token", ["somebody-else", "", "\x00", "\u202e", "x" * 10_000])
def test_a_wrong_token_finds_nothing(token: str) -> None:
    assert queries.donation_by_token(token=token) is None
    assert operations.cancel_checkout(token=token, now=NOW) is None
