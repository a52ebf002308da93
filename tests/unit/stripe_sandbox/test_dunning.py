"""A renewal that can't be collected: when it is tried again, what is told, and what becomes of it."""

import pytest
import stripe

from stripe_sandbox.testing import Client, SandboxError
from tests.factories.stripe_sandbox import ASKS, DECLINES, LACKS_FUNDS, PAYS
from tests.unit.stripe_sandbox.giving import DAY, HOUR, Giver, day, second

RENEWAL = "2027-02-15 11:00"


def renewed(sandbox: Client, card: str, start: str = "2027-01-15 10:00") -> tuple[Giver, stripe.Subscription]:
    """A giver whose card does another thing at the first renewal, which was just tried."""
    giver = Giver(sandbox, start=start)
    subscription = giver.subscribe()
    assert giver.method is not None
    sandbox.change_card(giver.method, card=card)
    sandbox.advance(to=second(RENEWAL))
    return giver, subscription


def test_a_card_that_fails_later_pays_on_the_page_and_fails_at_the_renewal(sandbox: Client):
    giver = Giver(sandbox)
    giver.method = giver.keep("pm_card_chargeCustomerFail")
    subscription = giver.subscribe()
    assert subscription.status == "active"
    before = len(giver.told())
    sandbox.advance(to=second(RENEWAL))
    assert giver.now_of(subscription).status == "past_due"
    assert giver.told_since(before)[2:] == [
        "payment_intent.created",
        "invoice.finalized",
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "customer.subscription.updated",
    ]
    invoice = giver.latest(subscription)
    assert (invoice.status, invoice.attempt_count, day(invoice.next_payment_attempt)) == (
        "open",
        1,
        "2027-02-18 11:00",
    )
    told = giver.events("invoice.payment_failed")[-1].data.object
    assert told["next_payment_attempt"] == second("2027-02-18 11:00")
    assert giver.events("customer.subscription.updated")[-1].data.previous_attributes.to_dict() == {"status": "active"}
    error = giver.intent(invoice).last_payment_error
    assert (error.code, error.decline_code) == ("card_declined", "generic_decline")


def test_it_is_tried_again_and_pays_when_the_card_does(sandbox: Client):
    giver, subscription = renewed(sandbox, LACKS_FUNDS)
    assert giver.method is not None
    sandbox.advance(to=second("2027-02-18 11:00"))
    assert day(giver.latest(subscription).next_payment_attempt) == "2027-02-23 11:00"
    sandbox.change_card(giver.method, card=PAYS)
    sandbox.advance(to=second("2027-02-23 11:00"))
    invoice = giver.latest(subscription)
    assert (invoice.status, invoice.attempt_count, invoice.next_payment_attempt) == ("paid", 3, None)
    assert giver.now_of(subscription).status == "active"
    assert [charge.status for charge in giver.api.v1.charges.list().data] == [
        "succeeded",
        "failed",
        "failed",
        "succeeded",
    ]


@pytest.mark.parametrize(
    ("then", "status", "last_told"),
    [
        ("cancel", "canceled", "customer.subscription.deleted"),
        ("unpaid", "unpaid", "customer.subscription.updated"),
        ("past_due", "past_due", "invoice.payment_failed"),
    ],
)
def test_after_the_last_attempt_it_is_as_the_account_says(sandbox: Client, then: str, status: str, last_told: str):
    sandbox.billing(then=then)
    giver, subscription = renewed(sandbox, DECLINES)
    sandbox.advance(to=second("2027-03-02 10:59"))
    assert giver.now_of(subscription).status == "past_due"
    sandbox.advance(seconds=60)
    assert (giver.now_of(subscription).status, giver.told()[-1]) == (status, last_told)
    invoice = giver.latest(subscription)
    assert (invoice.status, invoice.attempt_count, invoice.next_payment_attempt) == ("open", 4, None)
    assert invoice.auto_advance is False


def test_a_subscription_that_was_given_up_says_why(sandbox: Client):
    sandbox.billing(retries=[1], invoice="mark_uncollectible")
    giver, subscription = renewed(sandbox, DECLINES)
    sandbox.advance(days=1)
    ended = giver.now_of(subscription)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    invoice = giver.latest(subscription)
    assert (invoice.status, invoice.status_details.uncollectible.reason) == ("uncollectible", "max_payment_attempts")
    assert giver.told()[-2:] == ["invoice.marked_uncollectible", "customer.subscription.deleted"]
    sandbox.advance(days=100)
    assert len(giver.invoices(subscription)) == 2


