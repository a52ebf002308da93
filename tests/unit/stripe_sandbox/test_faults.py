"""Faults on demand."""

import time

import pytest
import stripe

from stripe_sandbox.faults import Faults
from stripe_sandbox.testing import Client, start_in_thread
from tests.factories.stripe_sandbox import session_params


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"status": 500}, stripe.APIError),
        ({"status": 429}, stripe.RateLimitError),
        ({"status": 409}, stripe.APIError),
        ({"status": 401}, stripe.AuthenticationError),
        ({"status": 403}, stripe.PermissionError),
        ({"status": 402, "code": "card_declined", "decline_code": "do_not_honor"}, stripe.CardError),
    ],
)
def test_an_error_strikes_once_and_does_nothing(
    api: stripe.StripeClient, sandbox: Client, facts: dict[str, object], error: type[stripe.StripeError]
):
    sandbox.fault("error", method="POST", path="/v1/customers", **facts)
    assert api.v1.customers.list().data == []
    with pytest.raises(error) as caught:
        api.v1.customers.create({"name": "Anna"})
    assert (caught.value.http_status, caught.value.request_id is not None) == (facts["status"], True)
    assert api.v1.customers.list().data == []
    assert api.v1.customers.create({"name": "Anna"}).name == "Anna"


def test_the_nth_call_and_those_after_it_fail(api: stripe.StripeClient, sandbox: Client):
    sandbox.fault("error", method="POST", nth=2, times=2)
    outcomes = []
    for _ in range(4):
        try:
            api.v1.customers.create({})
            outcomes.append("made")
        except stripe.APIError:
            outcomes.append("failed")
    assert outcomes == ["made", "failed", "failed", "made"]
    assert sandbox.faults()[0]["struck"] == 2


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_no_answer_comes_before_or_after_the_effect(api: stripe.StripeClient, sandbox: Client, when: str, made: int):
    sandbox.fault("timeout", path="/v1/customers", when=when)
    with pytest.raises(stripe.APIConnectionError):
        api.v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"})
    assert len(api.v1.customers.list().data) == made
    assert api.v1.customers.create({"name": "Anna"}, {"idempotency_key": "key"}).name == "Anna"
    assert len(api.v1.customers.list().data) == 1


def test_a_client_that_retries_gets_through_with_one_effect(
    sandbox: Client, api: stripe.StripeClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.01)
    sandbox.fault("timeout", when="after")
    assert sandbox.stripe_client(max_network_retries=2).v1.customers.create({"name": "Anna"}).name == "Anna"
    assert len(api.v1.customers.list().data) == 1


def test_a_caller_gives_up_before_the_line_closes(sandbox: Client):
    impatient = sandbox.stripe_client(http_client=stripe.RequestsClient(timeout=(1, 0.2)))
    sandbox.fault("timeout", seconds=30)
    started = time.monotonic()
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.balance.retrieve()
    assert time.monotonic() - started < 20


def test_a_balance_transaction_comes_late(api: stripe.StripeClient, sandbox: Client):
    sandbox.fault("late_balance_transaction")
    sandbox.pay(api.v1.checkout.sessions.create(session_params()).id)
    charge = api.v1.charges.list().data[0]
    assert charge.balance_transaction is None
    assert api.v1.balance_transactions.list().data == []
    assert sandbox.release() == [charge.id]
    assert api.v1.charges.retrieve(charge.id).balance_transaction is not None
    assert api.v1.events.list().data[0].type == "charge.updated"


def test_a_payment_waits_for_its_bank(api: stripe.StripeClient, sandbox: Client):
    sandbox.fault("payment_pending")
    session = api.v1.checkout.sessions.create(session_params())
    assert sandbox.pay(session.id, blik="123456")["result"] == "pending"
    sandbox.release("bank_answers", outcome="fail")
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"


def test_an_event_is_never_made(api: stripe.StripeClient, sandbox: Client):
    sandbox.fault("event_never_made", event_type="checkout.session.*")
    sandbox.pay(api.v1.checkout.sessions.create(session_params()).id)
    assert "checkout.session.completed" not in [event.type for event in api.v1.events.list().data]


def test_faults_are_taken_out_of_force(api: stripe.StripeClient, sandbox: Client):
    sandbox.fault("error", times=None)
    sandbox.clear_faults()
    assert api.v1.balance.retrieve().object == "balance"
    assert sandbox.faults() == []


def test_chance_is_drawn_from_the_seed():
    def drawn(seed: str) -> list[bool]:
        faults = Faults(seed)
        faults.add("error", times=None, probability=0.5)
        return [faults.strike("error") is not None for _ in range(40)]

    assert drawn("one") == drawn("one")
    assert drawn("one") != drawn("two")
    assert 5 < sum(drawn("one")) < 35


def test_ids_come_again_with_the_seed():
    seen = []
    for _ in "ab":
        with start_in_thread(seed="same") as sandbox:
            seen.append(sandbox.stripe_client().v1.checkout.sessions.create(session_params()).id)
    with start_in_thread(seed=None) as sandbox:
        seen.append(sandbox.stripe_client().v1.checkout.sessions.create(session_params()).id)
    assert seen[0] == seen[1]
    assert seen[2] != seen[0]
