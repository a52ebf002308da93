"""Invoices and their payments as a caller reads and changes them."""

import pytest
import stripe

from stripe_sandbox.testing import Client
from tests.unit.stripe_sandbox.giving import DAY, HOUR, Giver, day, second


def failed_renewal(sandbox: Client) -> tuple[Giver, stripe.Subscription, stripe.Invoice]:
    giver = Giver(sandbox)
    giver.method = giver.keep("pm_card_chargeCustomerFail")
    subscription = giver.subscribe()
    sandbox.advance(to=second("2027-02-15 11:00"))
    return giver, subscription, giver.latest(subscription)


def test_a_payment_is_found_by_its_invoice_and_by_its_intent(sandbox: Client):
    giver = Giver(sandbox)
    subscription, _other = giver.subscribe(), giver.subscribe()
    invoice = giver.latest(subscription)
    by_invoice = giver.api.v1.invoice_payments.list({"invoice": invoice.id}).data
    assert [(each.status, each.amount_paid, each.is_default) for each in by_invoice] == [("paid", 5_000, True)]
    payment = by_invoice[0].payment
    assert payment.type == "payment_intent"
    asked = {"type": "payment_intent", "payment_intent": payment.payment_intent}
    by_intent = giver.api.v1.invoice_payments.list({"payment": asked})  # type: ignore[typeddict-item] -- an id
    assert [each.id for each in by_intent.data] == [by_invoice[0].id]
    expand = ["payments.data.payment.payment_intent", "parent.subscription_details.subscription"]
    whole = giver.api.v1.invoices.retrieve(invoice.id, {"expand": expand})
    assert whole.payments.data[0].payment.payment_intent.amount == 5_000
    assert whole.parent.subscription_details.subscription.id == subscription.id
    assert giver.api.v1.invoice_payments.retrieve(by_invoice[0].id).invoice == invoice.id
    assert len(giver.api.v1.invoice_payments.list().data) == 2


def test_lists_are_by_subscription_customer_and_state(sandbox: Client):
    giver, subscription, failed = failed_renewal(sandbox)
    by_state = giver.api.v1.invoices.list({"status": "open"}).data
    assert [each.id for each in by_state] == [failed.id]
    assert len(giver.api.v1.invoices.list({"customer": giver.customer}).data) == 2
    pages = giver.api.v1.invoices.list({"subscription": subscription.id, "limit": 1})
    assert len(list(pages.auto_paging_iter())) == 2
    assert giver.api.v1.invoices.list({"created": {"gt": second("2027-02-15 10:00")}}).data == []
    lines = giver.api.v1.invoices.line_items.list(failed.id)
    assert [each.amount for each in lines.data] == [5_000]


def test_an_invoice_is_paid_with_another_card(sandbox: Client):
    giver, subscription, failed = failed_renewal(sandbox)
    with pytest.raises(stripe.CardError) as caught:
        giver.api.v1.invoices.pay(failed.id)
    assert (caught.value.code, caught.value.http_status) == ("card_declined", 402)
    paid = giver.api.v1.invoices.pay(failed.id, {"payment_method": giver.keep("pm_card_visa")})
    assert (paid.status, paid.attempt_count, paid.amount_remaining) == ("paid", 1, 0)
    assert giver.now_of(subscription).status == "active"
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        giver.api.v1.invoices.pay(failed.id)
    sandbox.advance(days=20)
    assert len(giver.api.v1.charges.list({"limit": 100}).data) == 4


def test_attempts_by_hand_do_not_move_the_plan(sandbox: Client):
    giver, _subscription, failed = failed_renewal(sandbox)
    sandbox.advance(days=2)
    for _ in range(5):
        with pytest.raises(stripe.CardError):
            giver.api.v1.invoices.pay(failed.id)
    after = giver.api.v1.invoices.retrieve(failed.id)
    assert (after.attempt_count, day(after.next_payment_attempt)) == (1, "2027-02-18 11:00")
    sandbox.advance(days=1)
    assert giver.api.v1.invoices.retrieve(failed.id).attempt_count == 2


def test_a_payer_who_is_asked_and_does_not_answer_is_charged_as_planned(sandbox: Client):
    giver, subscription, failed = failed_renewal(sandbox)
    asking = giver.keep("pm_card_authenticationRequiredSetupForOffSession")
    before = len(giver.told())
    with pytest.raises(stripe.CardError):
        giver.api.v1.invoices.pay(failed.id, {"payment_method": asking, "off_session": False})
    assert giver.told_since(before) == ["payment_intent.requires_action", "invoice.payment_action_required"]
    giver.api.v1.subscriptions.update(subscription.id, {"default_payment_method": asking})
    sandbox.advance(days=3)
    assert giver.latest(subscription).status == "paid"


def test_confirming_its_intent_pays_the_invoice(sandbox: Client):
    giver, subscription, failed = failed_renewal(sandbox)
    card = giver.keep("pm_card_visa")
    giver.api.v1.payment_intents.confirm(giver.intent(failed).id, {"payment_method": card})
    assert giver.latest(subscription).status == "paid"
    assert giver.now_of(subscription).status == "active"
    sandbox.advance(days=20)
    assert len(giver.api.v1.charges.list({"limit": 100}).data) == 3


