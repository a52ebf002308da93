"""A gift in euros: booked in złoty once its worth is known, receipted in euros, given back at another day's rate."""

import json
from datetime import timedelta

import pytest

from ledger.queries import fund_balance
from payments import operations
from payments.models import Charge, Donation, MatterKind, Receipt, Refund, StaffMatter
from payments.operations import FrozenLine
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.money_afterwards import disputed, on_account, treasurer
from tests.factories.payments import FALLBACK, begin, books, checkout_ref, deliver_all, give
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

NIGHT_IN_EUROS = FrozenLine(
    title="A warm night", fund_code="WARM-NIGHT", unit_minor=4_000, quantity=1, fallback=FALLBACK
)
FOREST_IN_EUROS = FrozenLine(title="Forest", fund_code="FOREST", unit_minor=1_000, quantity=1, fallback=FALLBACK)
LOSSES, CLEARING = "fund:GENERAL:losses", "asset:stripe_clearing"
WORTH, FEE = 21_250, 419
"""50.00 EUR at 4.25, and 1.5 % + 1.00 zł of that."""


def euros(sandbox: Client) -> Donation:
    return give(sandbox=sandbox, currency="EUR", lines=(NIGHT_IN_EUROS, FOREST_IN_EUROS), language="en")


def give_back(donation: Donation, amount_minor: int) -> Refund:
    return operations.refund_donation(
        donation_id=donation.pk,
        amount_minor=amount_minor,
        reason="asked for",
        actor=treasurer(),
        request_key=f"form-{amount_minor}",
        now=NOW,
    )


def test_a_gift_in_euros_is_booked_in_zloty_and_receipted_in_euros(sandbox: Client) -> None:
    donation = euros(sandbox)
    assert (donation.currency, donation.gross_minor) == ("EUR", 5_000)
    charge = Charge.objects.get()
    assert (charge.amount_minor, charge.currency, charge.booked_minor) == (5_000, "EUR", WORTH)
    assert on_account("fund:WARM-NIGHT:gifts") == -17_000
    assert on_account("fund:FOREST:gifts") == -4_250
    assert on_account("fund:WARM-NIGHT:fees") + on_account("fund:FOREST:fees") == FEE
    content = json.loads(bytes(Receipt.objects.get().content))
    assert (content["amount_minor"], content["currency"]) == (5_000, "EUR")


def test_a_refund_at_another_rate_leaves_the_difference_with_us(sandbox: Client) -> None:
    donation = euros(sandbox)
    sandbox.rates(eur=4_3000)
    refund = give_back(donation, 5_000)
    assert refund.booked_minor == WORTH
    assert on_account(CLEARING) == -FEE - 250
    assert on_account(LOSSES) == FEE + 250
    assert (fund_balance(code="WARM-NIGHT"), fund_balance(code="FOREST")) == (0, 0)
    donation.refresh_from_db()
    assert (donation.state, donation.refunded_minor) == (DonationState.REFUNDED, 5_000)
    assert [kind for reference, kind, _ in books() if reference.startswith("fx:")] == ["fx"]


def test_a_refund_that_comes_back_at_a_third_rate(sandbox: Client) -> None:
    donation = euros(sandbox)
    sandbox.fault("refund_fails_later")
    sandbox.rates(eur=4_3000)
    give_back(donation, 2_000)
    sandbox.rates(eur=4_2000)
    sandbox.release("refund_fails")
    deliver_all(sandbox=sandbox)
    assert on_account(LOSSES) == 2_000 * 43 // 10 - 2_000 * 42 // 10
    assert on_account(CLEARING) == WORTH - FEE - on_account(LOSSES)


@pytest.mark.parametrize(("outcome", "state"), [("won", DonationState.SETTLED), ("lost", DonationState.LOST)])
def test_a_dispute_in_euros(sandbox: Client, outcome: str, state: DonationState) -> None:
    donation = euros(sandbox)
    sandbox.rates(eur=4_1000)
    ref = disputed(sandbox, donation)
    assert on_account(LOSSES) == FEE - 750, "the rate has fallen: less was taken than came"
    sandbox.rates(eur=4_2500)
    sandbox.decide(ref, outcome)
    deliver_all(sandbox=sandbox)
    donation.refresh_from_db()
    assert donation.state == state
    assert on_account(LOSSES) == (-750 if outcome == "won" else FEE - 750)


def test_a_part_that_comes_back_of_a_dispute_in_euros_is_a_part(sandbox: Client) -> None:
    """What the bank keeps stays given back, in the donor's currency, whatever the rates of the three days are."""
    donation = euros(sandbox)
    sandbox.rates(eur=4_1000)
    ref = disputed(sandbox, donation)
    sandbox.rates(eur=4_3000)
    sandbox.decide(ref, "won", amount=3_000)
    deliver_all(sandbox=sandbox)
    donation.refresh_from_db()
    assert (donation.state, donation.refunded_minor) == (DonationState.PARTLY_REFUNDED, 2_000)
    assert on_account("fund:WARM-NIGHT:refunds") + on_account("fund:FOREST:refunds") + on_account(LOSSES) == (
        5_000 * 41 // 10 - 3_000 * 43 // 10
    )
    assert 0 < fund_balance(code="WARM-NIGHT") < 17_000 * 3_000 // 5_000


def test_what_it_is_worth_can_come_days_later(sandbox: Client) -> None:
    sandbox.fault("late_balance_transaction")
    started = begin(currency="EUR", lines=(NIGHT_IN_EUROS,), language="en")
    sandbox.pay(checkout_ref(started))
    assert operations.settle(donation_id=started.donation_id, now=NOW) is DonationState.PROCESSING
    assert books() == []
    operations.compare_with_provider(now=NOW + timedelta(days=3))
    assert StaffMatter.objects.get().kind == MatterKind.MOVEMENT_LATE
    sandbox.release("balance_transaction")
    operations.sweep(now=NOW + timedelta(days=3, minutes=30))
    assert Donation.objects.get().state == DonationState.SETTLED
    operations.compare_with_provider(now=NOW + timedelta(days=4))
    assert StaffMatter.objects.get().resolved_at is not None


def test_a_late_movement_of_a_gift_in_zloty_is_asked_for(sandbox: Client) -> None:
    sandbox.fault("late_balance_transaction")
    give(sandbox=sandbox)
    assert Charge.objects.get().movement is None
    sandbox.release("balance_transaction")
    operations.sweep(now=NOW + timedelta(minutes=15))
    assert Charge.objects.get().movement is not None
    assert on_account("fund:WARM-NIGHT:fees") > 0
