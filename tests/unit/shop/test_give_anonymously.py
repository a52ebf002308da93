"""Giving without being known: nothing is joined by the address, and the receipt's code is all that proves it."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from donors.models import Donor, Mail
from donors.operations import remember_donor
from donors.queries import find_donor
from payments.models import Donation
from payments.operations.statements import claim_code
from stripe_sandbox.testing import Client as Sandbox
from tests.factories.shop import EMAIL, give, hidden_fields, send, session_of
from tests.factories.time import NOW

FREE = "/en/give/details/?amount=own&own_amount=50.50&need=lawyer"

pytestmark = pytest.mark.money


def settled(sandbox: Sandbox, visitor: Client, **typed: str) -> Donation:
    sandbox.pay(session_of(give(visitor, FREE, anonymous="on", **typed)))
    donation = Donation.objects.latest("pk")
    visitor.get(f"/en/thank-you/{donation.token}/")
    donation.refresh_from_db()
    return donation


def test_a_known_address_is_joined_with_nothing(paying_shop: Sandbox, visitor: Client) -> None:
    known = remember_donor(email=EMAIL, language="en", now=NOW)
    donation = settled(paying_shop, visitor)
    assert donation.settled_at is not None
    assert donation.donor_id != known
    assert find_donor(email=EMAIL) == known
    assert claim_code(receipt=donation.receipt) is not None


def test_it_can_be_given_without_any_address(
    paying_shop: Sandbox, visitor: Client, run_hints: Callable[[], int]
) -> None:
    donation = settled(paying_shop, visitor, email="")
    run_hints()
    assert "/en/receipt/" in visitor.get(f"/en/thank-you/{donation.token}/").content.decode()
    assert not Mail.objects.filter(donor_id=donation.donor_id).exists()


def test_without_the_tick_the_address_is_asked_for(catalogue: None, visitor: Client) -> None:
    page = give(visitor, FREE, email="").content.decode()
    assert "Type your e-mail, so that we can send the receipt." in page


def test_the_same_form_sent_again_is_the_same_gift(paying_shop: Sandbox, visitor: Client) -> None:
    hidden = hidden_fields(visitor.get(FREE))
    first = send(visitor, FREE, hidden, anonymous="on")
    paying_shop.pay(session_of(first))
    visitor.get(f"/en/thank-you/{Donation.objects.get().token}/")
    again = send(visitor, FREE, hidden, anonymous="on")
    assert again["Location"] == f"/en/thank-you/{Donation.objects.get().token}/"
    assert Donor.objects.count() == 1


def test_ten_at_once_are_one_donor_and_one_gift(paying_shop: Sandbox, visitor: Client) -> None:
    hidden = hidden_fields(visitor.get(FREE))
    cookies = visitor.cookies.output(header="", sep=";")
    start = threading.Barrier(10)
    answers = []

    def click() -> None:
        browser = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
        browser.cookies.load(cookies)
        start.wait()
        answers.append(send(browser, FREE, hidden, anonymous="on")["Location"])
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(10)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert len(set(answers)) == 1
    assert (Donor.objects.count(), Donation.objects.count()) == (1, 1)