def test_an_unpaid_one_has_drafts_that_nobody_collects_until_the_debt_is_paid(sandbox: Client):
    sandbox.billing(then="unpaid", retries=[])
    giver, subscription = renewed(sandbox, DECLINES)
    assert giver.now_of(subscription).status == "unpaid"
    assert giver.method is not None
    sandbox.advance(to=second("2027-03-16 10:00"))
    draft = giver.latest(subscription)
    assert (draft.status, draft.auto_advance) == ("draft", False)
    sandbox.change_card(giver.method, card=PAYS)
    giver.api.v1.invoices.pay(draft.id)
    assert giver.now_of(subscription).status == "active"
    sandbox.advance(to=second("2027-04-15 11:00"))
    assert giver.latest(subscription).status == "paid"


def test_a_bank_that_wants_the_payer_has_to_be_answered(sandbox: Client):
    giver, subscription = renewed(sandbox, ASKS)
    invoice = giver.latest(subscription)
    assert giver.now_of(subscription).status == "past_due"
    intent = giver.intent(invoice)
    assert (intent.status, intent.next_action.redirect_to_url.url) == ("requires_action", invoice.hosted_invoice_url)
    assert giver.told()[-4:] == [
        "payment_intent.requires_action",
        "invoice.payment_failed",
        "invoice.payment_action_required",
        "customer.subscription.updated",
    ]
    sandbox.authenticate(invoice.id, "refuse")
    assert giver.intent(invoice).status == "requires_payment_method"
    with pytest.raises(SandboxError, match="waits for no"):
        sandbox.authenticate(invoice.id)
    with pytest.raises(stripe.CardError) as caught:
        giver.api.v1.invoices.pay(invoice.id)
    assert caught.value.code == "invoice_payment_intent_requires_action"
    sandbox.authenticate(invoice.id)
    assert (giver.latest(subscription).status, giver.now_of(subscription).status) == ("paid", "active")
    sandbox.advance(days=20)
    assert len(giver.api.v1.charges.list().data) == 2


def test_a_card_expires_by_the_sandboxes_clock_unless_its_network_renews_it(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    assert giver.method is not None
    sandbox.change_card(giver.method, exp_month=2, exp_year=2027)
    sandbox.change_card(giver.method, exp_month=2, exp_year=2031, automatically=True, at=second("2027-03-17 09:00"))
    sandbox.advance(to=second(RENEWAL))
    assert giver.latest(subscription).status == "paid"
    sandbox.advance(to=second("2027-03-15 11:00"))
    assert giver.intent(giver.latest(subscription)).last_payment_error.code == "expired_card"
    sandbox.advance(to=second("2027-03-18 11:00"))
    assert giver.latest(subscription).status == "paid"
    told = giver.events("payment_method.automatically_updated")
    assert [event.data.object["card"]["exp_year"] for event in told] == [2031]
    assert told[0].data.previous_attributes["card"].to_dict() == {"exp_month": 2, "exp_year": 2027}


def test_a_removed_card_leaves_nothing_to_charge(sandbox: Client):
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    assert giver.method is not None
    giver.api.v1.payment_methods.detach(giver.method)
    sandbox.advance(to=second(RENEWAL))
    assert giver.now_of(subscription).status == "past_due"
    giver.api.v1.invoices.pay(giver.latest(subscription).id, {"payment_method": giver.keep("pm_card_visa")})
    assert giver.now_of(subscription).status == "active"


def test_the_draft_may_last_no_time_at_all(sandbox: Client):
    sandbox.billing(finalizes_after=0)
    giver = Giver(sandbox)
    subscription = giver.subscribe()
    sandbox.advance(to=second("2027-02-15 10:00"))
    assert giver.latest(subscription).status == "paid"


@pytest.mark.parametrize(
    "settings",
    [{"then": "forget"}, {"retries": ["soon"]}, {"colour": "green"}, {"finalizes_after": -1}, {"invoice": 7}],
)
def test_settings_that_cannot_be_are_refused(sandbox: Client, settings: dict[str, object]):
    with pytest.raises(SandboxError):
        sandbox.billing(**settings)
    assert sandbox.billing()["retries"] == [3, 5, 7]


def test_the_next_renewal_comes_though_the_last_one_failed(sandbox: Client):
    sandbox.billing(then="past_due", retries=[3])
    giver, subscription = renewed(sandbox, DECLINES)
    assert giver.method is not None
    sandbox.advance(days=5)
    sandbox.change_card(giver.method, card=PAYS)
    sandbox.advance(to=second("2027-03-15 10:00") + HOUR)
    assert [each.status for each in giver.invoices(subscription)] == ["paid", "open", "paid"]
    assert giver.now_of(subscription).status == "active"
    sandbox.advance(seconds=10 * DAY)
    assert len(giver.api.v1.charges.list({"limit": 100}).data) == 4
