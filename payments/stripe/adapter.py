"""The port, spoken to Stripe: StripeClient, API version pinned by the SDK."""

from collections.abc import Iterator
from datetime import datetime

import stripe
from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItem

from payments.provider import (
    ChargeFacts,
    CheckoutFacts,
    CheckoutLine,
    CheckoutRequest,
    EventFacts,
    MovementFacts,
    PaymentFacts,
    RefundFacts,
)
from payments.stripe import facts
from payments.stripe.errors import told_in_our_words
from payments.stripe.events import event_facts
from payments.stripe.money import MoneyAfterwards
from payments.stripe.recurring import CHARGE_EXPAND, PAGE, RecurringGifts
from payments.stripe.webhook import read_webhook
from payments.stripe.words import DONATION_KEY, REFUND_KEY

REFUND_EXPAND = ["balance_transaction", "failure_balance_transaction"]


class StripeProvider(RecurringGifts, MoneyAfterwards):
    """Implements payments.provider.Provider. Safe for threads: the SDK keeps one connection for each."""

    def __init__(
        self,
        *,
        api_key: str,
        api_base: str,
        webhook_secrets: tuple[str, ...],
        account: str,
        livemode: bool,
        timeout: tuple[float, float],
    ) -> None:
        self._webhook_secrets = webhook_secrets
        self._account = account
        self._livemode = livemode
        self._client = stripe.StripeClient(
            api_key,
            stripe_version=stripe.api_version,
            base_addresses={"api": api_base},
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=timeout),
        )

    def open_checkout(self, *, request: CheckoutRequest, idempotency_key: str) -> CheckoutFacts:
        """Create a hosted Checkout session that says "donate"."""
        with told_in_our_words():
            session = self._client.v1.checkout.sessions.create(
                _session_params(request), {"idempotency_key": idempotency_key}
            )
        return facts.checkout_facts(session)

    def fetch_checkout(self, *, ref: str) -> CheckoutFacts:
        """Retrieve a session with everything that settling needs, in one request."""
        with told_in_our_words():
            session = self._client.v1.checkout.sessions.retrieve(
                ref, {"expand": ["payment_intent.latest_charge.balance_transaction", "setup_intent"]}
            )
        return facts.checkout_facts(session)

    def expire_checkout(self, *, ref: str) -> CheckoutFacts:
        """Expire an open session. Stripe refuses one that is complete or expired."""
        with told_in_our_words():
            session = self._client.v1.checkout.sessions.expire(ref)
        return facts.checkout_facts(session)

    def list_checkouts(self, *, created_since: datetime) -> Iterator[CheckoutFacts]:
        """List sessions, newest first."""
        with told_in_our_words():
            page = self._client.v1.checkout.sessions.list(
                {"created": {"gte": int(created_since.timestamp())}, "limit": PAGE}
            )
            for session in page.auto_paging_iter():
                yield facts.checkout_facts(session)

    def fetch_payment(self, *, ref: str) -> PaymentFacts:
        """Retrieve a payment intent with its latest charge; one that carries no donation is asked for its invoice."""
        with told_in_our_words():
            payment = self._client.v1.payment_intents.retrieve(ref, {"expand": ["latest_charge.balance_transaction"]})
            found = facts.payment_facts(payment)
            if found.donation_ref:
                return found
            return facts.payment_facts(payment, invoice_ref=self._invoice_of_payment(found.ref))

    def fetch_charge(self, *, ref: str) -> ChargeFacts:
        """Retrieve a charge; its payment's metadata say which donation it belongs to."""
        with told_in_our_words():
            charge = self._client.v1.charges.retrieve(ref, {"expand": CHARGE_EXPAND})
            found = facts.charge_facts(charge)
            if found.donation_ref or not found.payment_ref:
                return found
            return facts.charge_facts(charge, invoice_ref=self._invoice_of_payment(found.payment_ref))

    def refund(self, *, charge_ref: str, amount_minor: int, own_ref: str, idempotency_key: str) -> RefundFacts:
        """Create a refund. Stripe gives no fee back."""
        with told_in_our_words():
            refund = self._client.v1.refunds.create(
                {
                    "charge": charge_ref,
                    "amount": amount_minor,
                    "metadata": {REFUND_KEY: own_ref},
                    "expand": REFUND_EXPAND,
                },
                {"idempotency_key": idempotency_key},
            )
        return facts.refund_facts(refund)

    def fetch_refund(self, *, ref: str) -> RefundFacts:
        """Retrieve a refund."""
        with told_in_our_words():
            refund = self._client.v1.refunds.retrieve(ref, {"expand": REFUND_EXPAND})
        return facts.refund_facts(refund)

    def list_refunds(self, *, charge_ref: str) -> Iterator[RefundFacts]:
        """List a charge's refunds."""
        with told_in_our_words():
            page = self._client.v1.refunds.list(
                {"charge": charge_ref, "limit": PAGE, "expand": [f"data.{field}" for field in REFUND_EXPAND]}
            )
            for refund in page.auto_paging_iter():
                yield facts.refund_facts(refund)

    def list_movements(self, *, created_since: datetime) -> Iterator[MovementFacts]:
        """List balance transactions, newest first."""
        with told_in_our_words():
            page = self._client.v1.balance_transactions.list(
                {"created": {"gte": int(created_since.timestamp())}, "limit": PAGE}
            )
            for row in page.auto_paging_iter():
                found = facts.movement_facts(row)
                if found is not None:
                    yield found

    def list_undelivered_events(self, *, after: str) -> Iterator[EventFacts]:
        """List events that no endpoint acknowledged, oldest first."""
        with told_in_our_words():
            if after:
                page = self._client.v1.events.list({"delivery_success": False, "ending_before": after, "limit": PAGE})
                # paging backwards, the SDK already yields the oldest first
                yield from (event_facts(event) for event in page.auto_paging_iter())
                return
            page = self._client.v1.events.list({"delivery_success": False, "limit": PAGE})
            newest_first = [event_facts(event) for event in page.auto_paging_iter()]
        yield from reversed(newest_first)

    def read_webhook(self, *, body: bytes, signature: str, now: datetime) -> EventFacts:
        """Verify and read a webhook. Needs no network."""
        return read_webhook(
            body=body,
            signature=signature,
            secrets=self._webhook_secrets,
            account=self._account,
            livemode=self._livemode,
            now=now,
        )


def _session_params(request: CheckoutRequest) -> SessionCreateParams:
    metadata = {DONATION_KEY: request.donation_ref}
    return {
        "mode": "payment",
        "submit_type": "donate",
        "client_reference_id": request.donation_ref,
        "line_items": [_line_item(line, request.currency) for line in request.lines],
        "metadata": metadata,
        "payment_intent_data": {"description": request.description, "metadata": metadata},
        "locale": request.language,
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": int(request.expires_at.timestamp()),
    }


def _line_item(line: CheckoutLine, currency: str) -> SessionCreateParamsLineItem:
    return {
        "quantity": line.quantity,
        "price_data": {
            "currency": currency.lower(),
            "unit_amount": line.unit_minor,
            "product_data": {"name": line.title},
        },
    }
