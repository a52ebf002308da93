"""Refunds: whole, in parts, refused, pending, failing later."""

import pytest
import stripe

from stripe_sandbox.testing import Client
from tests.factories.stripe_sandbox import session_params


@pytest.fixture
def charge(api: stripe.StripeClient, sandbox: Client) -> stripe.Charge:
    """A card payment of 100.00 zł."""
    sandbox.pay(api.v1.checkout.sessions.create(session_params()).id)
    return api.v1.charges.list().data[0]


def told(api: stripe.StripeClient) -> list[str]:
    kinds = [event.type for event in reversed(api.v1.events.list({"limit": 100}).data)]
    return kinds[kinds.index("charge.updated") + 1 :]


def test_a_whole_refund(api: stripe.StripeClient, charge: stripe.Charge):
    refund = api.v1.refunds.create(
        {"charge": charge.id, "reason": "requested_by_customer", "metadata": {"refund": "r1"}, "expand": ["charge"]}
    )
    assert (refund.amount, refund.status, refund.reason) == (10_000, "succeeded", "requested_by_customer")
    assert isinstance(refund.charge, stripe.Charge)
    assert (refund.charge.refunded, refund.charge.amount_refunded) == (True, 10_000)
    assert told(api) == ["charge.refunded", "refund.created", "refund.updated"]
    transaction = api.v1.balance_transactions.retrieve(str(refund.balance_transaction))
    assert (transaction.amount, transaction.fee, transaction.net) == (-10_000, 0, -10_000)
    assert (transaction.type, transaction.reporting_category, transaction.source) == ("refund", "refund", refund.id)


def test_two_equal_parts_are_two_refunds(api: stripe.StripeClient, charge: stripe.Charge):
    parts = [api.v1.refunds.create({"payment_intent": str(charge.payment_intent), "amount": 4_000}) for _ in "ab"]
    assert parts[0].id != parts[1].id
    after = api.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (after.amount_refunded, after.refunded) == (8_000, False)
    assert after.refunds is not None
    assert {refund.id for refund in after.refunds.data} == {part.id for part in parts}
    rest = api.v1.refunds.create({"charge": charge.id})
    assert rest.amount == 2_000
    assert api.v1.charges.retrieve(charge.id).refunded is True


@pytest.mark.parametrize(
    ("amount", "code", "param"),
    [(10_001, "amount_too_large", "amount"), (0, "parameter_invalid_integer", "amount")],
)
def test_more_than_is_left_is_refused(
    api: stripe.StripeClient, charge: stripe.Charge, amount: int, code: str, param: str
):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.refunds.create({"charge": charge.id, "amount": amount})
    assert (caught.value.code, caught.value.param) == (code, param)
    assert api.v1.refunds.list().data == []


def test_what_was_refunded_cannot_be_again(api: stripe.StripeClient, charge: stripe.Charge):
    api.v1.refunds.create({"charge": charge.id})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.refunds.create({"charge": charge.id, "amount": 1})
    assert caught.value.code == "charge_already_refunded"


def test_a_refund_needs_something_to_refund(api: stripe.StripeClient, sandbox: Client):
    for params in ({}, {"charge": "ch_nothing"}, {"payment_intent": "pi_nothing"}):
        with pytest.raises(stripe.InvalidRequestError):
            api.v1.refunds.create(params)
    session = api.v1.checkout.sessions.create(session_params())
    sandbox.pay(session.id, card="4000000000000002")
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        api.v1.refunds.create({"payment_intent": api.v1.payment_intents.list().data[0].id})


def test_a_refund_that_fails_later_gives_the_money_back(
    api: stripe.StripeClient, sandbox: Client, charge: stripe.Charge
):
    sandbox.fault("refund_fails_later")
    refund = api.v1.refunds.create({"charge": charge.id, "amount": 4_000})
    assert refund.status == "succeeded"
    assert sandbox.release("refund_fails", refund.id) == [refund.id]
    failed = api.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    transaction = failed.failure_balance_transaction
    assert isinstance(transaction, stripe.BalanceTransaction)
    assert (transaction.amount, transaction.reporting_category) == (4_000, "refund_failure")
    assert api.v1.charges.retrieve(charge.id).amount_refunded == 0
    assert told(api)[-2:] == ["refund.updated", "refund.failed"]
    assert api.v1.refunds.create({"charge": charge.id}).amount == 10_000


def test_a_refund_may_be_pending_first(api: stripe.StripeClient, sandbox: Client, charge: stripe.Charge):
    sandbox.fault("refund_pending", seconds=3600)
    refund = api.v1.refunds.create({"charge": charge.id})
    assert refund.status == "pending"
    sandbox.clock(offset=3601)
    assert api.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_refunds_of_blik_are_payment_refunds(api: stripe.StripeClient, sandbox: Client):
    sandbox.pay(api.v1.checkout.sessions.create(session_params()).id, blik="123456")
    charge = api.v1.charges.list().data[0]
    assert charge.id.startswith("py_")
    refund = api.v1.refunds.create({"charge": charge.id, "expand": ["balance_transaction"]})
    assert refund.id.startswith("pyr_")
    assert refund.balance_transaction.type == "payment_refund"


def test_metadata_of_a_refund_can_change(api: stripe.StripeClient, charge: stripe.Charge):
    refund = api.v1.refunds.create({"charge": charge.id})
    assert api.v1.refunds.update(refund.id, {"metadata": {"a": "b"}}).metadata.to_dict() == {"a": "b"}
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.refunds.cancel(refund.id)
