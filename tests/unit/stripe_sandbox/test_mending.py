"""The page of an invoice that did not go through: the kept card again, another one, or the bank's question."""

import datetime

import pytest
import stripe

from stripe_sandbox.testing import Client, SandboxError
from tests.factories.stripe_sandbox import ASKS, DECLINES, FAILS_LATER, PAYS, subscription_params
from tests.unit.stripe_sandbox.visiting import card_form, visit

NOON = int(datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC).timestamp())


def failed(api: stripe.StripeClient, sandbox: Client, card: str = FAILS_LATER) -> tuple[str, stripe.Invoice]:
    """A subscription whose second payment failed, and its invoice."""
    sandbox.clock(now=NOON, stopped=True)
    session = api.v1.checkout.sessions.create(subscription_params())
    sandbox.pay(session.id, card=card)
    sandbox.advance(days=31)
    subscription = str(api.v1.checkout.sessions.retrieve(session.id).subscription)
    expand = {"expand": ["latest_invoice"]}
    invoice = api.v1.subscriptions.retrieve(subscription, expand).latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.status, api.v1.subscriptions.retrieve(subscription).status) == ("open", "past_due")
    return subscription, invoice


def test_another_card_pays_and_is_charged_from_now_on(api: stripe.StripeClient, sandbox: Client):
    subscription, invoice = failed(api, sandbox)
    sandbox.change_card(str(api.v1.subscriptions.retrieve(subscription).default_payment_method), card=DECLINES)
    url = invoice.hosted_invoice_url or ""
    page = visit(url, language="pl")
    assert "50,00" in page.text
    assert "Zapłać kartą Visa z końcówką 0341" in page.text
    assert "To nie są prawdziwe pieniądze" in page.text
    assert visit(url, {"with": "kept"}, language="pl").status == 402
    assert visit(url, card_form(DECLINES), language="pl").status == 402
    assert visit(url, card_form("42"), language="pl").status == 422
    assert visit(url, card_form(PAYS)).status == 303
    assert "To jest opłacone" in visit(url, language="pl").text
    after = api.v1.subscriptions.retrieve(subscription, {"expand": ["default_payment_method"]})
    assert (after.status, after.default_payment_method.card.last4) == ("active", "4242")
    assert api.v1.invoices.retrieve(invoice.id).status == "paid"


def test_the_kept_card_pays_when_it_can_again(api: stripe.StripeClient, sandbox: Client):
    subscription, invoice = failed(api, sandbox)
    method = str(api.v1.subscriptions.retrieve(subscription).default_payment_method)
    sandbox.change_card(method, card=DECLINES)
    assert sandbox.pay_invoice(invoice.id)["refusal"]["decline_code"] == "generic_decline"
    sandbox.change_card(method, card=PAYS)
    assert sandbox.pay_invoice(invoice.id)["result"] == "paid"
    assert sandbox.pay_invoice(invoice.id)["result"] == "closed"
    assert api.v1.subscriptions.retrieve(subscription).status == "active"


def test_the_bank_asks_on_the_page(api: stripe.StripeClient, sandbox: Client):
    subscription, invoice = failed(api, sandbox, ASKS)
    url = invoice.hosted_invoice_url or ""
    assert visit(url).location == f"/i/{invoice.id}/confirm"
    assert "Potwierdź, że to Ty" in visit(url + "/confirm", language="pl").text
    refused = visit(url + "/confirm", {"answer": "refuse"}, language="pl")
    assert refused.status == 402
    assert "Bank nie potwierdził" in refused.text
    assert visit(url, {"with": "kept"}).location == f"/i/{invoice.id}/confirm"
    assert visit(url + "/confirm", {"answer": "approve"}).status == 303
    assert api.v1.invoices.retrieve(invoice.id).status == "paid"
    assert api.v1.subscriptions.retrieve(subscription).status == "active"


def test_a_void_invoice_takes_nothing(api: stripe.StripeClient, sandbox: Client):
    _, invoice = failed(api, sandbox)
    api.v1.invoices.void_invoice(invoice.id)
    assert "Ta płatność została odwołana" in visit(invoice.hosted_invoice_url or "", card_form(), language="pl").text
    assert sandbox.pay_invoice(invoice.id, card=PAYS)["result"] == "closed"
    assert [charge.status for charge in api.v1.charges.list().data if charge.status == "succeeded"] == ["succeeded"]
    assert visit(f"{sandbox.url}/i/in_nothing").status == 404


def test_a_portal_mends_the_card_for_the_next_attempt(api: stripe.StripeClient, sandbox: Client):
    subscription, invoice = failed(api, sandbox)
    customer = str(api.v1.subscriptions.retrieve(subscription).customer)
    portal = api.v1.billing_portal.sessions.create({"customer": customer})
    assert sandbox.portal_card(portal.id, card=DECLINES)["refusal"]["code"] == "card_declined"
    assert sandbox.portal_card(portal.id, card=ASKS, outcome="refuse")["result"] == "refused"
    assert sandbox.portal_card(portal.id, exp="08/31")["result"] == "kept"
    sandbox.advance(days=4)
    assert api.v1.invoices.retrieve(invoice.id).status == "paid"


def test_a_helper_cancels_in_the_portal(api: stripe.StripeClient, sandbox: Client):
    subscription, _ = failed(api, sandbox)
    customer = str(api.v1.subscriptions.retrieve(subscription).customer)
    portal = api.v1.billing_portal.sessions.create({"customer": customer})
    assert sandbox.portal_cancel(portal.id, subscription) == {"result": "canceled"}
    assert api.v1.subscriptions.retrieve(subscription).cancel_at_period_end is True
    for session_id, named in (("bps_nothing", subscription), (portal.id, "sub_nothing")):
        with pytest.raises(SandboxError, match="No such"):
            sandbox.portal_cancel(session_id, named)


def test_an_agreement_that_is_revoked_takes_no_more_money(api: stripe.StripeClient, sandbox: Client):
    sandbox.clock(now=NOON, stopped=True)
    session = api.v1.checkout.sessions.create(subscription_params())
    sandbox.pay(session.id)
    subscription = api.v1.subscriptions.retrieve(str(api.v1.checkout.sessions.retrieve(session.id).subscription))
    mandate = sandbox.revoke(str(subscription.default_payment_method))["mandate"]
    assert api.v1.mandates.retrieve(mandate).status == "inactive"
    assert api.v1.events.list({"type": "mandate.updated"}).data[0].data.object["id"] == mandate
    sandbox.advance(days=31)
    assert api.v1.subscriptions.retrieve(subscription.id).status == "past_due"
