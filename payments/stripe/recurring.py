"""The port's questions about gifts that come again, spoken to Stripe."""

from collections.abc import Iterator
from datetime import datetime

import stripe
from stripe.params import SubscriptionCreateParamsItemPriceDataRecurring, SubscriptionUpdateParams
from stripe.params.checkout import SessionCreateParams

from payments.provider import (
    FIRST_HOUR_UTC,
    ChargeFacts,
    CheckoutFacts,
    InvoiceFacts,
    MethodFacts,
    MethodPageRequest,
    NewSubscription,
    ProviderRefused,
    Recurrence,
    RecurringRequest,
    SubscriptionFacts,
)
from payments.stripe import facts, renewal_facts
from payments.stripe.errors import told_in_our_words
from payments.stripe.words import MONTHLY_KEY, TERMS_KEY, ref_of

PAGE = 100
CHARGE_EXPAND = ["balance_transaction", "payment_intent"]
METHOD_EXPAND = ["default_payment_method"]
INVOICE_EXPAND = ["payments.data.payment.payment_intent"]
LONGEST_NAME = 250


class RecurringGifts:
    """The part of the adapter that knows subscriptions. Each gift has one item, whose price is the whole sum."""

    _client: stripe.StripeClient

    def open_recurring(self, *, request: RecurringRequest, idempotency_key: str) -> CheckoutFacts:
        """Create a Checkout session that begins a subscription."""
        with told_in_our_words():
            session = self._client.v1.checkout.sessions.create(
                recurring_session_params(request), {"idempotency_key": idempotency_key}
            )
        return facts.checkout_facts(session)

    def create_subscription(self, *, request: NewSubscription, idempotency_key: str) -> SubscriptionFacts:
        """Create a subscription whose first charge is in the future.

        The trial up to a second before the first charge lets that lie further off than one interval, and the anchor's
        configuration keeps the 31st through short months. Nothing is taken for the time before.
        """
        with told_in_our_words():
            product = self._client.v1.products.create(
                {"name": request.title[:LONGEST_NAME]}, {"idempotency_key": f"{idempotency_key}:product"}
            )
            subscription = self._client.v1.subscriptions.create(
                {
                    "customer": request.customer_ref,
                    "default_payment_method": request.method_ref,
                    "off_session": True,
                    "items": [
                        {
                            "price_data": {
                                "currency": request.currency.lower(),
                                "product": product.id,
                                "unit_amount": request.amount_minor,
                                "recurring": recurring_words(request.recurrence),
                            }
                        }
                    ],
                    "metadata": {MONTHLY_KEY: request.monthly_ref, TERMS_KEY: request.terms_ref},
                    "billing_cycle_anchor_config": {
                        "day_of_month": request.day,
                        "hour": FIRST_HOUR_UTC,
                        "minute": 0,
                        "second": 0,
                    },
                    "trial_end": int(request.first_at.timestamp()) - 1,
                    "proration_behavior": "none",
                    "expand": METHOD_EXPAND,
                },
                {"idempotency_key": idempotency_key},
            )
        return renewal_facts.subscription_facts(subscription)

    def fetch_subscription(self, *, ref: str) -> SubscriptionFacts:
        """Retrieve a subscription with its payment method."""
        with told_in_our_words():
            subscription = self._client.v1.subscriptions.retrieve(ref, {"expand": METHOD_EXPAND})
        return renewal_facts.subscription_facts(subscription)

    def list_subscriptions(self, *, created_since: datetime) -> Iterator[SubscriptionFacts]:
        """List subscriptions of every status, newest first."""
        with told_in_our_words():
            page = self._client.v1.subscriptions.list(
                {
                    "status": "all",
                    "created": {"gte": int(created_since.timestamp())},
                    "limit": PAGE,
                    "expand": [f"data.{field}" for field in METHOD_EXPAND],
                }
            )
            for subscription in page.auto_paging_iter():
                yield renewal_facts.subscription_facts(subscription)

    def change_amount(
        self, *, ref: str, item_ref: str, title: str, amount_minor: int, terms_ref: str, idempotency_key: str
    ) -> SubscriptionFacts:
        """Give the one item another price, on the product it has, and that product another name."""
        with told_in_our_words():
            before = self._client.v1.subscriptions.retrieve(ref)
            item = next(row for row in before["items"].data if row.id == item_ref)
            product = ref_of(item.price.product)
            self._client.v1.products.update(
                product, {"name": title[:LONGEST_NAME]}, {"idempotency_key": f"{idempotency_key}:product"}
            )
            interval, count = renewal_facts.INTERVAL_OF[renewal_facts.recurrence_of(item.price)]
            subscription = self._client.v1.subscriptions.update(
                ref,
                {
                    "items": [
                        {
                            "id": item_ref,
                            "price_data": {
                                "currency": before.currency,
                                "product": product,
                                "unit_amount": amount_minor,
                                "recurring": {"interval": interval, "interval_count": count},
                            },
                        }
                    ],
                    "metadata": {TERMS_KEY: terms_ref},
                    "proration_behavior": "none",
                    "expand": METHOD_EXPAND,
                },
                {"idempotency_key": idempotency_key},
            )
        return renewal_facts.subscription_facts(subscription)

    def pause_subscription(self, *, ref: str, resumes_at: datetime, idempotency_key: str) -> SubscriptionFacts:
        """Void what falls due until then."""
        return self._update(
            ref,
            {"pause_collection": {"behavior": "void", "resumes_at": int(resumes_at.timestamp())}},
            idempotency_key,
        )

    def resume_subscription(self, *, ref: str, idempotency_key: str) -> SubscriptionFacts:
        """Clear the pause."""
        return self._update(ref, {"pause_collection": ""}, idempotency_key)

    def wake_subscription(self, *, ref: str, idempotency_key: str) -> SubscriptionFacts:
        """Resume a subscription with the status `paused`, which isn't the pause of `pause_collection`."""
        with told_in_our_words():
            subscription = self._client.v1.subscriptions.resume(
                ref,
                {
                    "billing_cycle_anchor": {"type": "unchanged"},
                    "proration_behavior": "none",
                    "expand": METHOD_EXPAND,
                },
                {"idempotency_key": idempotency_key},
            )
        return renewal_facts.subscription_facts(subscription)

    def use_method(self, *, ref: str, method_ref: str, idempotency_key: str) -> SubscriptionFacts:
        """Set the payment method that renewals are taken from."""
        return self._update(ref, {"default_payment_method": method_ref}, idempotency_key)

    def _update(self, ref: str, params: SubscriptionUpdateParams, idempotency_key: str) -> SubscriptionFacts:
        params["expand"] = METHOD_EXPAND
        with told_in_our_words():
            subscription = self._client.v1.subscriptions.update(ref, params, {"idempotency_key": idempotency_key})
        return renewal_facts.subscription_facts(subscription)

    def cancel_subscription(self, *, ref: str, idempotency_key: str) -> SubscriptionFacts:
        """Cancel at once, and void what is open: Stripe itself leaves open invoices payable."""
        try:
            with told_in_our_words():
                subscription = self._client.v1.subscriptions.cancel(
                    ref,
                    {"invoice_now": False, "prorate": False, "expand": METHOD_EXPAND},
                    {"idempotency_key": idempotency_key},
                )
            ended = renewal_facts.subscription_facts(subscription)
        except ProviderRefused:
            # Stripe takes an ended subscription for a missing one
            ended = self.fetch_subscription(ref=ref)
            if ended.ended_at is None:
                raise
        self._void_open(ref, idempotency_key)
        return ended

    def _void_open(self, ref: str, idempotency_key: str) -> None:
        with told_in_our_words():
            page = self._client.v1.invoices.list({"subscription": ref, "status": "open", "limit": PAGE})
            for invoice in list(page.auto_paging_iter()):
                try:
                    self._client.v1.invoices.void_invoice(
                        invoice.id, None, {"idempotency_key": f"{idempotency_key}:void:{invoice.id}"}
                    )
                except stripe.InvalidRequestError:
                    continue  # paid or voided in the meantime: what it is now says its own event

    def open_method_page(self, *, request: MethodPageRequest, idempotency_key: str) -> CheckoutFacts:
        """Create a Checkout session that keeps a payment method."""
        metadata = {MONTHLY_KEY: request.monthly_ref}
        params: SessionCreateParams = {
            "mode": "setup",
            "currency": request.currency.lower(),
            "metadata": metadata,
            "setup_intent_data": {"metadata": metadata},
            "locale": request.language,
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
        }
        if request.customer_ref:
            params["customer"] = request.customer_ref
        else:
            params["customer_creation"] = "always"
        with told_in_our_words():
            session = self._client.v1.checkout.sessions.create(params, {"idempotency_key": idempotency_key})
        return facts.checkout_facts(session)

    def open_portal(self, *, customer_ref: str, language: str, return_url: str) -> str:
        """Create a session of the billing portal."""
        with told_in_our_words():
            session = self._client.v1.billing_portal.sessions.create(
                {"customer": customer_ref, "locale": language, "return_url": return_url}
            )
        return session.url

    def list_methods(self, *, customer_ref: str) -> Iterator[MethodFacts]:
        """List a customer's payment methods."""
        with told_in_our_words():
            page = self._client.v1.payment_methods.list({"customer": customer_ref, "limit": PAGE})
            for method in page.auto_paging_iter():
                yield renewal_facts.method_facts(method)

    def fetch_invoice(self, *, ref: str) -> InvoiceFacts:
        """Retrieve an invoice; each of its charges in a request of its own, since Stripe expands only four levels."""
        with told_in_our_words():
            invoice = self._client.v1.invoices.retrieve(ref, {"expand": INVOICE_EXPAND})
            return self._with_charges(invoice)

    def list_invoices(
        self, *, subscription_ref: str = "", created_since: datetime | None = None
    ) -> Iterator[InvoiceFacts]:
        """List invoices, newest first, without their charges."""
        params: stripe.params.InvoiceListParams = {"limit": PAGE}
        if subscription_ref:
            params["subscription"] = subscription_ref
        if created_since is not None:
            params["created"] = {"gte": int(created_since.timestamp())}
        with told_in_our_words():
            for invoice in self._client.v1.invoices.list(params).auto_paging_iter():
                yield renewal_facts.invoice_facts(invoice)

    def pay_invoice(self, *, ref: str, method_ref: str, idempotency_key: str) -> InvoiceFacts:
        """Pay an open invoice with the donor present, by the named method or the one that is kept."""
        params: stripe.params.InvoicePayParams = {"expand": INVOICE_EXPAND}
        if method_ref:
            params["payment_method"] = method_ref
        with told_in_our_words():
            invoice = self._client.v1.invoices.pay(ref, params, {"idempotency_key": idempotency_key})
            return self._with_charges(invoice)

    def void_invoice(self, *, ref: str, idempotency_key: str) -> InvoiceFacts:
        """Void an open invoice."""
        with told_in_our_words():
            invoice = self._client.v1.invoices.void_invoice(ref, None, {"idempotency_key": idempotency_key})
        return renewal_facts.invoice_facts(invoice)

    def _with_charges(self, invoice: stripe.Invoice) -> InvoiceFacts:
        intents = renewal_facts.intents_of(invoice)
        needs_donor = any(intent.status == "requires_action" for intent in intents)
        return renewal_facts.invoice_facts(invoice, charges=self._charges(invoice.id, intents), needs_donor=needs_donor)

    def _charges(self, invoice_ref: str, intents: list[stripe.PaymentIntent]) -> Iterator[ChargeFacts]:
        for intent in intents:
            if intent.status == "succeeded" and intent.latest_charge is not None:
                charge = self._client.v1.charges.retrieve(ref_of(intent.latest_charge), {"expand": CHARGE_EXPAND})
                yield facts.charge_facts(charge, invoice_ref=invoice_ref)

    def _invoice_of_payment(self, payment_ref: str) -> str:
        """The invoice that a payment pays; "" for none. The payment itself doesn't say."""
        page = self._client.v1.invoice_payments.list(
            {"payment": {"type": "payment_intent", "payment_intent": payment_ref}, "limit": 1}
        )
        return ref_of(page.data[0].invoice) if page.data else ""


