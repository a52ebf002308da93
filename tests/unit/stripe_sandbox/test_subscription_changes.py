"""Changing what is given, pausing, skipping, ending: what the next invoices are then."""

from typing import Any

import pytest
import stripe

from stripe_sandbox.testing import Client
from tests.unit.stripe_sandbox.giving import HOUR, Giver, day, item_of, second


def sums(giver: Giver, subscription: stripe.Subscription) -> list[tuple[int, str | None]]:
    return [(each.total, each.status) for each in giver.invoices(subscription)]


def changed(giver: Giver, subscription: stripe.Subscription, **params: Any) -> stripe.Subscription:
    return giver.api.v1.subscriptions.update(subscription.id, params)  # type: ignore[arg-type] -- a plain dictionary


def to_price(giver: Giver, subscription: stripe.Subscription, **price: Any) -> list[dict[str, Any]]:
    return [{"id": item_of(subscription).id, "price_data": giver.price(**price)}]


def test_another_sum_is_taken_from_the_next_renewal_on(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    before = len(giver.told())
    after = changed(
        giver,
        subscription,
        items=to_price(giver, subscription, amount=8_000),
        metadata={"terms": "2"},
        proration_behavior="none",
    )
    assert (item_of(after).id, item_of(after).price.unit_amount) == (item_of(subscription).id, 8_000)
    assert (after.billing_cycle_anchor, len(after["items"].data)) == (subscription.billing_cycle_anchor, 1)
    assert giver.told_since(before) == ["customer.subscription.updated"]
    previous = giver.events("customer.subscription.updated")[-1].data.previous_attributes
    assert previous["items"]["data"][0]["price"]["unit_amount"] == 5_000
    assert previous["metadata"].to_dict() == {"monthly_gift": "7", "terms": "1"}
    sandbox.advance(to=second("2027-02-15 12:00"))
    assert sums(giver, subscription) == [(5_000, "paid"), (8_000, "paid")]


def test_a_sum_that_would_have_to_be_prorated_is_refused_and_leaves_all_as_it_was(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    with pytest.raises(stripe.APIError, match="does not prorate"):
        changed(giver, subscription, items=to_price(giver, subscription, amount=8_000))
    assert item_of(giver.now_of(subscription)).price.unit_amount == 5_000
    changed(giver, subscription, items=to_price(giver, subscription, amount=5_000))


def test_another_interval_begins_a_new_cycle_and_is_charged_at_once(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    sandbox.advance(days=5)
    items = to_price(giver, subscription, amount=50_000, interval="year")
    after = changed(giver, subscription, items=items, proration_behavior="none")
    assert day(after.billing_cycle_anchor) == "2027-01-20"
    assert day(item_of(after).current_period_end) == "2028-01-20"
    assert sums(giver, subscription) == [(5_000, "paid"), (50_000, "paid")]
    assert giver.latest(subscription).billing_reason == "subscription_update"
    sandbox.advance(to=second("2028-01-20 12:00"))
    assert [total for total, _ in sums(giver, subscription)] == [5_000, 50_000, 50_000]


def test_the_cycle_can_begin_again_now(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.anchored(1)
    sandbox.advance(to=second("2027-01-20 10:00"))
    after = changed(giver, subscription, billing_cycle_anchor={"type": "now"}, proration_behavior="none")
    assert day(item_of(after).current_period_end) == "2027-02-20"
    assert sums(giver, subscription) == [(5_000, "paid")]


def test_items_of_somebody_else_or_with_mixed_intervals_are_refused(sandbox: Client):
    giver = Giver(sandbox)
    own, other = giver.subscribe(), giver.subscribe()
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription_item"):
        changed(giver, own, items=to_price(giver, other), proration_behavior="none")
    with pytest.raises(stripe.APIError, match="bills all items of a subscription together"):
        changed(giver, own, items=[{"price_data": giver.price(interval="year")}], proration_behavior="none")
    with pytest.raises(stripe.InvalidRequestError, match="No such product"):
        changed(giver, own, items=[{"id": item_of(own).id, "price_data": {**giver.price(), "product": "prod_no"}}])
    no_product = {name: value for name, value in giver.price().items() if name != "product"}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        changed(giver, own, items=[{"id": item_of(own).id, "price_data": no_product}])
    assert caught.value.param == "items[0][price_data][product]"


def test_a_named_price_and_a_quantity_make_the_sum(sandbox: Client):
    giver = Giver(sandbox)
    price = giver.api.v1.prices.create(giver.price(1_000))  # type: ignore[arg-type] -- a plain dictionary
    subscription = giver.subscribe(items=[{"price": price.id, "quantity": 3}])
    assert giver.latest(subscription).lines.data[0].quantity == 3
    assert sums(giver, subscription) == [(3_000, "paid")]


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")],
)
def test_while_collecting_is_paused_invoices_are_made_and_not_charged(sandbox: Client, behavior: str, status: str):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    resumes_at = second("2027-03-20 00:00")
    paused = changed(giver, subscription, pause_collection={"behavior": behavior, "resumes_at": resumes_at})
    assert (paused.status, paused.pause_collection.resumes_at) == ("active", resumes_at)
    sandbox.advance(to=second("2027-03-19 12:00"))
    assert sums(giver, subscription) == [(5_000, "paid"), (5_000, status), (5_000, status)]
    before = len(giver.told())
    sandbox.advance(to=second("2027-03-20 00:00"))
    assert giver.now_of(subscription).pause_collection is None
    assert giver.told_since(before) == ["customer.subscription.updated"]
    previous = giver.events("customer.subscription.updated")[-1].data.previous_attributes
    assert previous["pause_collection"]["resumes_at"] == resumes_at
    sandbox.advance(to=second("2027-04-15 12:00"))
    assert sums(giver, subscription)[-1] == (5_000, "paid")
    assert len(giver.api.v1.charges.list().data) == 2


def test_a_pause_is_ended_before_its_time(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    changed(giver, subscription, pause_collection={"behavior": "void", "resumes_at": second("2027-12-01 00:00")})
    assert changed(giver, subscription, pause_collection="").pause_collection is None
    sandbox.advance(to=second("2027-02-15 12:00"))
    assert sums(giver, subscription)[-1] == (5_000, "paid")
    with pytest.raises(stripe.InvalidRequestError, match="must be in the future"):
        changed(giver, subscription, pause_collection={"behavior": "void", "resumes_at": second("2027-01-01 00:00")})


def test_canceling_leaves_no_charge_for_what_was_a_draft(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    sandbox.advance(to=second("2027-02-15 10:30"))
    before = len(giver.told())
    details: Any = {"comment": "Thank you", "feedback": "other"}
    ended = giver.api.v1.subscriptions.cancel(subscription.id, {"cancellation_details": details})
    assert (ended.status, ended.ended_at, ended.cancellation_details.reason) == (
        "canceled",
        second("2027-02-15 10:30"),
        "cancellation_requested",
    )
    assert ended.cancellation_details.comment == "Thank you"
    assert giver.told_since(before) == ["customer.subscription.deleted"]
    sandbox.advance(days=100)
    assert sums(giver, subscription) == [(5_000, "paid"), (5_000, "draft")]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        giver.api.v1.subscriptions.cancel(subscription.id)
    assert caught.value.http_status == 404
    with pytest.raises(stripe.InvalidRequestError, match="can only update"):
        changed(giver, subscription, pause_collection="")
    assert changed(giver, subscription, metadata={"terms": "9"}).metadata["terms"] == "9"


def test_it_can_end_with_its_period_or_at_an_instant_and_this_can_be_undone(sandbox: Client):
    giver = Giver(sandbox)
    of_period, at_instant, undone = giver.subscribe(), giver.subscribe(), giver.subscribe()
    ending = changed(giver, of_period, cancel_at_period_end=True)
    assert (ending.status, day(ending.cancel_at)) == ("active", "2027-02-15")
    changed(giver, at_instant, cancel_at=second("2027-02-20 10:00"))
    changed(giver, undone, cancel_at_period_end=True)
    assert changed(giver, undone, cancel_at_period_end=False).cancel_at is None
    sandbox.advance(to=second("2027-03-15 12:00"))
    assert [len(giver.invoices(each)) for each in (of_period, at_instant, undone)] == [1, 2, 3]
    ended = [day(giver.now_of(each).ended_at) for each in (of_period, at_instant)]
    assert ended == ["2027-02-15", "2027-02-20"]
    assert giver.now_of(undone).status == "active"


def test_another_card_is_charged_from_the_next_renewal_on(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    card = giver.keep("pm_card_mastercard")
    assert changed(giver, subscription, default_payment_method=card).default_payment_method == card
    sandbox.advance(to=second("2027-02-15 10:00") + HOUR)
    assert giver.api.v1.charges.list().data[0].payment_method == card
    stranger = giver.api.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).id
    with pytest.raises(stripe.InvalidRequestError, match="must be attached"):
        changed(giver, subscription, default_payment_method=stranger)


def test_a_trial_can_be_ended_now(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe(trial_end=second("2027-03-01 10:00"))
    after = changed(giver, subscription, trial_end="now")
    assert (after.status, day(after.billing_cycle_anchor)) == ("active", "2027-01-15")
    assert sums(giver, subscription) == [(0, "paid"), (5_000, "paid")]


def test_what_the_sandbox_does_not_do_is_said(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    for params in (
        {"discounts": [{"coupon": "x"}]},
        {"collection_method": "send_invoice"},
        {"payment_settings": {"save_default_payment_method": "on_subscription"}},
        {"items": [{"id": item_of(subscription).id, "deleted": True}]},
    ):
        with pytest.raises(stripe.APIError) as caught:
            changed(giver, subscription, **params)
        assert caught.value.http_status == 501
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        changed(giver, subscription, colour="green")
