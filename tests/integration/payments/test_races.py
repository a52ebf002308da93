"""Many at once: one page, one charge, one gift, one refund. Each with its negative control."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection

from payments import operations
from payments.models import Charge, Donation, ProviderCall, Receipt, ReceiptCounter, Refund
from payments.operations import OverRefund, Started
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.donors import make_donor
from tests.factories.ledger import make_books
from tests.factories.payments import begin, checkout_ref, give, make_staff
from tests.factories.time import NOW
from tests.support.database import CommittedDatabase

pytestmark = [pytest.mark.money, pytest.mark.slow]

AT_ONCE = 20


def at_once(act: Callable[[int], object], times: int = AT_ONCE) -> list[object]:
    """Call `act` in as many threads, all let go at the same moment, each with its own database connection."""
    gate = threading.Barrier(times)

    def one(number: int) -> object:
        try:
            gate.wait(timeout=30)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(one, range(times)))


def pages(sandbox: Client) -> int:
    return len(sandbox.stripe_client().v1.checkout.sessions.list({"limit": 100}).data)


def start_together(donor_id: int) -> list[object]:
    return at_once(lambda _: begin(donor_id=donor_id))


def test_twenty_submits_make_one_page(committed_db: CommittedDatabase, sandbox: Client) -> None:
    make_books(now=NOW)
    started = start_together(make_donor())
    assert len({each.checkout_url for each in started if isinstance(each, Started)}) == 1
    assert (Donation.objects.count(), ProviderCall.objects.count(), pages(sandbox)) == (1, 1, 1)
    assert Donation.objects.get().lines.count() == 1


def test_without_claim_and_stored_key_there_are_many_pages(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the claim always granted, the key always new, and the race shows."""
    make_books(now=NOW)
    keys = iter(range(10_000))
    monkeypatch.setattr("payments.operations.checkout.claim", lambda *, key, **_: ProviderCall(key=key))
    monkeypatch.setattr("payments.operations.checkout.checkout_key", lambda **_: f"new-key:{next(keys)}")
    start_together(make_donor())
    assert pages(sandbox) > 1


def test_the_key_alone_makes_one_page_too(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two belts: with the claim gone, the stored key still leads everyone to the same page."""
    make_books(now=NOW)
    monkeypatch.setattr("payments.operations.checkout.claim", lambda *, key, **_: ProviderCall(key=key))

    def patient(_: int, donor_id: int = make_donor()) -> object:
        try:
            return begin(donor_id=donor_id)
        except operations.ProviderUnavailable:
            return None

    at_once(patient)
    assert pages(sandbox) == 1


def test_settling_at_once_books_one_gift(committed_db: CommittedDatabase, sandbox: Client) -> None:
    make_books(now=NOW)
    started = begin()
    sandbox.pay(checkout_ref(started))
    states = at_once(lambda _: operations.settle(donation_id=started.donation_id, now=NOW), times=8)
    assert set(states) == {DonationState.SETTLED}
    assert (Charge.objects.count(), Receipt.objects.count()) == (1, 1)


def test_receipts_at_once_have_no_gap(committed_db: CommittedDatabase, sandbox: Client) -> None:
    make_books(now=NOW)
    donor_id = make_donor()
    begun = [begin(intent_key=f"intent-{number}", donor_id=donor_id) for number in range(8)]
    for each in begun:
        sandbox.pay(checkout_ref(each))
    at_once(lambda number: operations.settle(donation_id=begun[number].donation_id, now=NOW), times=8)
    assert sorted(Receipt.objects.values_list("sequence", flat=True)) == list(range(1, 9))


def test_without_the_counters_lock_numbers_collide(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a counter read without its lock gives a number twice, and the database refuses it."""
    make_books(now=NOW)
    donor_id = make_donor()
    begun = [begin(intent_key=f"intent-{number}", donor_id=donor_id) for number in range(8)]
    for each in begun:
        sandbox.pay(checkout_ref(each))
    meet = threading.Barrier(8, timeout=10)

    def unlocked(*, donee: object, year: int) -> int:
        last = ReceiptCounter.objects.filter(year=year).values_list("last_number", flat=True).first() or 0
        meet.wait()
        return last + 1

    monkeypatch.setattr("payments.operations.issue._next_number", unlocked)
    failed = at_once(lambda number: _fails(begun[number].donation_id), times=8)
    assert any(failed)


def _fails(donation_id: int) -> bool:
    try:
        operations.settle(donation_id=donation_id, now=NOW)
    except IntegrityError:
        return True
    return False


def test_refunds_at_once_never_give_back_more_than_came(committed_db: CommittedDatabase, sandbox: Client) -> None:
    make_books(now=NOW)
    donation = give(sandbox=sandbox)
    staff = make_staff()

    def back(number: int) -> bool:
        try:
            operations.refund_donation(
                donation_id=donation.pk,
                amount_minor=20_000,
                reason="dwie osoby naraz",
                actor=staff,
                request_key=f"form-{number}",
                now=NOW,
            )
        except OverRefund:
            return False
        return True

    assert sum(bool(each) for each in at_once(back, times=6)) == 1
    assert Refund.objects.count() == 1


def test_a_double_click_at_once_is_one_refund(committed_db: CommittedDatabase, sandbox: Client) -> None:
    make_books(now=NOW)
    donation = give(sandbox=sandbox)
    staff = make_staff()
    refunds = at_once(
        lambda _: (
            operations.refund_donation(
                donation_id=donation.pk, amount_minor=500, reason="klik", actor=staff, request_key="form", now=NOW
            ).pk
        ),
        times=6,
    )
    assert len(set(refunds)) == 1
    assert sum(charge.amount_refunded for charge in sandbox.stripe_client().v1.charges.list().data) == 500
