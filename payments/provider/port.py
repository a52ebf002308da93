"""The questions themselves."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from payments.provider.facts import (
    ChargeFacts,
    CheckoutFacts,
    DisputeFacts,
    EventFacts,
    FraudWarningFacts,
    InvoiceFacts,
    MethodFacts,
    MovementFacts,
    PaymentFacts,
    PayoutFacts,
    RefundFacts,
    SubscriptionFacts,
)
from payments.provider.requests import CheckoutRequest, MethodPageRequest, NewSubscription, RecurringRequest


class Provider(Protocol):
    """Every method may raise ProviderUnavailable or ProviderRefused, and is never called in a database transaction."""

    def open_checkout(self, *, request: CheckoutRequest, idempotency_key: str) -> CheckoutFacts:
        """Open a hosted payment page. The same key gives the same page."""
        ...

    def fetch_checkout(self, *, ref: str) -> CheckoutFacts:
        """The page as it is now, with its payment, charge and balance movement."""
        ...

    def expire_checkout(self, *, ref: str) -> CheckoutFacts:
        """Close an open page. ProviderRefused when it is no longer open."""
        ...

    def list_checkouts(self, *, created_since: datetime) -> Iterator[CheckoutFacts]:
        """Pages opened since then, newest first, without their payments' details."""
        ...

    def open_recurring(self, *, request: RecurringRequest, idempotency_key: str) -> CheckoutFacts:
        """Open a page that begins a monthly gift. The same key gives the same page; `fetch_checkout` reads it."""
        ...

    def create_subscription(self, *, request: NewSubscription, idempotency_key: str) -> SubscriptionFacts:
        """Begin a monthly gift with a kept way to pay. The same key gives the same one."""
        ...

    def fetch_subscription(self, *, ref: str) -> SubscriptionFacts:
        """A monthly gift with its way to pay, as it is now."""
        ...

    def list_subscriptions(self, *, created_since: datetime) -> Iterator[SubscriptionFacts]:
        """All that were made since then, ended ones too, newest first."""
        ...

    def change_amount(
        self, *, ref: str, item_ref: str, title: str, amount_minor: int, terms_ref: str, idempotency_key: str
    ) -> SubscriptionFacts:
        """Another sum from the next renewal on, without a charge for the rest of this period."""
        ...

    def pause_subscription(self, *, ref: str, resumes_at: datetime, idempotency_key: str) -> SubscriptionFacts:
        """Take nothing until then; renewals in between are made and voided."""
        ...

    def resume_subscription(self, *, ref: str, idempotency_key: str) -> SubscriptionFacts:
        """End a pause."""
        ...

    def wake_subscription(self, *, ref: str, idempotency_key: str) -> SubscriptionFacts:
        """Go on with one that was stopped for want of a way to pay: on its old days, with nothing for the time between."""
        ...

    def cancel_subscription(self, *, ref: str, idempotency_key: str) -> SubscriptionFacts:
        """End it now, for good; open renewals are voided. Ending an ended one is no error."""
        ...

    def use_method(self, *, ref: str, method_ref: str, idempotency_key: str) -> SubscriptionFacts:
        """Another way to pay from now on."""
        ...

    def open_method_page(self, *, request: MethodPageRequest, idempotency_key: str) -> CheckoutFacts:
        """A page on which the donor gives a way to pay; `fetch_checkout` reads its `method_ref`."""
        ...

    def open_portal(self, *, customer_ref: str, language: str, return_url: str) -> str:
        """The address of the provider's own page about what it keeps of a customer. Short-lived, for that one visitor."""
        ...

    def list_methods(self, *, customer_ref: str) -> Iterator[MethodFacts]:
        """The ways to pay that the provider keeps for a customer."""
        ...

    def fetch_invoice(self, *, ref: str) -> InvoiceFacts:
        """One renewal with its charges and their balance movements."""
        ...

    def list_invoices(
        self, *, subscription_ref: str = "", created_since: datetime | None = None
    ) -> Iterator[InvoiceFacts]:
        """Renewals of one subscription or since an instant, newest first, without their charges' details."""
        ...

    def pay_invoice(self, *, ref: str, method_ref: str, idempotency_key: str) -> InvoiceFacts:
        """Try an open renewal again, now. ProviderRefused when the bank says no."""
        ...

    def void_invoice(self, *, ref: str, idempotency_key: str) -> InvoiceFacts:
        """Give an open renewal up, so that nobody pays it any more."""
        ...

    def fetch_payment(self, *, ref: str) -> PaymentFacts:
        """A payment with its latest charge."""
        ...

    def fetch_charge(self, *, ref: str) -> ChargeFacts:
        """A charge with its balance movement."""
        ...

    def refund(self, *, charge_ref: str, amount_minor: int, own_ref: str, idempotency_key: str) -> RefundFacts:
        """Give back `amount_minor` of a charge. The same key gives the same refund."""
        ...

    def fetch_refund(self, *, ref: str) -> RefundFacts:
        """A refund with its balance movements."""
        ...

    def list_refunds(self, *, charge_ref: str) -> Iterator[RefundFacts]:
        """All refunds of a charge, newest first."""
        ...

    def fetch_dispute(self, *, ref: str) -> DisputeFacts:
        """A dispute with its balance movements."""
        ...

    def list_disputes(self, *, created_since: datetime) -> Iterator[DisputeFacts]:
        """Disputes that began since then, newest first."""
        ...

    def answer_dispute(self, *, ref: str, text: str, idempotency_key: str) -> DisputeFacts:
        """Hand in evidence, for good. ProviderRefused when it is too late for that."""
        ...

    def accept_dispute(self, *, ref: str, idempotency_key: str) -> DisputeFacts:
        """Give a dispute up as lost, for good."""
        ...

    def fetch_payout(self, *, ref: str) -> PayoutFacts:
        """A payout with its balance movements."""
        ...

    def list_payouts(self, *, created_since: datetime) -> Iterator[PayoutFacts]:
        """Payouts made since then, newest first."""
        ...

    def list_payout_parts(self, *, ref: str) -> Iterator[MovementFacts]:
        """All that was paid out in a reconciled payout, without the payout's own movement."""
        ...

    def fetch_fraud_warning(self, *, ref: str) -> FraudWarningFacts:
        """A bank's warning."""
        ...

    def list_fraud_warnings(self, *, created_since: datetime) -> Iterator[FraudWarningFacts]:
        """Warnings since then, newest first."""
        ...

    def list_movements(self, *, created_since: datetime) -> Iterator[MovementFacts]:
        """The provider's own books since then, newest first."""
        ...

    def list_undelivered_events(self, *, after: str) -> Iterator[EventFacts]:
        """Events that no webhook of ours acknowledged, oldest first, newer than event `after` ("" for all it keeps)."""
        ...

    def read_webhook(self, *, body: bytes, signature: str, now: datetime) -> EventFacts:
        """Verify and read a webhook's raw body. Raises UntrustedMessage, whatever the body is."""
        ...
