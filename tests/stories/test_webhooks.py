"""What the provider tells us: late, twice, in any order, and of money nobody expected."""

from datetime import timedelta

import pytest
from oscar.apps.order.models import Order

from ledger.queries import account_balance
from payments.models import Charge, Donation, ProviderEvent, Receipt
from payments.states import DonationState
from tests.stories.desk import Desk
from tests.support.story import Clock, Donor, PaymentPage, Story, Webhooks, Workers

pytestmark = pytest.mark.money


def test_the_webhook_comes_days_later(donor: Donor, webhooks: Webhooks, clock: Clock) -> None:
    """Zofia closes her browser after paying, and we hear of it three days later: the gift is of the day she paid."""
    donor.opens_package("warm-night")
    donor.gives_now()
    donor.pays_and_closes_the_browser()
    paid_on = clock.now
    clock.passes(days=3)
    assert donor.donation.state == DonationState.CHECKOUT_OPEN
    webhooks.arrive()
    assert donor.donation.state == DonationState.SETTLED
    assert donor.donation.settled_at - paid_on < timedelta(minutes=1)
    assert len(donor.finds_mails()) == 1


def test_the_webhook_is_faster_than_the_way_back(donor: Donor, webhooks: Webhooks) -> None:
    """The webhook is there before Zofia's browser: the page she comes back to says thank you, and nothing is booked twice."""
    donor.opens_package("warm-night")
    donor.gives_now()
    donor.pays_and_closes_the_browser()
    webhooks.arrive()
    assert donor.donation.state == DonationState.SETTLED
    assert "Thank you" in donor.comes_back()
    assert Charge.objects.count() == Receipt.objects.count() == len(donor.finds_mails()) == 1


def test_the_way_back_is_faster_than_the_webhook(donor: Donor, webhooks: Webhooks, workers: Workers) -> None:
    """Zofia is back before the webhook: the page asks the provider itself, and the webhook finds everything done."""
    donor.opens_package("warm-night")
    donor.gives_now()
    assert "Thank you" in donor.pays()
    workers.work()
    assert len(donor.finds_mails()) == 1
    webhooks.arrive()
    assert Charge.objects.count() == Receipt.objects.count() == len(donor.finds_mails()) == 1


def test_webhooks_come_twice_and_backwards(donor: Donor, story: Story, webhooks: Webhooks, bartek: Desk) -> None:
    """Of two gifts and a refund every webhook comes three times, the last first: the books are those of one telling."""
    donor.opens_package("warm-night")
    donor.gives_now()
    donor.pays_and_closes_the_browser()
    neighbour = story.another_donor("piotr@example.org")
    neighbour.opens_package("fuel")
    neighbour.gives_now()
    neighbour.pays()
    bartek.gives_back(neighbour.donation, "20")
    webhooks.arrive(times=3, backwards=True)
    assert not ProviderEvent.objects.filter(state="pending").exists()
    assert donor.donation.state == DonationState.SETTLED
    assert neighbour.donation.state == DonationState.PARTLY_REFUNDED
    assert len(donor.finds_mails()) == 1
    assert len(neighbour.finds_mails()) == 2


def test_an_expired_page_is_paid_after_all(donor: Donor, story: Story, clock: Clock, webhooks: Webhooks) -> None:
    """The payment page closes before Zofia's bank lets the money go: her basket thaws, then the gift is booked all the same."""
    donor.puts_in_basket("warm-night")
    donor.gives_now()
    clock.passes(hours=2)
    webhooks.arrive()
    assert donor.donation.state == DonationState.EXPIRED
    assert Order.objects.get().status == "released"
    assert "A warm night" in donor.opens("basket/")

    story.sandbox.pay(donor.payment_page.session, though_closed=True)
    webhooks.arrive()
    assert donor.donation.state == DonationState.SETTLED
    assert Order.objects.get().status == "paid"
    assert "Thank you" in donor.looks_again()
    assert "Nothing here yet" in donor.opens("basket/"), "what was given is not offered a second time"
    assert len(donor.finds_mails()) == 1


def test_a_second_charge_on_one_intent(donor: Donor, story: Story, webhooks: Webhooks, bartek: Desk) -> None:
    """A second page for the same gift is paid too: that money is nobody's gift, waits for staff, and goes back."""
    donor.opens_package("warm-night", quantity=2)
    donor.gives_now()
    donor.pays()
    second = a_second_page_for(donor.donation, story)
    second.pays_with()
    webhooks.arrive()
    assert Donation.objects.count() == Receipt.objects.count() == 1
    assert account_balance(code="liability:unmatched") == -37_000

    assert "370.00" in bartek.reads("unmatched/")
    bartek.gives_back_what_is_unmatched()
    story.everybody_does_their_part()
    assert account_balance(code="liability:unmatched") == 0
    assert "Nothing is unmatched" in bartek.reads("unmatched/")
    assert donor.donation.state == DonationState.SETTLED


def a_second_page_for(donation: Donation, story: Story) -> PaymentPage:
    """What a lost answer and a forgotten key could leave behind at the provider."""
    price = {"currency": "pln", "unit_amount": donation.gross_minor, "product_data": {"name": "Again"}}
    session = story.sandbox.stripe_client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "client_reference_id": str(donation.pk),
            "payment_intent_data": {"metadata": {"donation": str(donation.pk)}},
            "success_url": donation.success_url,
            "line_items": [{"quantity": 1, "price_data": price}],
        }
    )
    page = PaymentPage(session.url, "zofia@example.org")
    story.pages.append(page)
    return page
