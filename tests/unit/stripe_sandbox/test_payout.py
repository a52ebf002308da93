"""Payouts: what is available is sent, its parts can be listed, and it arrives or comes back."""

import pytest
import stripe

from stripe_sandbox.testing import Client
from tests.factories.stripe_sandbox import session_params
from tests.unit.stripe_sandbox.giving import DAY, HOUR, second

START = "2027-01-15 10:00"


@pytest.fixture
def paid(sandbox: Client, api: stripe.StripeClient) -> stripe.StripeClient:
    """Two gifts of 100.00 zł, available four days later, which is now."""
    sandbox.clock(now=second(START), stopped=True)
    for _ in "ab":
        sandbox.pay(api.v1.checkout.sessions.create(session_params()).id)
    sandbox.advance(days=4)
    return api


def told(api: stripe.StripeClient, kind: str = "payout.*") -> list[str]:
    return [event.type for event in reversed(api.v1.events.list({"limit": 100, "types": [kind]}).data)]


def test_a_payout_is_the_sum_of_its_parts(sandbox: Client, paid: stripe.StripeClient):
    made = sandbox.payout()
    assert made is not None
    assert (made["amount"], made["status"], made["reconciliation_status"]) == (2 * 9_750, "pending", "in_progress")
    sandbox.advance(seconds=2 * HOUR)
    payout = paid.v1.payouts.retrieve(made["id"])
    assert (payout.status, payout.reconciliation_status) == ("in_transit", "completed")
    parts = paid.v1.balance_transactions.list({"payout": payout.id}).data
    assert sorted(part.type for part in parts) == ["charge", "charge", "payout"]
    assert sum(part.net for part in parts) == 0
    assert {part.reporting_category for part in parts} == {"charge", "payout"}
    sandbox.advance(days=1)
    assert paid.v1.payouts.retrieve(payout.id).status == "paid"
    assert told(paid) == ["payout.created", "payout.updated", "payout.reconciliation_completed", "payout.paid"]
    assert paid.v1.balance.retrieve().available[0].amount == 0
    assert sandbox.payout() is None


def test_the_schedule_pays_out_each_morning(sandbox: Client, paid: stripe.StripeClient):
    sandbox.payout(interval="daily")
    sandbox.advance(days=3)
    assert [payout.automatic for payout in paid.v1.payouts.list().data] == [True]
    assert paid.v1.payouts.list({"status": "paid"}).data[0].created == second("2027-01-20 06:00")
    sandbox.payout(interval="manual")


@pytest.mark.parametrize("after_paid", [False, True])
def test_a_payout_that_fails_gives_the_money_back(sandbox: Client, paid: stripe.StripeClient, after_paid: bool):
    sandbox.fault("payout_fails", **({"when": "after", "seconds": DAY} if after_paid else {}))
    made = sandbox.payout()
    sandbox.advance(days=3)
    payout = paid.v1.payouts.retrieve(made["id"], {"expand": ["failure_balance_transaction"]})
    assert (payout.status, payout.failure_code) == ("failed", "account_closed")
    back = payout.failure_balance_transaction
    assert (back.type, back.reporting_category, back.net) == ("payout_failure", "payout_reversal", 19_500)
    assert ("payout.paid" in told(paid)) is after_paid
    again = sandbox.payout()
    assert again["amount"] == 19_500


def test_a_part_can_be_missing(sandbox: Client, paid: stripe.StripeClient):
    sandbox.fault("payout_part_missing")
    made = sandbox.payout()
    sandbox.advance(seconds=2 * HOUR)
    assert sum(part.net for part in paid.v1.balance_transactions.list({"payout": made["id"]}).data) == -9_750
    sandbox.release("payout_part")
    assert sum(part.net for part in paid.v1.balance_transactions.list({"payout": made["id"]}).data) == 0


def test_a_payout_by_hand_has_no_parts_and_can_be_canceled(sandbox: Client, paid: stripe.StripeClient):
    payout = paid.v1.payouts.create({"amount": 5_000, "currency": "pln", "metadata": {"a": "b"}})
    assert (payout.automatic, payout.reconciliation_status) == (False, "not_applicable")
    assert paid.v1.balance_transactions.list({"payout": payout.id}).data == []
    with pytest.raises(stripe.InvalidRequestError) as caught:
        paid.v1.payouts.create({"amount": 14_501, "currency": "pln"})
    assert caught.value.code == "balance_insufficient"
    canceled = paid.v1.payouts.cancel(payout.id)
    assert canceled.status == "canceled"
    assert paid.v1.balance.retrieve().available[0].amount == 19_500
    with pytest.raises(stripe.InvalidRequestError, match="canceled"):
        paid.v1.payouts.cancel(payout.id)


def test_the_provider_moves_money_of_its_own_accord(sandbox: Client, api: stripe.StripeClient):
    sandbox.movement(-1_500, type="stripe_fee", description="Radar")
    fee = api.v1.balance_transactions.list().data[0]
    assert (fee.type, fee.reporting_category, fee.net, fee.source) == ("stripe_fee", "fee", -1_500, None)
