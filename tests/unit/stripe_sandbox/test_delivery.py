"""Events on their way to endpoints."""

import json
import time

import pytest
import stripe

from stripe_sandbox.testing import WEBHOOK_SECRET, Client
from tests.factories.stripe_sandbox import session_params
from tests.support.meeting import until
from tests.unit.stripe_sandbox.receiver import Receiver

PAID = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
    "charge.updated",
]


def pay(api: stripe.StripeClient, sandbox: Client) -> str:
    session = api.v1.checkout.sessions.create(session_params())
    assert sandbox.pay(session.id)["result"] == "paid"
    return session.id


def test_events_arrive_signed_and_in_order(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    sandbox.listen(receiver.url)
    session_id = pay(api, sandbox)
    sandbox.deliver()
    assert receiver.kinds == PAID
    completed = receiver.events[3]
    assert completed.data.object["id"] == session_id
    assert completed.livemode is False
    assert json.loads(receiver.bodies[3])["api_version"] == stripe.api_version
    stored = api.v1.events.retrieve(completed.id)
    assert (stored.pending_webhooks, stored.data.object["id"]) == (0, session_id)


def test_the_request_that_caused_an_event_is_named(api: stripe.StripeClient):
    customer = api.v1.customers.create({"name": "Anna"}, {"idempotency_key": "customer:1:create:1"})
    event = api.v1.events.list().data[0]
    assert event.request is not None
    assert event.request.id == customer.last_response.request_id
    assert event.request.idempotency_key == "customer:1:create:1"


def test_a_snapshot_stays_as_it_was(api: stripe.StripeClient):
    customer = api.v1.customers.create({"name": "Anna", "metadata": {"a": "1"}})
    api.v1.customers.update(customer.id, {"name": "Maria", "metadata": {"a": "2"}})
    updated, created = api.v1.events.list().data
    assert (created.data.object["name"], created.data.object["metadata"]["a"]) == ("Anna", "1")
    assert updated.data.previous_attributes.to_dict() == {"name": "Anna", "metadata": {"a": "1"}}


def test_an_endpoint_hears_what_it_asked_for(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    endpoint = api.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["charge.succeeded"]})
    assert endpoint.secret is not None
    receiver.secret = endpoint.secret
    pay(api, sandbox)
    sandbox.deliver()
    assert receiver.kinds == ["charge.succeeded"]
    assert api.v1.webhook_endpoints.retrieve(endpoint.id).to_dict().get("secret") is None
    api.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    pay(api, sandbox)
    sandbox.deliver()
    assert receiver.kinds == ["charge.succeeded"]


