"""Somebody who gives monthly, for tests of subscriptions."""

import datetime
from typing import Any

import stripe

from stripe_sandbox.testing import Client

DAY = 24 * 3600
HOUR = 3600


def second(text: str) -> int:
    """An instant in UTC, such as ``2027-01-31 10:00``, as seconds since the epoch."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp())


def day(at: int) -> str:
    """The date of an instant in UTC, with its hour where it isn't ten."""
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
    return moment.strftime(
        "%Y-%m-%d" if (moment.hour, moment.minute, moment.second) == (10, 0, 0) else "%Y-%m-%d %H:%M"
    )


class Giver:
    """A customer with a kept card, whose sandbox stands at ``start``."""

    def __init__(
        self,
        sandbox: Client,
        *,
        start: str = "2027-01-15 10:00",
        card: str | None = "pm_card_visa",
        **customer: Any,
    ) -> None:
        self.sandbox, self.api = sandbox, sandbox.stripe_client()
        sandbox.clock(now=second(start), stopped=True)
        self.customer = self.api.v1.customers.create({"email": "anna@example.org", **customer}).id
        self.product = self.api.v1.products.create({"name": "Monthly gift"}).id
        self.method = self.keep(card) if card else None

    def keep(self, card: str) -> str:
        """Keep a card for the customer, by Stripe's name for it or by its number; the method's id."""
        if card.startswith("pm_"):
            return self.api.v1.payment_methods.attach(card, {"customer": self.customer}).id
        typed = {"number": card, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        made = self.api.v1.payment_methods.create({"type": "card", "card": typed})
        return self.api.v1.payment_methods.attach(made.id, {"customer": self.customer}).id

    def price(self, amount: int = 5_000, interval: str = "month", count: int = 1) -> dict[str, Any]:
        """``price_data`` for so many grosze each interval."""
        recurring = {"interval": interval, "interval_count": count}
        return {"currency": "pln", "product": self.product, "unit_amount": amount, "recurring": recurring}

    def subscribe(self, price: dict[str, Any] | None = None, **changes: Any) -> stripe.Subscription:
        """Give 50.00 zł each month, or what ``price`` says; None takes a parameter out."""
        params = {
            "customer": self.customer,
            "default_payment_method": self.method,
            "items": [{"price_data": price or self.price()}],
            "metadata": {"monthly_gift": "7", "terms": "1"},
            **changes,
        }
        sent = {name: value for name, value in params.items() if value is not None}
        return self.api.v1.subscriptions.create(sent)  # type: ignore[arg-type] -- built up as a plain dictionary

    def anchored(self, day_of_month: int, **changes: Any) -> stripe.Subscription:
        """Give on that day of each month at ten, and nothing before."""
        config = {"day_of_month": day_of_month, "hour": 10, "minute": 0, "second": 0}
        return self.subscribe(billing_cycle_anchor_config=config, proration_behavior="none", **changes)

    def now_of(self, subscription: stripe.Subscription) -> stripe.Subscription:
        """The subscription as it is now."""
        return self.api.v1.subscriptions.retrieve(subscription.id)

    def invoices(self, subscription: stripe.Subscription) -> list[stripe.Invoice]:
        """Its invoices, oldest first."""
        listed = self.api.v1.invoices.list({"subscription": subscription.id, "limit": 100})
        return list(reversed(listed.data))

    def latest(self, subscription: stripe.Subscription) -> stripe.Invoice:
        """Its newest invoice."""
        return self.invoices(subscription)[-1]

    def intent(self, invoice: stripe.Invoice) -> stripe.PaymentIntent:
        """The payment intent of an invoice."""
        listed = self.api.v1.invoice_payments.list({"invoice": invoice.id, "expand": ["data.payment.payment_intent"]})
        found = listed.data[0].payment.payment_intent
        assert isinstance(found, stripe.PaymentIntent)
        return found

    def told(self) -> list[str]:
        """The types of all events so far, oldest first."""
        return [event.type for event in self.events()]

    def events(self, kind: str = "*") -> list[stripe.Event]:
        """Every event of a kind so far, oldest first."""
        listed = self.api.v1.events.list({"limit": 100, "types": [kind]})
        return list(reversed(list(listed.auto_paging_iter())))

    def told_since(self, before: int) -> list[str]:
        """What was told after the first ``before`` events."""
        return self.told()[before:]


def item_of(subscription: stripe.Subscription) -> Any:
    """The one item of a subscription; ``items`` of a StripeObject is its method."""
    return subscription["items"].data[0]
