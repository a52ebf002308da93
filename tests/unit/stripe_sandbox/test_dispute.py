"""Disputes, inquiries and early fraud warnings, and how another currency settles."""

import pytest
import stripe

from stripe_sandbox.testing import Client
from tests.factories.stripe_sandbox import IS_DISPUTED, session_params
from tests.unit.stripe_sandbox.giving import HOUR

NOT_RECEIVED, INQUIRY, CALLED_FRAUD = "4000000000002685", "4000000000001976", "4000000000005423"


@pytest.fixture
def charge(sandbox: Client, api: stripe.StripeClient) -> str:
    return pay(sandbox, api)


def pay(sandbox: Client, api: stripe.StripeClient, *, card: str = "4242424242424242", currency: str = "pln") -> str:
    """A charge of 100.00; its id."""
    params = session_params()
    params["line_items"][0]["price_data"]["currency"] = currency
    sandbox.pay(api.v1.checkout.sessions.create(params).id, card=card)
    return api.v1.charges.list().data[0].id


def told(api: stripe.StripeClient) -> list[str]:
    listed = api.v1.events.list({"limit": 100, "types": ["charge.dispute.*"]}).data
    return [event.type.removeprefix("charge.dispute.") for event in reversed(listed)]


def money_of(dispute: stripe.Dispute) -> list[tuple[str, int, int]]:
    return [(row.reporting_category, row.amount, row.fee) for row in dispute.balance_transactions]


@pytest.mark.parametrize(
    ("card", "reason", "status"),
    [
        (IS_DISPUTED, "fraudulent", "needs_response"),
        (NOT_RECEIVED, "product_not_received", "needs_response"),
        (INQUIRY, "fraudulent", "warning_needs_response"),
    ],
)
def test_the_test_cards_are_disputed_an_hour_later(
    sandbox: Client, api: stripe.StripeClient, card: str, reason: str, status: str
):
    paid = pay(sandbox, api, card=card)
    assert api.v1.disputes.list().data == []
    sandbox.advance(seconds=HOUR)
    dispute = api.v1.disputes.list({"charge": paid}).data[0]
    assert (dispute.reason, dispute.status, dispute.amount) == (reason, status, 10_000)
    assert api.v1.charges.retrieve(paid).disputed is True


def test_a_dispute_takes_the_money_and_its_fee(sandbox: Client, api: stripe.StripeClient, charge: str):
    dispute = api.v1.disputes.retrieve(sandbox.dispute(charge)["id"])
    assert money_of(dispute) == [("dispute", -10_000, 9_000)]
    assert dispute.balance_transactions[0].net == -19_000
    assert dispute.balance_transactions[0].source == dispute.id
    assert told(api) == ["created", "funds_withdrawn"]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.refunds.create({"charge": charge})
    assert caught.value.code == "charge_disputed"


@pytest.mark.parametrize(("word", "outcome"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
def test_evidence_decides(sandbox: Client, api: stripe.StripeClient, charge: str, word: str, outcome: str):
    made = sandbox.dispute(charge)
    kept = api.v1.disputes.update(made["id"], {"evidence": {"uncategorized_text": "a gift"}, "submit": False})
    assert (kept.status, kept.evidence_details.has_evidence) == ("needs_response", True)
    answered = api.v1.disputes.update(made["id"], {"evidence": {"uncategorized_text": word}})
    assert (answered.status, answered.evidence_details.submission_count) == (outcome, 1)
    returned = [("dispute_reversal", 10_000, 0)] if outcome == "won" else []
    assert money_of(answered) == [("dispute", -10_000, 9_000), *returned]
    assert told(api)[-1] == "closed"
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.disputes.update(made["id"], {"evidence": {"uncategorized_text": "more"}})


def test_a_part_is_disputed_and_a_part_comes_back(sandbox: Client, api: stripe.StripeClient, charge: str):
    made = sandbox.dispute(charge, amount=4_000)
    won = sandbox.decide(made["id"], "won", amount=1_000, fee_back=True)
    assert money_of(api.v1.disputes.retrieve(won["id"])) == [
        ("dispute", -4_000, 9_000),
        ("dispute_reversal", 1_000, -9_000),
    ]


def test_what_went_back_already_is_not_taken_again(sandbox: Client, api: stripe.StripeClient, charge: str):
    api.v1.refunds.create({"charge": charge, "amount": 7_000})
    partly = sandbox.dispute(charge, amount=10_000)
    assert money_of(api.v1.disputes.retrieve(partly["id"])) == [("dispute", -3_000, 9_000)]
    whole = pay(sandbox, api)
    api.v1.refunds.create({"charge": whole})
    assert sandbox.dispute(whole)["balance_transactions"] == []


def test_nobody_answers_and_it_is_lost(sandbox: Client, api: stripe.StripeClient, charge: str):
    made = sandbox.dispute(charge)
    sandbox.advance(days=10)
    late = api.v1.disputes.retrieve(made["id"])
    assert (late.status, late.evidence_details.past_due) == ("lost", True)


def test_it_can_be_given_up(sandbox: Client, api: stripe.StripeClient, charge: str):
    made = sandbox.dispute(charge)
    assert api.v1.disputes.close(made["id"]).status == "lost"
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.disputes.close(made["id"])


def test_an_inquiry_takes_nothing_until_it_is_escalated(sandbox: Client, api: stripe.StripeClient, charge: str):
    made = sandbox.dispute(charge, inquiry=True)
    assert (made["status"], made["balance_transactions"]) == ("warning_needs_response", [])
    assert made["is_charge_refundable"] is True
    escalated = sandbox.decide(made["id"], "escalated")
    assert escalated["status"] == "needs_response"
    assert len(escalated["balance_transactions"]) == 1


def test_a_refund_ends_an_inquiry(sandbox: Client, api: stripe.StripeClient, charge: str):
    made = sandbox.dispute(charge, inquiry=True)
    api.v1.refunds.create({"charge": charge})
    assert api.v1.disputes.retrieve(made["id"]).status == "warning_closed"


def test_a_bank_warns_of_fraud(sandbox: Client, api: stripe.StripeClient):
    paid = pay(sandbox, api, card=CALLED_FRAUD)
    sandbox.advance(seconds=HOUR)
    warning = api.v1.radar.early_fraud_warnings.list({"charge": paid}).data[0]
    assert (warning.fraud_type, warning.actionable) == ("unauthorized_use_of_card", True)
    api.v1.refunds.create({"charge": paid})
    assert api.v1.radar.early_fraud_warnings.retrieve(warning.id).actionable is False


def test_another_currency_settles_at_the_rate_of_the_moment(sandbox: Client, api: stripe.StripeClient):
    paid = pay(sandbox, api, currency="eur")
    sandbox.rates(eur=4_3000)
    api.v1.refunds.create({"charge": paid, "amount": 1_000})
    sandbox.dispute(paid, amount=1_000)
    rows = api.v1.balance_transactions.list().data
    assert [(row.currency, row.amount, row.exchange_rate) for row in rows] == [
        ("pln", -4_300, 4.3),
        ("pln", -4_300, 4.3),
        ("pln", 42_500, 4.25),
    ]
    assert rows[2].fee == 738
