"""The eight states of a subscription and how it comes from one into another."""

import pytest
import stripe

from stripe_sandbox.testing import Client, SandboxError
from tests.unit.stripe_sandbox.giving import HOUR, Giver, day, item_of, second


def test_a_subscription_begins_with_a_paid_invoice(sandbox: Client):
    giver = Giver(sandbox)
    before = len(giver.told())
    subscription = giver.subscribe()
    assert (subscription.status, subscription.currency) == ("active", "pln")
    assert giver.told_since(before) == [
        "customer.subscription.created",
        "invoice.created",
        "payment_intent.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
        "charge.updated",
    ]
    invoice = giver.latest(subscription)
    assert subscription.latest_invoice == invoice.id
    assert (invoice.status, invoice.billing_reason, invoice.amount_paid) == ("paid", "subscription_create", 5_000)
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.parent.subscription_details.metadata.to_dict() == {"monthly_gift": "7", "terms": "1"}
    line = invoice.lines.data[0]
    assert line.parent.subscription_item_details.subscription_item == item_of(subscription).id
    assert line.pricing.price_details.product == giver.product
    intent = giver.intent(invoice)
    assert (intent.status, intent.customer, intent.setup_future_usage) == ("succeeded", giver.customer, "off_session")
    charge = giver.api.v1.charges.retrieve(str(intent.latest_charge), {"expand": ["balance_transaction"]})
    assert (charge.amount, charge.balance_transaction.fee) == (5_000, 175)


