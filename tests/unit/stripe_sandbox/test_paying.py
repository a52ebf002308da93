"""Paying: each card, BLIK, the bank, what comes of it and in which order it is told."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from stripe_sandbox.testing import Client, SandboxError
from tests.factories.stripe_sandbox import (
    ASKS,
    DECLINES,
    FAILS_LATER,
    IS_DISPUTED,
    LACKS_FUNDS,
    PAYS,
    line_item,
    session_params,
)


def opened(api: stripe.StripeClient, amount: int = 10_000, **changes: object) -> stripe.checkout.Session:
    return api.v1.checkout.sessions.create(session_params(line_items=[line_item(unit_amount=amount)], **changes))


def told(api: stripe.StripeClient) -> list[str]:
    return [event.type for event in reversed(api.v1.events.list({"limit": 100}).data)]


def paid_charge(api: stripe.StripeClient, session_id: str) -> stripe.Charge:
    expand = ["payment_intent.latest_charge.balance_transaction"]
    intent = api.v1.checkout.sessions.retrieve(session_id, {"expand": expand}).payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert isinstance(intent.latest_charge, stripe.Charge)
    return intent.latest_charge


def test_a_card_pays(api: stripe.StripeClient, sandbox: Client):
    session = opened(api)
    assert sandbox.pay(session.id, card=PAYS)["result"] == "paid"
    after = api.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (after.status, after.payment_status, after.url) == ("complete", "paid", None)
    intent = after.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert (intent.status, intent.amount_received) == ("succeeded", 10_000)
    assert intent.metadata.to_dict() == {"donation": "donation-7"}
    charge = paid_charge(api, session.id)
    assert (charge.description, charge.metadata.to_dict()) == ("Donation 7", {"donation": "donation-7"})
    assert charge.billing_details.email == "anna@example.org"
    assert charge.payment_method_details.card.last4 == "4242"


def test_events_come_in_stripes_order(api: stripe.StripeClient, sandbox: Client):
    sandbox.pay(opened(api).id)
    assert told(api) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]
    succeeded = api.v1.events.list({"type": "charge.succeeded"}).data[0]
    updated = api.v1.events.list({"type": "charge.updated"}).data[0]
    assert succeeded.data.object["balance_transaction"] is None
    assert updated.data.object["balance_transaction"].startswith("txn_")
    assert updated.data.previous_attributes["balance_transaction"] is None


@pytest.mark.parametrize(
    ("form", "amount", "fee", "kind"),
    [
        ({"card": PAYS}, 10_000, 250, "charge"),
        ({"card": PAYS}, 233, 103, "charge"),
        ({"card": PAYS}, 10_033, 250, "charge"),
        ({"card": PAYS}, 10_034, 251, "charge"),
        ({"blik": "123456"}, 10_000, 260, "payment"),
        ({"p24": "ing"}, 10_000, 320, "payment"),
    ],
)
def test_fees_are_those_of_a_polish_account(
    api: stripe.StripeClient, sandbox: Client, form: dict[str, str], amount: int, fee: int, kind: str
):
    session = opened(api, amount)
    assert sandbox.pay(session.id, **form)["result"] == "paid"
    charge = paid_charge(api, session.id)
    transaction = charge.balance_transaction
    assert isinstance(transaction, stripe.BalanceTransaction)
    assert (transaction.amount, transaction.fee, transaction.net) == (amount, fee, amount - fee)
    assert (transaction.type, transaction.reporting_category, transaction.source) == (kind, "charge", charge.id)
    assert sum(detail.amount for detail in transaction.fee_details) == fee


def test_a_foreign_payment_settles_in_zloty(api: stripe.StripeClient, sandbox: Client):
    item = line_item(unit_amount=1_001)
    item["price_data"]["currency"] = "eur"
    session = api.v1.checkout.sessions.create(session_params(line_items=[item]))
    sandbox.pay(session.id)
    charge = paid_charge(api, session.id)
    transaction = charge.balance_transaction
    assert isinstance(transaction, stripe.BalanceTransaction)
    assert (charge.amount, charge.currency) == (1_001, "eur")
    assert (transaction.amount, transaction.currency, transaction.exchange_rate) == (4_254, "pln", 4.25)


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [(DECLINES, "card_declined", "generic_decline"), (LACKS_FUNDS, "card_declined", "insufficient_funds")],
)
def test_a_declined_card_can_be_followed_by_one_that_pays(
    api: stripe.StripeClient, sandbox: Client, card: str, code: str, decline_code: str
):
    session = opened(api)
    answer = sandbox.pay(session.id, card=card)
    assert (answer["result"], answer["refusal"]) == ("refused", {"code": code, "decline_code": decline_code})
    after = api.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (after.status, after.payment_status) == ("open", "unpaid")
    first_intent = after.payment_intent
    assert isinstance(first_intent, stripe.PaymentIntent)
    assert first_intent.status == "requires_payment_method"
    assert first_intent.last_payment_error.decline_code == decline_code
    assert told(api) == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert sandbox.pay(session.id, card=PAYS)["result"] == "paid"
    charge = paid_charge(api, session.id)
    assert charge.payment_intent == first_intent.id
    assert [each.status for each in api.v1.charges.list({"payment_intent": first_intent.id}).data] == [
        "succeeded",
        "failed",
    ]
    assert len(api.v1.balance_transactions.list().data) == 1


def test_a_card_that_asks_waits_for_the_answer(api: stripe.StripeClient, sandbox: Client):
    session = opened(api)
    assert sandbox.pay(session.id, card=ASKS, outcome="none")["result"] == "challenged"
    intent = api.v1.payment_intents.list().data[0]
    assert intent.status == "requires_action"
    assert intent.next_action.redirect_to_url.url == f"{sandbox.url}/c/pay/{session.id}/confirm"
    answer = sandbox.pay(session.id, card=ASKS, outcome="refuse")
    assert answer["refusal"]["code"] == "payment_intent_authentication_failure"
    assert sandbox.pay(session.id, card=ASKS)["result"] == "paid"


@pytest.mark.parametrize("card", [FAILS_LATER, IS_DISPUTED])
def test_cards_with_a_later_trouble_pay_now(api: stripe.StripeClient, sandbox: Client, card: str):
    session = opened(api)
    assert sandbox.pay(session.id, card=card)["result"] == "paid"
    assert paid_charge(api, session.id).disputed is False


@pytest.mark.parametrize(
    ("form", "outcome", "code"),
    [
        ({"blik": "123456"}, "time_out", "payment_intent_payment_attempt_expired"),
        ({"blik": "123456"}, "refuse", "payment_method_customer_decline"),
        ({"p24": "ing"}, "refuse", "payment_method_customer_decline"),
    ],
)
def test_a_bank_that_does_not_pay_leaves_the_session_open(
    api: stripe.StripeClient, sandbox: Client, form: dict[str, str], outcome: str, code: str
):
    session = opened(api)
    answer = sandbox.pay(session.id, **form, outcome=outcome)
    assert (answer["result"], answer["refusal"]["code"]) == ("refused", code)
    assert api.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert api.v1.charges.list().data == []
    assert told(api)[-1] == "payment_intent.payment_failed"
    assert sandbox.pay(session.id, blik="654321")["result"] == "paid"


@pytest.mark.parametrize(("then", "status"), [("succeed", "paid"), ("fail", "unpaid")])
def test_a_bank_may_answer_later(api: stripe.StripeClient, sandbox: Client, then: str, status: str):
    session = opened(api)
    assert sandbox.pay(session.id, p24="ing", outcome="later", then=then)["result"] == "pending"
    waiting = api.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert waiting.payment_intent.status == "processing"
    assert sandbox.release("bank_answers", session.id) == [session.id]
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == status
    outcome = "succeeded" if then == "succeed" else "failed"
    assert f"checkout.session.async_payment_{outcome}" in told(api)
    assert len(api.v1.balance_transactions.list().data) == (then == "succeed")
    assert sandbox.release("bank_answers") == []


def test_a_bank_answers_later_by_the_clock(api: stripe.StripeClient, sandbox: Client):
    session = opened(api)
    sandbox.pay(session.id, blik="123456", outcome="later", after=600)
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    sandbox.clock(offset=601)
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_a_session_is_paid_once(api: stripe.StripeClient, sandbox: Client):
    session = opened(api)
    sandbox.pay(session.id)
    assert sandbox.pay(session.id)["result"] == "closed"
    assert len(api.v1.charges.list().data) == 1


def test_a_form_sent_many_times_at_once_charges_once(api: stripe.StripeClient, sandbox: Client):
    session = opened(api)
    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(lambda _: sandbox.pay(session.id)["result"], range(20)))
    assert sorted(set(results)) == ["closed", "paid"]
    assert results.count("paid") == 1
    assert len(api.v1.charges.list().data) == 1


def test_a_test_may_charge_twice_or_a_wrong_sum_or_too_late(api: stripe.StripeClient, sandbox: Client):
    twice = opened(api)
    sandbox.pay(twice.id)
    assert sandbox.pay(twice.id, though_closed=True)["result"] == "paid"
    assert [each.metadata["donation"] for each in api.v1.charges.list().data] == ["donation-7"] * 2
    wrong = opened(api)
    sandbox.pay(wrong.id, amount=1, currency="eur")
    assert (paid_charge(api, wrong.id).amount, paid_charge(api, wrong.id).currency) == (1, "eur")
    late = opened(api)
    api.v1.checkout.sessions.expire(late.id)
    sandbox.pay(late.id, though_closed=True)
    assert api.v1.checkout.sessions.retrieve(late.id).payment_status == "paid"


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({"card": "4111111111111111"}, {"number": "number_not_a_test_card"}),
        ({"card": "42"}, {"number": "number_invalid"}),
        ({"expiry": "13/30"}, {"expiry": "expiry_invalid"}),
        ({"expiry": "12/20"}, {"expiry": "expiry_past"}),
        ({"cvc": "12"}, {"cvc": "cvc_invalid"}),
        ({"blik": "12345"}, {"blik": "blik_invalid"}),
        ({"blik": "١٢٣٤٥٦"}, {"blik": "blik_invalid"}),
        ({"p24": "no_bank"}, {"bank": "bank_missing"}),
        ({"email": "nobody"}, {"email": "email_invalid"}),
    ],
)
def test_a_form_with_mistakes_pays_nothing(
    api: stripe.StripeClient, sandbox: Client, form: dict[str, str], errors: dict[str, str]
):
    session = opened(api)
    answer = sandbox.pay(session.id, **form)
    assert (answer["result"], answer["errors"]) == ("invalid", errors)
    assert told(api) == []


def test_a_method_that_the_session_excludes_is_refused(api: stripe.StripeClient, sandbox: Client):
    session = opened(api, excluded_payment_method_types=["blik"])
    assert sandbox.pay(session.id, blik="123456")["errors"] == {"method": "method_unknown"}


def test_unknown_words_in_a_test_are_refused(api: stripe.StripeClient, sandbox: Client):
    session = opened(api)
    with pytest.raises(SandboxError, match="unknown parameter"):
        sandbox.pay(session.id, crad=PAYS)
    with pytest.raises(SandboxError, match="outcome must be"):
        sandbox.pay(session.id, blik="123456", outcome="maybe")
    with pytest.raises(SandboxError, match="No such"):
        sandbox.pay("cs_test_nothing")


def test_a_customer_is_made_when_the_session_asks_for_it(api: stripe.StripeClient, sandbox: Client):
    session = opened(api, customer_creation="always")
    sandbox.pay(session.id, name="Anna Nowak")
    after = api.v1.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})
    assert isinstance(after.customer, stripe.Customer)
    assert (after.customer.email, after.customer.name) == ("anna@example.org", "Anna Nowak")
    assert paid_charge(api, session.id).customer == after.customer.id


def test_the_balance_is_the_sum_of_its_transactions(api: stripe.StripeClient, sandbox: Client):
    charge = None
    for _ in range(2):
        session = opened(api)
        sandbox.pay(session.id)
        charge = paid_charge(api, session.id)
    assert charge is not None
    balance = api.v1.balance.retrieve()
    assert (balance.pending[0].amount, balance.available[0].amount) == (2 * 9_750, 0)
    sandbox.clock(offset=4 * 24 * 3600)
    balance = api.v1.balance.retrieve()
    assert (balance.pending[0].amount, balance.available[0].amount) == (0, 2 * 9_750)
