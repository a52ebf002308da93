"""The rest of the provider's contract with us: disputes, warnings of fraud, payouts; against the sandbox, and a real test
account if its key is in the environment, as in test_provider_suite."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from payments.failures import FailureKind
from payments.provider import (
    DisputeFacts,
    DisputeStatus,
    FraudWarningFacts,
    MovementKind,
    PayoutStatus,
    ProviderRefused,
)
from payments.stripe import StripeProvider
from stripe_sandbox.testing import Client, start_in_thread
from tests.integration.payments.test_provider_suite import REAL_BASE, REAL_KEY, adapter

PATIENCE = 60


@dataclass
class Account:
    """An account at the provider, and how a bank comes to act there: on the sandbox when it is told to."""

    provider: StripeProvider
    sandbox: Client | None

    def pays(self, card: str) -> str:
        """A charge of 40.00 zł with one of the test cards that Stripe knows by name."""
        payment = self.provider._client.v1.payment_intents.create(
            {
                "amount": 4_000,
                "currency": "pln",
                "payment_method": card,
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )
        if self.sandbox is not None:
            self.sandbox.release("dispute_opens")
            self.sandbox.release("fraud_is_reported")
        return str(payment.latest_charge)

    def until(
        self, find: Callable[[], "DisputeFacts | FraudWarningFacts | None"]
    ) -> "DisputeFacts | FraudWarningFacts":
        """What `find` finds in the end: a real account takes some seconds."""
        deadline = time.monotonic() + PATIENCE
        while (found := find()) is None:
            assert time.monotonic() < deadline
            time.sleep(2)
        return found


@pytest.fixture(params=["sandbox", *(["stripe"] if REAL_KEY else [])])
def account(request: pytest.FixtureRequest) -> Iterator[Account]:
    if request.param == "stripe":
        assert REAL_KEY.startswith(("sk_test_", "rk_test_")), "never run this with a live key"
        request.getfixturevalue("socket_enabled")
        yield Account(adapter(api_key=REAL_KEY, api_base=REAL_BASE), None)
        return
    with start_in_thread(seed=None) as client:
        yield Account(adapter(api_key=client.key, api_base=client.url), client)


def lately() -> datetime:
    return datetime.now(tz=UTC) - timedelta(minutes=5)


def dispute_of(account: Account, charge: str) -> DisputeFacts | None:
    return next(
        (one for one in account.provider.list_disputes(created_since=lately()) if one.charge_ref == charge), None
    )


def test_a_dispute_takes_the_money_and_is_answered(account: Account) -> None:
    charge = account.pays("pm_card_createDispute")
    listed = account.until(lambda: dispute_of(account, charge))
    assert isinstance(listed, DisputeFacts)
    assert (listed.status, listed.amount_minor, listed.currency) == (DisputeStatus.NEEDS_RESPONSE, 4_000, "PLN")
    assert listed.answer_by is not None
    (taken,) = listed.movements
    assert (taken.kind, taken.category, taken.amount_minor) == (MovementKind.DISPUTE, "dispute", -4_000)
    assert taken.source_ref == listed.ref
    with pytest.raises(ProviderRefused):
        account.provider.refund(charge_ref=charge, amount_minor=100, own_ref="1", idempotency_key=uuid.uuid4().hex)
    key = uuid.uuid4().hex
    for _again in range(2):
        answered = account.provider.answer_dispute(ref=listed.ref, text="winning_evidence", idempotency_key=key)
        assert answered.answers == 1
    assert answered.status in (DisputeStatus.WON, DisputeStatus.UNDER_REVIEW)


def test_a_loss_is_accepted(account: Account) -> None:
    charge = account.pays("pm_card_createDisputeProductNotReceived")
    listed = account.until(lambda: dispute_of(account, charge))
    assert isinstance(listed, DisputeFacts)
    closed = account.provider.accept_dispute(ref=listed.ref, idempotency_key=uuid.uuid4().hex)
    assert closed.status is DisputeStatus.LOST
    with pytest.raises(ProviderRefused):
        account.provider.answer_dispute(ref=listed.ref, text="too late", idempotency_key=uuid.uuid4().hex)


def test_an_inquiry_takes_nothing(account: Account) -> None:
    charge = account.pays("pm_card_createDisputeInquiry")
    listed = account.until(lambda: dispute_of(account, charge))
    assert isinstance(listed, DisputeFacts)
    assert (listed.status, listed.movements) == (DisputeStatus.INQUIRY, ())


def test_a_bank_warns(account: Account) -> None:
    charge = account.pays("pm_card_createIssuerFraudRecord")

    def find() -> FraudWarningFacts | None:
        listed = account.provider.list_fraud_warnings(created_since=lately())
        return next((one for one in listed if one.charge_ref == charge), None)

    warning = account.until(find)
    assert isinstance(warning, FraudWarningFacts)
    assert account.provider.fetch_fraud_warning(ref=warning.ref) == warning
    assert warning.actionable


def test_what_does_not_exist_is_not_found(account: Account) -> None:
    for ask in (account.provider.fetch_dispute, account.provider.fetch_payout, account.provider.fetch_fraud_warning):
        with pytest.raises(ProviderRefused) as refused:
            ask(ref="nothing_of_this_name")
        assert refused.value.kind is FailureKind.NOT_FOUND


def test_payouts_are_listed_with_their_parts(account: Account) -> None:
    """A real test account's payouts are whatever it has; the sandbox's is made here."""
    if account.sandbox is not None:
        account.pays("pm_card_visa")
        account.sandbox.advance(days=4)
        account.sandbox.payout()
        account.sandbox.advance(days=2)
    since = datetime.now(tz=UTC) - timedelta(days=60)
    for payout in list(account.provider.list_payouts(created_since=since))[:5]:
        assert payout.status in PayoutStatus
        assert account.provider.fetch_payout(ref=payout.ref) == payout
        if payout.reconciled:
            parts = list(account.provider.list_payout_parts(ref=payout.ref))
            assert sum(part.net_minor for part in parts) == payout.amount_minor
    assert account.sandbox is None or payout.status is PayoutStatus.PAID