def test_several_endpoints_each_get_theirs(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    sandbox.listen(receiver.url)
    sandbox.listen(receiver.url + "?second")
    pay(api, sandbox)
    sandbox.deliver()
    assert sorted(receiver.kinds) == sorted(PAID * 2)


def test_a_failed_delivery_is_tried_again(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    sandbox.listen(receiver.url)
    receiver.status = 500
    api.v1.customers.create({})
    until(lambda: sandbox.deliveries()[0]["state"] != "due", "it is given up")
    delivery = sandbox.deliveries()[0]
    assert delivery["state"] == "failed"
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 500, 500]
    assert api.v1.events.list({"delivery_success": False}).data[0].id == receiver.events[0].id
    assert api.v1.events.list({"delivery_success": True}).data == []


def test_a_delivery_succeeds_at_a_later_attempt(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    sandbox.listen(receiver.url)
    receiver.first = [503]
    api.v1.customers.create({})
    until(lambda: len(receiver.events) == 2, "it is tried again")
    sandbox.deliver()
    assert sandbox.deliveries()[0]["state"] == "delivered"
    assert len(api.v1.events.list({"delivery_success": True}).data) == 1


@pytest.mark.parametrize("status", [302, 404])
def test_only_2xx_counts(api: stripe.StripeClient, sandbox: Client, receiver: Receiver, status: int):
    sandbox.listen(receiver.url)
    receiver.status = status
    api.v1.customers.create({})
    sandbox.deliver()
    assert sandbox.deliveries()[0]["attempts"][0]["status"] == status
    assert sandbox.deliveries()[0]["state"] != "delivered"


def test_a_receiver_that_hangs_or_is_away_delays_nobody(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    nobody = sandbox.listen("http://127.0.0.1:9/nobody")
    sandbox.listen(receiver.url)
    pay(api, sandbox)
    until(lambda: receiver.kinds == PAID, "the other endpoint got all of them")
    away = [each for each in sandbox.deliveries() if each["endpoint"] == nobody]
    assert {each["attempts"][0].get("error") for each in away if each["attempts"]} <= {"ConnectionRefusedError"}
    assert len(away) == len(PAID)


def test_a_secret_is_rotated_with_both_signing_meanwhile(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    endpoint = sandbox.listen(receiver.url)
    fresh = sandbox.rotate(endpoint)
    api.v1.customers.create({})
    sandbox.deliver()
    header = receiver.signatures[0]
    assert header.count("v1=") == 2
    for secret in (WEBHOOK_SECRET, fresh):
        assert stripe.WebhookSignature.verify_header(receiver.bodies[0], header, secret, tolerance=300)
    receiver.secret = sandbox.rotate(endpoint, overlap=0)
    api.v1.customers.create({})
    sandbox.deliver()
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(receiver.bodies[1], receiver.signatures[1], WEBHOOK_SECRET)


def test_signatures_carry_the_machines_time_whatever_the_clock_says(
    api: stripe.StripeClient, sandbox: Client, receiver: Receiver
):
    sandbox.clock(now=1_700_000_000, stopped=True)
    sandbox.listen(receiver.url)
    api.v1.customers.create({})
    sandbox.deliver()
    assert receiver.events[0].created == 1_700_000_000
    assert stripe.WebhookSignature.verify_header(receiver.bodies[0], receiver.signatures[0], WEBHOOK_SECRET, 300)


def test_held_webhooks_leave_when_asked(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    sandbox.listen(receiver.url)
    sandbox.hold()
    pay(api, sandbox)
    assert {each["state"] for each in sandbox.deliveries()} == {"held"}
    assert len(api.v1.events.list({"delivery_success": False}).data) == len(PAID)
    assert [each["state"] for each in sandbox.deliver("reverse")] == ["delivered"] * len(PAID)
    assert receiver.kinds == PAID[::-1]


def test_a_dropped_webhook_stays_listed_as_undelivered(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    sandbox.listen(receiver.url)
    sandbox.fault("webhook_drop", event_type="checkout.session.completed")
    pay(api, sandbox)
    sandbox.deliver()
    assert receiver.kinds == [kind for kind in PAID if kind != "checkout.session.completed"]
    lost = api.v1.events.list({"delivery_success": False}).data
    assert [event.type for event in lost] == ["checkout.session.completed"]


def test_a_webhook_is_duplicated(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    sandbox.listen(receiver.url)
    sandbox.fault("webhook_duplicate", event_type="charge.succeeded", copies=3)
    pay(api, sandbox)
    sandbox.deliver()
    assert receiver.kinds.count("charge.succeeded") == 3
    assert len({event.id for event in receiver.events if event.type == "charge.succeeded"}) == 1


def test_a_webhook_is_delayed(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    sandbox.listen(receiver.url)
    sandbox.fault("webhook_delay", event_type="payment_intent.created", seconds=0.4)
    sandbox.fault("webhook_delay", event_type="checkout.session.completed")
    started = time.monotonic()
    pay(api, sandbox)
    until(lambda: len(receiver.kinds) == 4, "those come that aren't held")
    assert time.monotonic() - started >= 0.4
    assert sorted([*receiver.kinds, "checkout.session.completed"]) == sorted(PAID)
    sandbox.deliver()
    assert receiver.kinds[-1] == "checkout.session.completed"


def test_webhooks_are_reordered(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    sandbox.listen(receiver.url)
    sandbox.fault("webhook_reorder", times=5, window=5)
    pay(api, sandbox)
    # they leave by themselves; asking for them now would put what has not left yet back into its first order
    until(lambda: len(receiver.kinds) == len(PAID), "they leave")
    assert sorted(receiver.kinds) == sorted(PAID)
    assert receiver.kinds != PAID


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"url": "ftp://x.test/", "enabled_events": ["*"]}, "url"),
        ({"url": "http://x.test/", "enabled_events": []}, "enabled_events"),
        ({"url": "http://x.test/", "enabled_events": ["gift.given"]}, "enabled_events[0]"),
        ({"enabled_events": ["*"]}, "url"),
    ],
)
def test_endpoints_that_make_no_sense_are_refused(api: stripe.StripeClient, params: dict[str, object], param: str):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.v1.webhook_endpoints.create(params)
    assert caught.value.param == param


def test_a_deleted_endpoint_hears_nothing(api: stripe.StripeClient, sandbox: Client, receiver: Receiver):
    endpoint = sandbox.listen(receiver.url)
    sandbox.hold()
    api.v1.customers.create({})
    assert api.v1.webhook_endpoints.delete(endpoint).deleted is True
    sandbox.deliver()
    assert receiver.events == []
    assert sandbox.deliveries()[0]["state"] == "abandoned"
