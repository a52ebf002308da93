"""Notices of a renewal that stands in the books are closed together; all others wait to be acted on."""

from datetime import timedelta

import pytest

from payments.models import EventState, ProviderEvent
from payments.operations.coalesce import close_known
from payments.operations.monthly import settle_monthly
from stripe_sandbox.testing import Client
from tests.factories.monthly import make_trouble
from tests.factories.monthly_life import begin_monthly, give_monthly, page_of
from tests.factories.payments import begin, books, checkout_ref, deliver, events_of, give
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

LATER = NOW + timedelta(minutes=2)
CLOSED = {"charge.updated", "payment_intent.succeeded", "invoice.paid", "invoice_payment.paid"}


def tell_all(sandbox: Client) -> None:
    for event in events_of(sandbox):
        deliver(sandbox=sandbox, event=event)


def waiting() -> set[str]:
    return set(ProviderEvent.objects.filter(state=EventState.PENDING).values_list("type", flat=True))


def test_what_is_booked_is_closed_in_one_go(sandbox: Client) -> None:
    give_monthly(sandbox=sandbox)
    tell_all(sandbox)
    before, told = books(), waiting()
    assert told >= CLOSED
    assert close_known(now=LATER) >= len(CLOSED)
    assert waiting() == told - CLOSED
    assert books() == before
    assert ProviderEvent.objects.filter(state=EventState.PROCESSED, processed_at=LATER).exists()


def test_what_is_not_booked_waits_for_a_worker(sandbox: Client) -> None:
    sandbox.pay(page_of(begin_monthly()))
    tell_all(sandbox)
    told = waiting()
    assert close_known(now=LATER) == 0
    assert waiting() == told


def test_a_renewal_with_trouble_is_looked_at(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    tell_all(sandbox)
    make_trouble(gift=gift, invoice_ref=gift.donations.get().invoice_ref)
    close_known(now=LATER)
    assert {"invoice.paid", "invoice_payment.paid"} <= waiting()


def test_a_settled_single_gift_s_payment_is_known_and_its_page_is_looked_at(sandbox: Client) -> None:
    give(sandbox=sandbox)
    tell_all(sandbox)
    told = waiting()
    close_known(now=LATER)
    assert told - waiting() == {"charge.updated", "payment_intent.succeeded"}
    assert "checkout.session.completed" in waiting()


def test_a_single_gift_that_is_not_settled_waits(sandbox: Client) -> None:
    sandbox.pay(checkout_ref(begin()))
    tell_all(sandbox)
    assert close_known(now=LATER) == 0


def test_what_came_a_moment_ago_is_left_to_its_hint(sandbox: Client) -> None:
    settle_monthly(gift_id=give_monthly(sandbox=sandbox).pk, now=NOW)
    tell_all(sandbox)
    assert close_known(now=NOW) == 0