def test_a_renewal_is_a_draft_for_an_hour_and_is_then_charged(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    before = len(giver.told())
    sandbox.advance(to=second("2027-02-15 10:59"))
    assert giver.told_since(before) == ["invoice.created", "customer.subscription.updated"]
    draft = giver.latest(subscription)
    assert (draft.status, draft.billing_reason, draft.auto_advance) == ("draft", "subscription_cycle", True)
    assert day(draft.automatically_finalizes_at) == "2027-02-15 11:00"
    assert (day(draft.period_start), day(draft.period_end)) == ("2027-01-15", "2027-02-15")
    assert day(item_of(giver.now_of(subscription)).current_period_end) == "2027-03-15"
    updated = giver.events("customer.subscription.updated")[-1]
    assert set(updated.data.previous_attributes.to_dict()) == {"items", "latest_invoice"}
    sandbox.advance(seconds=60)
    assert giver.told_since(before)[2:] == [
        "payment_intent.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
        "charge.updated",
    ]
    paid = giver.latest(subscription)
    assert (paid.status, paid.attempt_count, day(paid.status_transitions.paid_at)) == ("paid", 1, "2027-02-15 11:00")
    assert paid.number is not None
    assert paid.number.endswith("-0002")
    assert giver.now_of(subscription).status == "active"


def test_metadata_of_an_invoice_are_those_at_its_finalisation(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    sandbox.advance(to=second("2027-02-15 10:30"))
    giver.api.v1.subscriptions.update(subscription.id, {"metadata": {"terms": "2"}})
    sandbox.advance(seconds=HOUR)
    giver.api.v1.subscriptions.update(subscription.id, {"metadata": {"terms": "3"}})
    kept = [each.parent.subscription_details.metadata["terms"] for each in giver.invoices(subscription)]
    assert kept == ["1", "2"]


def test_a_first_payment_that_fails_leaves_it_incomplete_and_after_23_hours_expired(sandbox: Client):
    giver = Giver(sandbox, card=None)
    giver.method = giver.keep("pm_card_chargeCustomerFail")
    subscription = giver.subscribe(off_session=True)
    assert subscription.status == "incomplete"
    invoice = giver.latest(subscription)
    assert (invoice.status, invoice.attempt_count, invoice.next_payment_attempt) == ("open", 1, None)
    assert giver.intent(invoice).status == "requires_payment_method"
    sandbox.advance(seconds=23 * HOUR - 1)
    assert giver.now_of(subscription).status == "incomplete"
    sandbox.advance(seconds=1)
    assert giver.now_of(subscription).status == "incomplete_expired"
    assert (giver.latest(subscription).status, giver.intent(invoice).status) == ("void", "canceled")
    sandbox.advance(days=60)
    assert len(giver.invoices(subscription)) == 1


def test_an_incomplete_one_becomes_active_when_its_invoice_is_paid(sandbox: Client):
    giver = Giver(sandbox, card=None)
    subscription = giver.subscribe(payment_behavior="default_incomplete")
    invoice = giver.latest(subscription)
    assert (subscription.status, invoice.attempted) == ("incomplete", False)
    giver.api.v1.invoices.pay(invoice.id, {"payment_method": giver.keep("pm_card_visa")})
    sandbox.advance(days=2)
    assert giver.now_of(subscription).status == "active"


def test_error_if_incomplete_leaves_nothing(sandbox: Client):
    giver = Giver(sandbox)
    giver.method = giver.keep("pm_card_chargeCustomerFail")
    before = giver.told()
    with pytest.raises(stripe.CardError):
        giver.subscribe(payment_behavior="error_if_incomplete", off_session=True)
    assert giver.api.v1.subscriptions.list({"status": "all"}).data == []
    assert giver.told() == before


def test_without_a_method_nothing_can_be_taken(sandbox: Client):
    giver = Giver(sandbox, card=None)
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        giver.subscribe()


def test_the_customers_default_method_serves_where_the_subscription_has_none(sandbox: Client):
    giver = Giver(sandbox)
    assert giver.method is not None
    giver.api.v1.customers.update(giver.customer, {"invoice_settings": {"default_payment_method": giver.method}})
    subscription = giver.subscribe(default_payment_method=None)
    assert (subscription.status, subscription.default_payment_method) == ("active", None)


def test_a_trial_is_free_and_ends_in_a_first_charge(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe(trial_end=second("2027-01-29 10:00"))
    assert (subscription.status, giver.latest(subscription).total) == ("trialing", 0)
    sandbox.advance(to=second("2027-01-26 10:00"))
    assert giver.told()[-1] == "customer.subscription.trial_will_end"
    sandbox.advance(to=second("2027-01-29 11:00"))
    after = giver.now_of(subscription)
    assert (after.status, day(after.billing_cycle_anchor)) == ("active", "2027-01-29")
    assert [each.total for each in giver.invoices(subscription)] == [0, 5_000]
    assert giver.events("customer.subscription.updated")[-1].data.previous_attributes["status"] == "trialing"


@pytest.mark.parametrize(("then", "status"), [("pause", "paused"), ("cancel", "canceled")])
def test_a_trial_without_a_method_ends_as_it_was_said(sandbox: Client, then: str, status: str):
    giver = Giver(sandbox, card=None)
    settings = {"end_behavior": {"missing_payment_method": then}}
    subscription = giver.subscribe(trial_end=second("2027-01-29 10:00"), trial_settings=settings)
    sandbox.advance(to=second("2027-03-29 12:00"))
    assert giver.now_of(subscription).status == status
    assert len(giver.invoices(subscription)) == 1


def test_a_paused_one_is_resumed_from_now(sandbox: Client):
    giver = Giver(sandbox, card=None)
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    subscription = giver.subscribe(trial_end=second("2027-01-29 10:00"), trial_settings=settings)
    sandbox.advance(to=second("2027-02-10 10:00"))
    assert giver.told()[-1] == "customer.subscription.paused"
    details = giver.now_of(subscription).status_details
    assert details.paused.subscription.type == "trial_end_without_payment_method"
    giver.api.v1.subscriptions.update(subscription.id, {"default_payment_method": giver.keep("pm_card_visa")})
    resumed = giver.api.v1.subscriptions.resume(subscription.id)
    assert (resumed.status, day(resumed.billing_cycle_anchor)) == ("active", "2027-02-10")
    assert (giver.latest(subscription).status, giver.latest(subscription).total) == ("paid", 5_000)
    assert "customer.subscription.resumed" in giver.told()
    sandbox.advance(to=second("2027-03-10 12:00"))
    assert len(giver.api.v1.charges.list().data) == 2
    with pytest.raises(stripe.InvalidRequestError, match="status of paused"):
        giver.api.v1.subscriptions.resume(subscription.id)


def test_lists_are_by_customer_and_state(sandbox: Client):
    giver = Giver(sandbox)
    living, ended = giver.subscribe(), giver.subscribe()
    giver.api.v1.subscriptions.cancel(ended.id)

    def listed(**asked: str) -> set[str]:
        return {each.id for each in giver.api.v1.subscriptions.list(asked).data}  # type: ignore[arg-type] -- as above

    assert listed() == {living.id}
    assert listed(status="all", customer=giver.customer) == {living.id, ended.id}
    assert listed(status="canceled") == listed(status="ended") == {ended.id}
    assert listed(price=item_of(living).price.id) == {living.id}
    assert listed(customer=giver.api.v1.customers.create().id) == set()
    until = {"lte": second("2027-02-15 10:00")}
    assert len(giver.api.v1.subscriptions.list({"current_period_end": until}).data) == 1
    assert giver.api.v1.subscriptions.list({"current_period_end": {"gt": until["lte"]}}).data == []


def test_a_gone_customers_subscriptions_end(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    giver.api.v1.customers.delete(giver.customer)
    assert giver.now_of(subscription).status == "canceled"
    sandbox.advance(days=40)
    assert len(giver.invoices(subscription)) == 1


def test_a_test_moves_to_the_next_renewal(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.anchored(31)
    for date in ("2027-01-31", "2027-02-28", "2027-03-31"):
        renewed = sandbox.renew(subscription.id)
        assert renewed["latest_invoice"]["status"] == "paid"
        assert day(renewed["latest_invoice"]["created"]) == date
    giver.api.v1.subscriptions.cancel(subscription.id)
    with pytest.raises(SandboxError, match="does not renew"):
        sandbox.renew(subscription.id)
