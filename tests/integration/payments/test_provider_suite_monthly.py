"""The provider's contract with us for gifts that come again: the same suite against the sandbox and, by choice, Stripe."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from payments.failures import FailureKind
from payments.provider import (
    CheckoutStatus,
    InvoiceStatus,
    MethodPageRequest,
    NewSubscription,
    ProviderRefused,
    Recurrence,
    RecurringRequest,
    SubscriptionFacts,
    SubscriptionStatus,
)
from payments.provider.requests import CheckoutLine
from tests.integration.payments.test_provider_suite import Account, account

__all__ = ["account"]

BACK = "https://store.example.org/pl/"


def recurring(
    ref: str, *, recurrence: Recurrence = Recurrence.MONTH, first_on_day: int | None = None
) -> RecurringRequest:
    return RecurringRequest(
        monthly_ref=ref,
        terms_ref="7",
        lines=(CheckoutLine(title="Darowizna na cele statutowe - Ciepła noc", unit_minor=5_000, quantity=1),),
        currency="PLN",
        recurrence=recurrence,
        first_on_day=first_on_day,
        description="Darowizna na cele statutowe",
        language="pl",
        success_url=BACK,
        cancel_url=BACK,
        expires_at=datetime.now(tz=UTC) + timedelta(minutes=45),
    )


def customer_with_card(account: Account) -> tuple[str, str]:
    """A customer and a kept test card."""
    client = account._client
    customer = client.v1.customers.create({"metadata": {"made_by": "suite"}})
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    return customer.id, method.id


def begun(account: Account, *, ref: str, day: int = 15, recurrence: Recurrence = Recurrence.MONTH) -> SubscriptionFacts:
    customer, method = customer_with_card(account)
    first = (datetime.now(tz=UTC) + timedelta(days=40)).replace(day=day, hour=10, minute=0, second=0, microsecond=0)
    request = NewSubscription(
        monthly_ref=ref,
        terms_ref="7",
        customer_ref=customer,
        method_ref=method,
        title="Darowizna na cele statutowe",
        amount_minor=5_000,
        currency="PLN",
        recurrence=recurrence,
        day=day,
        first_at=first,
    )
    made = account.provider.create_subscription(request=request, idempotency_key=f"suite:{ref}:create:1")
    again = account.provider.create_subscription(request=request, idempotency_key=f"suite:{ref}:create:1")
    assert made.ref == again.ref
    assert made.trial_end == first - timedelta(seconds=1)
    return made


@pytest.mark.parametrize("recurrence", list(Recurrence))
@pytest.mark.parametrize("day", [None, 31])
def test_a_page_that_begins_a_monthly_gift(account: Account, recurrence: Recurrence, day: int | None) -> None:
    ref = uuid.uuid4().hex
    request = recurring(ref, recurrence=recurrence, first_on_day=day)
    page = account.provider.open_recurring(request=request, idempotency_key=f"suite:{ref}:open:1")
    assert account.provider.open_recurring(request=request, idempotency_key=f"suite:{ref}:open:1").ref == page.ref
    found = account.provider.fetch_checkout(ref=page.ref)
    assert (found.status, found.monthly_ref, found.donation_ref) == (CheckoutStatus.OPEN, ref, "")
    assert (found.subscription_ref, found.keeps_method) == ("", False)
    assert account.provider.expire_checkout(ref=page.ref).status is CheckoutStatus.EXPIRED


def test_a_gift_goes_on_with_a_kept_card_and_nothing_is_taken_before(account: Account) -> None:
    ref = uuid.uuid4().hex
    made = begun(account, ref=ref)
    found = account.provider.fetch_subscription(ref=made.ref)
    assert (found.status, found.monthly_ref, found.terms_ref) == (SubscriptionStatus.TRIALING, ref, "7")
    assert (found.amount_minor, found.currency, found.recurrence) == (5_000, "PLN", Recurrence.MONTH)
    assert found.anchor_at.day == 15
    assert found.method is not None
    assert (found.method.kind, found.method.last4) == ("card", "4242")
    assert found.method.expires is not None
    assert next(iter(account.provider.list_methods(customer_ref=found.customer_ref))).ref == found.method.ref
    taken = [each.amount_due_minor for each in account.provider.list_invoices(subscription_ref=made.ref)]
    assert sum(taken) == 0
    account.provider.cancel_subscription(ref=made.ref, idempotency_key=f"suite:{ref}:cancel:1")


def test_another_sum_a_pause_and_an_end(account: Account) -> None:
    ref = uuid.uuid4().hex
    made = begun(account, ref=ref, recurrence=Recurrence.QUARTER)
    raised = account.provider.change_amount(
        ref=made.ref,
        item_ref=made.item_ref,
        title="Darowizna na cele statutowe - więcej",
        amount_minor=6_000,
        terms_ref="8",
        idempotency_key=f"suite:{ref}:change:1",
    )
    assert (raised.amount_minor, raised.terms_ref, raised.monthly_ref) == (6_000, "8", ref)
    assert (raised.recurrence, raised.anchor_at) == (Recurrence.QUARTER, made.anchor_at)
    until = datetime.now(tz=UTC).replace(microsecond=0) + timedelta(days=60)
    paused = account.provider.pause_subscription(ref=made.ref, resumes_at=until, idempotency_key=f"suite:{ref}:pause:1")
    assert (paused.paused, paused.resumes_at) == (True, until)
    assert not account.provider.resume_subscription(ref=made.ref, idempotency_key=f"suite:{ref}:resume:1").paused
    for attempt in (1, 2):
        ended = account.provider.cancel_subscription(ref=made.ref, idempotency_key=f"suite:{ref}:cancel:{attempt}")
        assert (ended.status, ended.ended_at is not None) == (SubscriptionStatus.CANCELLED, True)
    since = datetime.now(tz=UTC) - timedelta(minutes=5)
    assert made.ref in {each.ref for each in islice(account.provider.list_subscriptions(created_since=since), 20)}


def test_an_invoice_with_its_charge(account: Account) -> None:
    """A renewal can't be waited for: the gift is made directly, to be taken now."""
    customer, method = customer_with_card(account)
    product = account._client.v1.products.create({"name": "Suite"})
    made = account._client.v1.subscriptions.create(
        {
            "customer": customer,
            "default_payment_method": method,
            "items": [
                {
                    "price_data": {
                        "currency": "pln",
                        "product": product.id,
                        "unit_amount": 5_000,
                        "recurring": {"interval": "month"},
                    }
                }
            ],
            "metadata": {"monthly_gift": "1", "terms": "2"},
        }
    )
    facts = account.provider.fetch_subscription(ref=made.id)
    invoice = account.provider.fetch_invoice(ref=facts.latest_invoice_ref)
    assert (invoice.status, invoice.amount_paid_minor, invoice.subscription_ref) == (
        InvoiceStatus.PAID,
        5_000,
        made.id,
    )
    assert (invoice.monthly_ref, invoice.terms_ref) == ("1", "2")
    assert (invoice.period_start, invoice.period_end) == (facts.period_start, facts.period_end)
    charge = invoice.charges[0]
    assert (charge.amount_minor, charge.invoice_ref) == (5_000, invoice.ref)
    assert charge.movement is not None
    assert account.provider.fetch_charge(ref=charge.ref).invoice_ref == invoice.ref
    assert account.provider.fetch_payment(ref=charge.payment_ref).invoice_ref == invoice.ref
    with pytest.raises(ProviderRefused):
        account.provider.void_invoice(ref=invoice.ref, idempotency_key=f"suite:{invoice.ref}:void:1")
    account.provider.cancel_subscription(ref=made.id, idempotency_key=f"suite:{made.id}:cancel:1")


def test_a_page_that_keeps_a_card(account: Account) -> None:
    ref = uuid.uuid4().hex
    customer, _ = customer_with_card(account)
    for of in (customer, ""):
        page = account.provider.open_method_page(
            request=MethodPageRequest(
                monthly_ref=ref, customer_ref=of, currency="PLN", language="pl", success_url=BACK, cancel_url=BACK
            ),
            idempotency_key=f"suite:{ref}:{of}:method:1",
        )
        found = account.provider.fetch_checkout(ref=page.ref)
        assert (found.keeps_method, found.method_ref, found.monthly_ref) == (True, "", ref)


def test_what_does_not_exist_is_not_found(account: Account) -> None:
    for ask in (account.provider.fetch_subscription, account.provider.fetch_invoice):
        with pytest.raises(ProviderRefused) as refused:
            ask(ref="nothing_of_this_name")
        assert refused.value.kind is FailureKind.NOT_FOUND
    with pytest.raises(ProviderRefused):
        account.provider.cancel_subscription(ref="nothing_of_this_name", idempotency_key="suite:x:cancel:1")
