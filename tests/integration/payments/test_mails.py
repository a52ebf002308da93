"""The donor is told, once, of what happened."""

import pytest

from donors.models import Mail
from donors.operations.queue_mail import read_mail
from payments import operations
from payments.models import Donation, Receipt
from payments.queries import transitions_to_handle
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.donors import make_dedication, make_donor
from tests.factories.payments import begin, checkout_ref, deliver_all, give, make_staff
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def follow(donation: Donation) -> None:
    for _ in range(2):
        operations.follow_moves(donation_id=donation.pk, now=NOW)


def test_a_settled_donation_is_thanked_for_once(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    follow(donation)
    mail = Mail.objects.get(kind="receipt")
    _, context = read_mail(mail)
    receipt = Receipt.objects.get()
    assert context["receipt_number"] == receipt.number
    assert context["receipt_url"].endswith(f"/pl/receipt/{receipt.link_token}/")
    assert context["sum_minor"] == 37_000
    assert context["thank_you_url"].endswith(f"/pl/thank-you/{donation.token}/")
    assert context["reports_url"].endswith("/pl/reports/")


def test_each_refund_is_told_of_once(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    follow(donation)
    staff = make_staff()
    for key in ("morning", "evening"):
        operations.refund_donation(
            donation_id=donation.pk, amount_minor=500, reason="na prośbę", actor=staff, request_key=key, now=NOW
        )
        follow(donation)
    mails = Mail.objects.filter(kind="refund")
    assert [read_mail(mail)[1]["refund_minor"] for mail in mails] == [500, 500]


def test_a_bank_that_says_no_later_is_told_of(sandbox: Client) -> None:
    started = begin()
    sandbox.pay(checkout_ref(started), p24="ing", outcome="later", then="fail")
    operations.settle(donation_id=started.donation_id, now=NOW)
    sandbox.release("bank_answers")
    deliver_all(sandbox=sandbox)
    donation = Donation.objects.get()
    assert donation.state == DonationState.FAILED
    follow(donation)
    assert Mail.objects.get().kind == "payment_failed"


def test_a_card_is_released_when_settled_and_not_before(sandbox: Client) -> None:
    donor_id = make_donor()
    started = begin(donor_id=donor_id)
    make_dedication(donor_id=donor_id, reference=f"donation:{started.donation_id}")
    operations.follow_moves(donation_id=None, now=NOW)
    assert not Mail.objects.exists()
    sandbox.pay(checkout_ref(started))
    operations.settle(donation_id=started.donation_id, now=NOW)
    operations.follow_moves(donation_id=None, now=NOW)
    assert set(Mail.objects.values_list("kind", flat=True)) == {"receipt", "ecard"}


def test_a_full_refund_takes_the_card_back(sandbox: Client) -> None:
    donor_id = make_donor()
    donation = give(sandbox=sandbox, donor_id=donor_id)
    make_dedication(donor_id=donor_id, reference=f"donation:{donation.pk}")
    follow(donation)
    operations.refund_donation(
        donation_id=donation.pk, amount_minor=37_000, reason="x", actor=make_staff(), request_key="k", now=NOW
    )
    follow(donation)
    assert Mail.objects.get(kind="ecard").state == "cancelled"


def test_consumers_follow_on_their_own(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    follow(donation)
    assert transitions_to_handle(consumer="payments.mails") == []
    waiting = transitions_to_handle(consumer="shop.orders")
    assert [moved.to_state for moved in waiting] == [DonationState.CHECKOUT_OPEN, DonationState.SETTLED]
    assert operations.sweep(now=NOW).followers == 1