def test_a_void_invoice_is_not_tried_again(sandbox: Client):
    giver, subscription, failed = failed_renewal(sandbox)
    before = len(giver.told())
    assert giver.api.v1.invoices.void_invoice(failed.id).status == "void"
    assert giver.told_since(before) == [
        "payment_intent.canceled",
        "invoice.voided",
        "customer.subscription.updated",
    ]
    assert giver.now_of(subscription).status == "active"
    sandbox.advance(days=20)
    assert giver.latest(subscription).attempt_count == 1
    with pytest.raises(stripe.InvalidRequestError, match="status is void"):
        giver.api.v1.invoices.pay(failed.id)


def test_an_intent_of_an_invoice_is_not_canceled_by_itself(sandbox: Client):
    giver, _subscription, failed = failed_renewal(sandbox)
    with pytest.raises(stripe.InvalidRequestError, match="void the Invoice"):
        giver.api.v1.payment_intents.cancel(giver.intent(failed).id)


def test_an_uncollectible_invoice_can_still_be_paid(sandbox: Client):
    giver, _subscription, failed = failed_renewal(sandbox)
    written_off = giver.api.v1.invoices.mark_uncollectible(failed.id)
    assert (written_off.status, giver.told()[-2]) == ("uncollectible", "invoice.marked_uncollectible")
    sandbox.advance(days=20)
    paid = giver.api.v1.invoices.pay(failed.id, {"payment_method": giver.keep("pm_card_visa")})
    assert paid.status == "paid"


def test_a_kept_draft_is_finalised_when_it_is_asked_for(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    giver.api.v1.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "keep_as_draft"}})
    sandbox.advance(to=second("2027-03-15 12:00"))
    _, by_hand, by_itself = giver.invoices(subscription)
    assert giver.api.v1.invoices.finalize_invoice(by_hand.id, {"auto_advance": False}).status == "open"
    giver.api.v1.invoices.update(by_itself.id, {"auto_advance": True})
    sandbox.advance(seconds=HOUR)
    assert [each.status for each in giver.invoices(subscription)] == ["paid", "open", "paid"]


def test_the_next_invoice_is_shown_before_it_is_made(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    shown = giver.api.v1.invoices.create_preview({"subscription": subscription.id})
    assert (shown.amount_due, shown.billing_reason, day(shown.lines.data[0].period.start)) == (
        5_000,
        "upcoming",
        "2027-02-15",
    )
    assert len(giver.invoices(subscription)) == 1
    giver.api.v1.subscriptions.cancel(subscription.id)
    with pytest.raises(stripe.InvalidRequestError, match="No upcoming invoices"):
        giver.api.v1.invoices.create_preview({"subscription": subscription.id})


def test_faults_strike_calls_and_events_of_renewals_too(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    sandbox.fault("event_never_made", event_type="invoice.paid")
    sandbox.fault("late_balance_transaction")
    sandbox.advance(to=second("2027-02-15 11:00"))
    invoice = giver.latest(subscription)
    assert (invoice.status, giver.told().count("invoice.paid")) == ("paid", 1)
    charge = giver.api.v1.charges.list().data[0]
    assert charge.balance_transaction is None
    assert sandbox.release("balance_transaction") == [charge.id]
    sandbox.fault("error", method="POST", path="/v1/subscriptions/*", status=500, when="after")
    with pytest.raises(stripe.APIError):
        giver.api.v1.subscriptions.update(subscription.id, {"metadata": {"terms": "5"}})
    assert giver.now_of(subscription).metadata["terms"] == "5"
    once = {"idempotency_key": "monthly_act:1:cancel:1"}
    first = giver.api.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True}, once)
    again = giver.api.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True}, once)
    assert (again.cancel_at, again.last_response.headers["Idempotent-Replayed"]) == (first.cancel_at, "true")


def test_the_books_say_what_was_paid_for_which_period(sandbox: Client):
    giver = Giver(sandbox)
    subscription, other = giver.subscribe(), giver.subscribe(giver.price(10_000))
    sandbox.advance(to=second("2027-02-15 11:00"))
    charge = giver.api.v1.charges.list({"limit": 1}).data[0]
    giver.api.v1.refunds.create({"charge": charge.id, "amount": 1_000})
    books = sandbox.books()
    of_one = books["subscriptions"][subscription.id]
    assert [day(each["period_start"]) for each in of_one["paid"]] == ["2027-01-15", "2027-02-15"]
    assert [each["amount"] for each in of_one["paid"]] == [5_000, 5_000]
    assert sum(each["refunded"] for of in books["subscriptions"].values() for each in of["paid"]) == 1_000
    listed = list(giver.api.v1.balance_transactions.list({"limit": 100}).auto_paging_iter())
    assert (books["balance"], books["transactions"]) == (sum(each.net for each in listed), len(listed)) == (28_150, 5)
    assert list(sandbox.books(other.id)["subscriptions"]) == [other.id]


def test_events_are_forgotten_when_the_sandbox_was_told_so(sandbox: Client):
    giver = Giver(sandbox)
    giver.subscribe()
    sandbox.billing(events_kept_days=30)
    sandbox.advance(days=31)
    oldest = giver.events()[0]
    assert oldest.created >= sandbox.now() - 30 * DAY
    assert oldest.type == "invoice.created"
