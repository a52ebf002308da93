"""The provider's contract with us, through the adapter: against the sandbox, and against a real test account if its key
is in the environment (STRIPE_TEST_SECRET_KEY); without it the run's summary says that it was not done (see conftest)."""

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from payments.failures import FailureKind
from payments.provider import (
    ChargeStatus,
    CheckoutLine,
    CheckoutRequest,
    CheckoutStatus,
    Provider,
    ProviderRefused,
    RefundStatus,
)
from payments.stripe import StripeProvider
from stripe_sandbox.testing import start_in_thread

REAL_KEY = os.environ.get("STRIPE_TEST_SECRET_KEY", "")
REAL_BASE = "https://api.stripe.com"


def adapter(*, api_key: str, api_base: str) -> StripeProvider:
    return StripeProvider(
        api_key=api_key,
        api_base=api_base,
        webhook_secrets=("whsec_unused",),
        account="",
        livemode=False,
        timeout=(5, 25),
    )


class Account:
    """An account at the provider, and how a payment comes about there."""

    def __init__(self, provider: StripeProvider) -> None:
        self.provider: Provider = provider
        self._client = provider._client

    def paid_charge(self, *, amount_minor: int, donation_ref: str) -> str:
        """A charge that a test card paid. A hosted page can't be filled in by a program, so the payment is made directly."""
        payment = self._client.v1.payment_intents.create(
            {
                "amount": amount_minor,
                "currency": "pln",
                "payment_method": "pm_card_visa",
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "metadata": {"donation": donation_ref},
            }
        )
        return str(payment.latest_charge)


@pytest.fixture(params=["sandbox", *(["stripe"] if REAL_KEY else [])])
def account(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    if request.param == "stripe":
        assert REAL_KEY.startswith(("sk_test_", "rk_test_")), "never run this with a live key"
        request.getfixturevalue("socket_enabled")
        yield Account(adapter(api_key=REAL_KEY, api_base=REAL_BASE))
        return
    with start_in_thread(seed=None) as client:
        yield Account(adapter(api_key=client.key, api_base=client.url))


def request_for(donation_ref: str, *, opened: datetime | None = None) -> CheckoutRequest:
    now = opened or datetime.now(tz=UTC)
    return CheckoutRequest(
        donation_ref=donation_ref,
        lines=(
            CheckoutLine(title="Darowizna na cele statutowe - Ciepła noc", unit_minor=18_500, quantity=2),
            CheckoutLine(title="Darowizna na koszt płatności", unit_minor=665, quantity=1),
        ),
        currency="PLN",
        description="Darowizna na cele statutowe",
        language="pl",
        success_url="https://store.example.org/pl/thank-you/x/",
        cancel_url="https://store.example.org/pl/basket/",
        expires_at=now + timedelta(minutes=45),
    )


def test_a_page_is_opened_fetched_and_closed(account: Account) -> None:
    ref = uuid.uuid4().hex
    opened = account.provider.open_checkout(request=request_for(ref), idempotency_key=f"suite:{ref}:open:1")
    assert (opened.status, opened.amount_minor, opened.currency) == (CheckoutStatus.OPEN, 37_665, "PLN")
    assert opened.url
    fetched = account.provider.fetch_checkout(ref=opened.ref)
    assert (fetched.donation_ref, fetched.paid, fetched.livemode) == (ref, False, False)
    assert account.provider.expire_checkout(ref=opened.ref).status is CheckoutStatus.EXPIRED
    with pytest.raises(ProviderRefused):
        account.provider.expire_checkout(ref=opened.ref)


def test_the_same_key_is_the_same_page(account: Account) -> None:
    ref = uuid.uuid4().hex
    request = request_for(ref)
    first, again = (
        account.provider.open_checkout(request=request, idempotency_key=f"suite:{ref}:open:1") for _ in range(2)
    )
    assert first.ref == again.ref
    other = request_for(ref, opened=datetime.now(tz=UTC) + timedelta(hours=1))
    with pytest.raises(ProviderRefused) as refused:
        account.provider.open_checkout(request=other, idempotency_key=f"suite:{ref}:open:1")
    assert refused.value.kind is FailureKind.KEY_REUSED


def test_pages_are_listed_newest_first(account: Account) -> None:
    since = datetime.now(tz=UTC) - timedelta(minutes=5)
    refs = []
    for _ in range(2):
        ref = uuid.uuid4().hex
        account.provider.open_checkout(request=request_for(ref), idempotency_key=f"suite:{ref}:open:1")
        refs.append(ref)
    listed = [page.donation_ref for page in islice(account.provider.list_checkouts(created_since=since), 2)]
    assert sorted(listed) == sorted(refs)


def test_a_charge_has_its_movement(account: Account) -> None:
    ref = uuid.uuid4().hex
    charge = account.provider.fetch_charge(ref=account.paid_charge(amount_minor=37_000, donation_ref=ref))
    assert (charge.status, charge.amount_minor, charge.currency) == (ChargeStatus.SUCCEEDED, 37_000, "PLN")
    assert charge.donation_ref == ref
    assert charge.movement is not None
    assert charge.movement.net_minor == charge.movement.amount_minor - charge.movement.fee_minor
    payment = account.provider.fetch_payment(ref=charge.payment_ref)
    assert payment.charge is not None
    assert (payment.donation_ref, payment.charge.ref) == (ref, charge.ref)
    recent = account.provider.list_movements(created_since=charge.created_at - timedelta(minutes=5))
    assert charge.movement.ref in {movement.ref for movement in islice(recent, 20)}


def test_refunds_in_part_and_no_more_than_came(account: Account) -> None:
    charge_ref = account.paid_charge(amount_minor=1_000, donation_ref="x")
    unique = uuid.uuid4().hex
    first, second = (
        account.provider.refund(
            charge_ref=charge_ref, amount_minor=400, own_ref=own, idempotency_key=f"suite:{unique}:{own}"
        )
        for own in ("1", "2")
    )
    assert first.ref != second.ref
    assert account.provider.fetch_refund(ref=first.ref).own_ref == "1"
    assert {each.own_ref for each in account.provider.list_refunds(charge_ref=charge_ref)} == {"1", "2"}
    assert first.status in (RefundStatus.SUCCEEDED, RefundStatus.PENDING)
    with pytest.raises(ProviderRefused):
        account.provider.refund(
            charge_ref=charge_ref, amount_minor=400, own_ref="3", idempotency_key=f"suite:{unique}:3"
        )


def test_what_does_not_exist_is_not_found(account: Account) -> None:
    for ask in (account.provider.fetch_checkout, account.provider.fetch_charge, account.provider.fetch_refund):
        with pytest.raises(ProviderRefused) as refused:
            ask(ref="nothing_of_this_name")
        assert refused.value.kind is FailureKind.NOT_FOUND


def test_undelivered_events_can_be_listed(account: Account) -> None:
    events = list(islice(account.provider.list_undelivered_events(after=""), 5))
    assert all(event.ref.startswith("evt_") for event in events)


def test_a_wrong_key_is_told_apart(account: Account) -> None:
    base = account.provider._client._requestor._options.base_addresses["api"]  # type: ignore[attr-defined]  # the adapter's own client
    with pytest.raises(ProviderRefused) as refused:
        adapter(api_key="sk_test_of_nobody_at_all", api_base=str(base)).fetch_charge(ref="ch_1")
    assert refused.value.kind in (FailureKind.NOT_AUTHENTICATED, FailureKind.NOT_FOUND)
