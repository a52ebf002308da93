"""Many at once: one commitment, one page, one donation for an invoice. Each with its negative control."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError

from payments import operations
from payments.models import Charge, Donation, MonthlyGift, MonthlyMove, MonthlyTerms, ProviderCall, Receipt
from payments.operations.monthly import StartedMonthly, apply_invoice, invoices, settle_monthly
from payments.provider import InvoiceFacts
from stripe_sandbox.testing import Client
from tests.factories.donors import make_donor
from tests.factories.ledger import make_books
from tests.factories.monthly_life import begin_monthly, give_monthly, move_clock, page_of
from tests.factories.time import NOW
from tests.integration.payments.test_races import AT_ONCE, at_once, pages
from tests.support.database import CommittedDatabase

pytestmark = [pytest.mark.money, pytest.mark.slow]

SECOND = datetime(2026, 12, 21, 15, tzinfo=UTC)
TEN = 10


def renewed(sandbox: Client) -> str:
    """A monthly gift whose second invoice is paid, and not applied: its id."""
    give_monthly(sandbox=sandbox)
    move_clock(sandbox, to=SECOND)
    return sandbox.stripe_client().v1.invoices.list().data[0].id


def test_twenty_submits_make_one_commitment_and_one_page(committed_db: CommittedDatabase, sandbox: Client) -> None:
    make_books(now=NOW)
    donor_id = make_donor()
    started = at_once(lambda _: begin_monthly(donor_id=donor_id))
    assert len({each.checkout_url for each in started if isinstance(each, StartedMonthly)}) == 1
    assert len(started) == AT_ONCE
    assert (MonthlyGift.objects.count(), MonthlyTerms.objects.count(), pages(sandbox)) == (1, 1, 1)
    assert ProviderCall.objects.get().tries == 1


def test_without_claim_and_stored_key_there_are_many_pages(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the claim always granted, the key always new."""
    make_books(now=NOW)
    donor_id = make_donor()
    keys = iter(range(10_000))
    monkeypatch.setattr("payments.operations.one_page.claim", lambda *, key, **_: ProviderCall(key=key))
    monkeypatch.setattr("payments.operations.monthly.checkout.page_key", lambda **_: f"new-key:{next(keys)}")
    at_once(lambda _: begin_monthly(donor_id=donor_id))
    assert pages(sandbox) > 1


def test_one_invoice_by_ten_is_one_donation(committed_db: CommittedDatabase, sandbox: Client) -> None:
    make_books(now=NOW)
    ref = renewed(sandbox)
    at_once(lambda _: apply_invoice(ref=ref, now=SECOND), times=TEN)
    assert Donation.objects.filter(invoice_ref=ref).count() == 1
    assert (Charge.objects.count(), Receipt.objects.count()) == (2, 2)


def test_without_the_gifts_lock_the_database_refuses_the_others(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: two see that there is no donation yet, and only the unique key stands between."""
    make_books(now=NOW)
    ref = renewed(sandbox)
    meet = threading.Barrier(2, timeout=60)
    decide = invoices.why_not_a_renewal

    def decided_together(**given: Any) -> object:
        reason = decide(**given)
        meet.wait()
        return reason

    monkeypatch.setattr(invoices, "lock_gift", lambda *, gift_id: MonthlyGift.objects.get(pk=gift_id))
    monkeypatch.setattr(invoices, "why_not_a_renewal", decided_together)
    refused = at_once(lambda _: _refused(ref), times=2)
    assert sorted(map(bool, refused)) == [False, True]
    assert Donation.objects.filter(invoice_ref=ref).count() == 1


def _refused(ref: str) -> bool:
    try:
        apply_invoice(ref=ref, now=SECOND)
    except IntegrityError:
        return True
    return False


def test_one_period_by_two_invoices_without_the_check(
    committed_db: CommittedDatabase, sandbox: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the period's check: the database refuses a second settled gift for a period."""
    make_books(now=NOW)
    ref = renewed(sandbox)
    apply_invoice(ref=ref, now=SECOND)
    facts = invoices.current_provider().fetch_invoice(ref=ref)
    charge = facts.charges[0]
    again = InvoiceFacts(
        **{
            **vars(facts),
            "ref": "in_again",
            "charges": (type(charge)(**{**vars(charge), "ref": "ch_x", "movement": None}),),
        }
    )

    class Answers:
        def fetch_invoice(self, *, ref: str) -> InvoiceFacts:
            return again

    monkeypatch.setattr(invoices, "current_provider", Answers)
    monkeypatch.setattr(invoices, "period_is_taken", lambda **_: False)
    monkeypatch.setattr("payments.operations.periods.period_is_taken", lambda **_: False)
    with pytest.raises(IntegrityError):
        apply_invoice(ref="in_again", now=SECOND)
    assert Donation.objects.count() == 2


def test_page_notice_and_sweeper_at_once(committed_db: CommittedDatabase, sandbox: Client) -> None:
    make_books(now=NOW)
    started = begin_monthly()
    sandbox.pay(page_of(started))
    at_once(lambda _: settle_monthly(gift_id=started.gift_id, now=NOW), times=8)
    assert (Donation.objects.count(), Charge.objects.count(), Receipt.objects.count()) == (1, 1, 1)
    assert MonthlyMove.objects.count() == 2
    assert operations.compare_with_provider(now=NOW).unexplained == []
