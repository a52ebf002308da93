"""What banks do in the demo's story: a payout arrives, and a dispute waits for the reader."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings

from payments import queries
from payments.models import DisputeState, PayoutState
from shop.demo.content.bank import plan_bank
from shop.demo.content.months import Months
from shop.demo.content.sandbox import SandboxHand
from stripe_sandbox.testing import Client, start_in_thread
from tests.factories.payments import give
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[Client]:
    """A sandbox some weeks before the tests' today."""
    with start_in_thread(seed=None) as client:
        client.clock(now=int((NOW - timedelta(days=45)).timestamp()), stopped=True)
        settings.STRIPE_API_BASE, settings.STRIPE_API_KEY = client.url, client.key
        yield client


def test_a_payout_arrives_and_a_dispute_waits(sandbox: Client) -> None:
    give(sandbox=sandbox, now=NOW - timedelta(days=45))
    for _at, act in sorted(
        plan_bank(months=Months(now=NOW), sandbox=SandboxHand(sandbox.url)), key=lambda step: step[0]
    ):
        act()
    (payout,) = queries.payouts_for_staff()
    assert (payout.state, payout.parts_minor) == (PayoutState.PAID, payout.amount_minor)
    (dispute,) = queries.disputes_for_staff()
    assert (dispute.state, dispute.can_be_answered) == (DisputeState.NEEDS_RESPONSE, True)
    assert [row.dispute_id for row in queries.matters_for_staff()] == [dispute.dispute_id]
