"""Many at once: one page, one charge, one gift, one refund. Each with its negative control."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, connection

from core.models import User
from payments import current_provider, operations
from payments.models import Charge, Donation, ProviderCall, Receipt, ReceiptCounter, Refund
from payments.operations import OverRefund, Started, book_charge, refund
from payments.operations.book_charge import book_charge_on_its_own
from payments.provider import ChargeFacts
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
            gate.wait(timeout=60)
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
    monkeypatch.setattr("payments.operations.one_page.claim", lambda *, key, **_: ProviderCall(key=key))
    monkeypatch.setattr("payments.operations.checkout.checkout_key", lambda **_: f"new-key:{next(keys)}")
    start_together(make_donor())
    assert pages(sandbox) > 1


def test_the_key_alone_makes_one_page_too(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two belts: with the claim gone, the stored key still leads everyone to the same page."""
    make_books(now=NOW)
    monkeypatch.setattr("payments.operations.one_page.claim", lambda *, key, **_: ProviderCall(key=key))

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
    # eight donors, since the writing of one donor's statutory records takes turns by itself
    donors = [make_donor(email=f"donor-{number}@example.org") for number in range(8)]
    begun = [begin(intent_key=f"intent-{number}", donor_id=donors[number]) for number in range(8)]
    for each in begun:
        sandbox.pay(checkout_ref(each))
    meet = threading.Barrier(8, timeout=60)

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


def test_without_the_lock_two_refunds_hold_more_than_came(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both read what is left before either has written."""
    make_books(now=NOW)
    donation = give(sandbox=sandbox)
    staff = make_staff()
    meet = threading.Barrier(2, timeout=60)
    count = refund.refundable_minor

    def unlocked(charge_id: int) -> Charge:
        return Charge.objects.get(pk=charge_id)

    def counted_together(*, charge: Charge) -> int:
        left = count(charge=charge)
        meet.wait()
        return left

    monkeypatch.setattr(refund, "_locked", unlocked)
    monkeypatch.setattr(refund, "refundable_minor", counted_together)
    at_once(lambda number: _refunds(donation.pk, staff, number), times=2)
    assert Refund.objects.count() == 2


def _refunds(donation_id: int, staff: User, number: int) -> None:
    with suppress(operations.ProviderRefused):
        operations.refund_donation(
            donation_id=donation_id,
            amount_minor=20_000,
            reason="naraz",
            actor=staff,
            request_key=f"form-{number}",
            now=NOW,
        )


def two_charges(sandbox: Client) -> list[ChargeFacts]:
    """Two payments of one donation, neither of them booked."""
    started = begin()
    sandbox.pay(checkout_ref(started))
    sandbox.pay(checkout_ref(started), though_closed=True)
    refs = [charge.id for charge in sandbox.stripe_client().v1.charges.list().data]
    return [current_provider().fetch_charge(ref=ref) for ref in refs]


def test_two_charges_at_once_are_one_gift_and_one_unmatched(committed_db: CommittedDatabase, sandbox: Client) -> None:
    make_books(now=NOW)
    facts = two_charges(sandbox)
    assert len(facts) == 2
    at_once(lambda number: book_charge_on_its_own(facts=facts[number], now=NOW), times=2)
    assert sorted(Charge.objects.values_list("outcome", flat=True)) == ["gift", "unmatched"]


def test_without_the_donations_lock_the_second_is_refused_by_the_database(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both take themselves for the gift, and only the unique index stands between."""
    make_books(now=NOW)
    facts = two_charges(sandbox)
    meet = threading.Barrier(2, timeout=60)
    decide = book_charge.why_not_a_gift

    def unlocked(*, donation_ref: str) -> Donation:
        return Donation.objects.get(pk=int(donation_ref))

    def decided_together(**given: Any) -> object:
        reason = decide(**given)
        meet.wait()
        return reason

    monkeypatch.setattr(book_charge, "donation_of", unlocked)
    monkeypatch.setattr(book_charge, "why_not_a_gift", decided_together)
    failed = at_once(lambda number: _books(facts[number]), times=2)
    assert sorted(map(bool, failed)) == [False, True]
    assert Charge.objects.count() == 1


def _books(facts: ChargeFacts) -> bool:
    """True when the database refused."""
    try:
        book_charge_on_its_own(facts=facts, now=NOW)
    except IntegrityError:
        return True
    return False