def recurring_words(recurrence: Recurrence) -> SubscriptionCreateParamsItemPriceDataRecurring:
    """How often, in Stripe's words."""
    interval, count = renewal_facts.INTERVAL_OF[recurrence]
    return {"interval": interval, "interval_count": count}


def recurring_session_params(request: RecurringRequest) -> SessionCreateParams:
    """A session with one item for the whole sum, so that another sum is one change; what it is made of is named in it."""
    metadata = {MONTHLY_KEY: request.monthly_ref, TERMS_KEY: request.terms_ref}
    interval, count = renewal_facts.INTERVAL_OF[request.recurrence]
    params: SessionCreateParams = {
        "mode": "subscription",
        "client_reference_id": f"{MONTHLY_KEY}:{request.monthly_ref}",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.currency.lower(),
                    "unit_amount": sum(line.unit_minor * line.quantity for line in request.lines),
                    "recurring": {"interval": interval, "interval_count": count},
                    "product_data": {"name": product_name(request)},
                },
            }
        ],
        "metadata": metadata,
        "subscription_data": {"description": request.description, "metadata": metadata},
        "locale": request.language,
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": int(request.expires_at.timestamp()),
    }
    if request.first_on_day is not None:
        params["subscription_data"] |= {
            "billing_cycle_anchor_config": {
                "day_of_month": request.first_on_day,
                "hour": FIRST_HOUR_UTC,
                "minute": 0,
                "second": 0,
            },
            "proration_behavior": "none",
        }
    return params


def product_name(request: RecurringRequest) -> str:
    """What the donor reads on the page: every line, as many as there is room for."""
    named = [line.title if line.quantity == 1 else f"{line.quantity} × {line.title}" for line in request.lines]
    return ", ".join(named)[:LONGEST_NAME]
