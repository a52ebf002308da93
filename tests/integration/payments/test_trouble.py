"""What goes wrong between us and the provider: nothing is charged twice, nothing is lost, and the donor is told."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from payments import operations
from payments.failures import FailureKind
from payments.models import CallOutcome, Donation, ProviderCall
from payments.operations import IntentReused, ProviderRefused, ProviderUnavailable
from payments.states import DonationState
from payments.stripe import CONNECT_AND_READ_SECONDS
from stripe_sandbox.testing import Client
from tests.factories.payments import FOREST_GIFT, begin, checkout_ref
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

SESSIONS = "*checkout/sessions*"


def pages(sandbox: Client) -> int:
    return len(sandbox.stripe_client().v1.checkout.sessions.list({"limit": 100}).data)


@pytest.mark.parametrize("when", ["before", "after"])
def test_one_lost_answer_is_made_good_by_the_same_key(sandbox: Client, when: str) -> None:
    sandbox.fault("timeout", method="POST", path=SESSIONS, when=when)
    assert begin().state is DonationState.CHECKOUT_OPEN
    assert pages(sandbox) == 1


def test_no_answer_at_all_leaves_a_draft_that_the_sweeper_resolves(sandbox: Client, settings: Settings) -> None:
    settings.STRIPE_TIMEOUT = (5, 0.3)
    sandbox.fault("timeout", method="POST", path=SESSIONS, when="before", seconds=1, times=None)
    with pytest.raises(ProviderUnavailable) as unavailable:
        begin()
    assert unavailable.value.kind is FailureKind.TIMED_OUT
    assert Donation.objects.get().state == DonationState.DRAFT
    assert ProviderCall.objects.get().outcome == CallOutcome.UNKNOWN
    sandbox.clear_faults()
    settings.STRIPE_TIMEOUT = CONNECT_AND_READ_SECONDS
    operations.sweep(now=NOW + timedelta(minutes=3))
    assert Donation.objects.get().state == DonationState.CHECKOUT_OPEN
    assert pages(sandbox) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_asking_again_after_the_providers_own_fault(sandbox: Client, when: str) -> None:
    """The provider keeps a 500 under its key and repeats it: what was made is found, what was not is asked for anew."""
    sandbox.fault("error", method="POST", path=SESSIONS, status=500, when=when)
    with pytest.raises(ProviderUnavailable):
        begin()
    again = begin()
    assert again.state is DonationState.CHECKOUT_OPEN
    assert (Donation.objects.count(), pages(sandbox)) == (1, 1)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, FailureKind.RATE_LIMITED),
        (409, FailureKind.STILL_PENDING),
        (500, FailureKind.PROVIDER_FAULT),
        (503, FailureKind.PROVIDER_FAULT),
    ],
)
def test_what_may_pass_leaves_a_draft(sandbox: Client, status: int, kind: FailureKind) -> None:
    sandbox.fault("error", method="POST", path=SESSIONS, status=status, times=None)
    with pytest.raises(ProviderUnavailable) as unavailable:
        begin()
    assert unavailable.value.kind is kind
    assert unavailable.value.telling.donor
    assert Donation.objects.get().state == DonationState.DRAFT


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FailureKind.INVALID_REQUEST),
        (401, FailureKind.NOT_AUTHENTICATED),
        (402, FailureKind.CARD_DECLINED),
        (403, FailureKind.NOT_PERMITTED),
    ],
)
def test_a_clear_no_fails_the_donation(sandbox: Client, status: int, kind: FailureKind) -> None:
    sandbox.fault("error", method="POST", path=SESSIONS, status=status, times=None)
    with pytest.raises(ProviderRefused) as refused:
        begin()
    assert refused.value.kind is kind
    assert Donation.objects.get().state == DonationState.FAILED
    again = begin()
    assert (again.state, again.checkout_url) == (DonationState.FAILED, None)


def test_an_intent_can_not_be_reused_for_something_else(sandbox: Client) -> None:
    begin()
    with pytest.raises(IntentReused):
        begin(lines=(FOREST_GIFT,))
    assert pages(sandbox) == 1


def test_a_page_past_its_time_is_looked_at_again(sandbox: Client) -> None:
    started = begin()
    later = NOW + timedelta(hours=1)
    sandbox.clock(now=int(later.timestamp()), stopped=True)
    assert operations.sweep(now=later).donations == 1
    assert Donation.objects.get().state == DonationState.EXPIRED
    assert operations.sweep(now=later).donations == 0
    assert begin().checkout_url is None
    assert started.checkout_url is not None


def test_a_payment_that_no_webhook_told_of_is_found_by_the_sweeper(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started))
    operations.sweep(now=NOW + timedelta(hours=1))
    assert Donation.objects.get().state == DonationState.SETTLED


def test_a_draft_that_the_provider_never_heard_of_ends_at_night(sandbox: Client) -> None:
    sandbox.fault("error", method="POST", path=SESSIONS, status=503, times=None)
    with pytest.raises(ProviderUnavailable):
        begin()
    later = NOW + timedelta(hours=25)
    operations.compare_with_provider(now=later)
    assert Donation.objects.get().state == DonationState.EXPIRED
    assert pages(sandbox) == 0
