"""From the form to the payment page and back, with a real database and a provider that speaks HTTP."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from oscar.apps.basket.models import Basket
from oscar.apps.order.models import Order

from aid_packages.models import AidPackage
from payments.models import Donation
from shop.forks.checkout import consumer, orders
from shop.forks.checkout.order_creator import AWAITING, GUEST_EMAIL, PAID, RELEASED
from stripe_sandbox.testing import Client as Sandbox
from tests.factories.shop import EMAIL, give, hidden_fields, put_in_basket, send, session_of
from tests.factories.time import NOW

PACKAGE = "/en/give/checkout/?package=warm-night&quantity=2"
BASKET = "/en/give/checkout/"
FREE = "/en/give/details/?amount=own&own_amount=50.50&need=lawyer"

pytestmark = pytest.mark.money


def fill_basket(visitor: Client) -> None:
    put_in_basket(visitor, "warm-night", 1)
    put_in_basket(visitor, "lawyer-hour", 2)


def thank_you(visitor: Client) -> str:
    """The page the donor comes back to."""
    return visitor.get(f"/en/thank-you/{Donation.objects.get().token}/").content.decode()


def test_two_packages_are_given_with_at_most_thirty_queries(paying_shop: Sandbox, visitor: Client) -> None:
    fill_basket(visitor)
    page = visitor.get(BASKET)
    with CaptureQueriesContext(connection) as asked:
        led_on = send(visitor, BASKET, hidden_fields(page), name="Zofia", cover_fee="on")
    assert led_on.status_code == 303
    assert len(asked) <= 30, "\n".join(query["sql"][:150] for query in asked)
    donation, order = Donation.objects.get(), Order.objects.get()
    assert (donation.lines_minor, donation.gross_minor) == (52_500, 52_500 + donation.cover_fee_minor)
    assert donation.cover_fee_minor > 0
    assert donation.terms_version == "2026-11"
    assert (order.status, order.guest_email, order.basket.status) == (AWAITING, GUEST_EMAIL, Basket.FROZEN)
    assert [line.quantity for line in order.lines.order_by("id")] == [1, 2]
    assert str(order.total_incl_tax) == "525.00"


def test_paid_order_is_paid_and_its_basket_submitted(
    paying_shop: Sandbox, visitor: Client, run_hints: Callable[[], int]
) -> None:
    fill_basket(visitor)
    paying_shop.pay(session_of(give(visitor, BASKET)))
    page = thank_you(visitor)
    assert "<h1>Thank you</h1>" in page
    assert "/en/receipt/" in page
    run_hints()
    order = Order.objects.get()
    assert (order.status, order.basket.status) == (PAID, Basket.SUBMITTED)
    assert consumer.follow_moves(now=NOW) == 0
    assert "Nothing here yet" in visitor.get("/en/basket/").content.decode()
    assert visitor.get(PACKAGE).content.decode().count(EMAIL) == 0, (
        "what was typed for a gift that is made is forgotten"
    )


def test_same_page_twice_is_one_donation(paying_shop: Sandbox, visitor: Client) -> None:
    hidden = hidden_fields(visitor.get(PACKAGE))
    addresses = {send(visitor, PACKAGE, hidden)["Location"] for _ in range(3)}
    assert len(addresses) == 1
    assert Donation.objects.count() == Order.objects.count() == Basket.objects.count() == 1


def test_parallel_posts_are_one_donation(paying_shop: Sandbox, visitor: Client) -> None:
    fill_basket(visitor)
    hidden = hidden_fields(visitor.get(BASKET))
    answers: list[str] = []

    def post() -> None:
        twin = Client()
        twin.cookies = visitor.cookies
        answers.append(send(twin, BASKET, hidden).get("Location", ""))
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert Donation.objects.count() == Order.objects.count() == 1


def test_same_page_with_another_content_closes_the_first_payment_page(paying_shop: Sandbox, visitor: Client) -> None:
    for address in (FREE, PACKAGE):
        Donation.objects.values_list("id")
        hidden = hidden_fields(visitor.get(address))
        first = send(visitor, address, hidden)
        second = send(visitor, address, hidden, cover_fee="on")
        assert session_of(first) != session_of(second)
    assert sorted(Donation.objects.values_list("state", flat=True)) == [
        "cancelled", "cancelled", "checkout_open", "checkout_open",
    ]  # fmt: skip


def test_back_and_changed_with_a_basket_releases_the_first_order(paying_shop: Sandbox, visitor: Client) -> None:
    fill_basket(visitor)
    give(visitor, BASKET)
    assert EMAIL in visitor.get(BASKET).content.decode(), "what was typed is still there"
    give(visitor, BASKET, cover_fee="on")
    assert list(Order.objects.order_by("id").values_list("status", flat=True)) == [RELEASED, AWAITING]


def test_page_sent_again_after_paying_leads_to_thank_you(paying_shop: Sandbox, visitor: Client) -> None:
    hidden = hidden_fields(visitor.get(PACKAGE))
    paying_shop.pay(session_of(send(visitor, PACKAGE, hidden)))
    thank_you(visitor)
    assert "/en/thank-you/" in send(visitor, PACKAGE, hidden)["Location"]
    assert Donation.objects.count() == 1


def test_second_gift_after_the_first_is_a_second_donation(paying_shop: Sandbox, visitor: Client) -> None:
    paying_shop.pay(session_of(give(visitor, PACKAGE)))
    thank_you(visitor)
    give(visitor, PACKAGE)
    assert Donation.objects.count() == 2


def test_cancelled_on_the_payment_page_keeps_basket_and_form(paying_shop: Sandbox, visitor: Client) -> None:
    fill_basket(visitor)
    give(visitor, BASKET, name="Zofia", company_name="Las i Spółka", nip="5252344078")
    donation = Donation.objects.get()
    page = visitor.get(donation.cancel_url.split("127.0.0.1:8000")[1], follow=True).content.decode()
    assert "Nothing was charged" in page
    assert 'href="/en/give/checkout/"' in page
    assert (Order.objects.get().status, Basket.objects.get().status) == (RELEASED, Basket.OPEN)
    form = visitor.get(BASKET).content.decode()
    for typed in (EMAIL, "Zofia", "Las i Spółka", "5252344078"):
        assert typed in form
    give(visitor, BASKET)
    assert Order.objects.filter(status=AWAITING).count() == 1


def test_basket_whose_payment_is_open_can_be_reopened(paying_shop: Sandbox, visitor: Client) -> None:
    fill_basket(visitor)
    give(visitor, BASKET)
    page = visitor.get("/en/basket/").content.decode()
    assert "A payment for this basket is open" in page
    token = page.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    visitor.post("/en/give/checkout/reopen/", {"csrfmiddlewaretoken": token})
    assert "Go on to give" in visitor.get("/en/basket/").content.decode()
    assert Donation.objects.get().state == "cancelled"


def test_late_money_makes_a_released_order_paid(paying_shop: Sandbox, visitor: Client) -> None:
    fill_basket(visitor)
    give(visitor, BASKET)
    number = Order.objects.get().number
    orders.follow_donation(number=number, state="expired", now=NOW)
    assert Basket.objects.get().status == Basket.OPEN
    orders.follow_donation(number=number, state="settled", now=NOW)
    assert (Order.objects.get().status, Basket.objects.get().status) == (PAID, Basket.SUBMITTED)
    orders.follow_donation(number=number, state="expired", now=NOW)
    assert Order.objects.get().status == PAID


def test_new_basket_and_thawed_one_are_merged(paying_shop: Sandbox, visitor: Client) -> None:
    fill_basket(visitor)
    give(visitor, BASKET)
    put_in_basket(visitor, "fuel")
    orders.follow_donation(number=Order.objects.get().number, state="cancelled", now=NOW)
    page = visitor.get("/en/basket/").content.decode()
    for title in ("A warm night", "Fuel for an intervention", "An hour of a lawyer"):
        assert title in page
    assert sorted(Basket.objects.values_list("status", flat=True)) == [Basket.MERGED, Basket.OPEN]


def test_order_without_a_donation_is_released(paying_shop: Sandbox, visitor: Client) -> None:
    fill_basket(visitor)
    give(visitor, BASKET)
    Order.objects.update(number="LEFTBEHIND", date_placed=NOW - orders.ORPHAN_AFTER * 2)
    assert orders.release_orphans(now=NOW) == 1
    assert (Order.objects.get().status, Basket.objects.get().status) == (RELEASED, Basket.OPEN)


def test_changed_price_charges_nothing_and_shows_the_new_one(paying_shop: Sandbox, visitor: Client) -> None:
    hidden = hidden_fields(visitor.get(PACKAGE))
    AidPackage.objects.filter(sku="WARM-NIGHT").update(amount_minor=18_500)
    stale = {**hidden, "expected_total": "36000"}
    page = send(visitor, PACKAGE, stale, name="Zofia")
    text = page.content.decode()
    assert page.status_code == 409
    assert "The sum has changed" in text
    assert "370.00\xa0zł" in text
    assert 'value="Zofia"' in text
    assert not Donation.objects.exists()
    assert send(visitor, PACKAGE, hidden_fields(page)).status_code == 303


@pytest.mark.parametrize(
    "tampered",
    [{"attempt": "x"}, {"attempt": ""}, {"expected_total": "1"}, {"expected_total": "NaN"}, {"expected_total": "\x00"}],
)
def test_tampered_hidden_fields_give_nothing(paying_shop: Sandbox, visitor: Client, tampered: dict[str, str]) -> None:
    hidden = hidden_fields(visitor.get(PACKAGE)) | tampered
    page = send(visitor, PACKAGE, hidden)
    assert page.status_code in (200, 409)
    assert "Give" in page.content.decode()
    assert not Donation.objects.exists()


def test_provider_that_is_down_says_so_and_loses_nothing(paying_shop: Sandbox, visitor: Client, settings) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    hidden = hidden_fields(visitor.get(PACKAGE))
    page = send(visitor, PACKAGE, hidden, name="Zofia")
    assert page.status_code == 503
    assert "The payment page did not open" in page.content.decode()
    settings.STRIPE_API_BASE = paying_shop.url
    assert send(visitor, PACKAGE, hidden_fields(page), name="Zofia").status_code == 303
    assert Donation.objects.count() == 1


def test_free_sum_has_no_order(paying_shop: Sandbox, visitor: Client) -> None:
    paying_shop.pay(session_of(give(visitor, FREE)))
    assert "<h1>Thank you</h1>" in thank_you(visitor)
    donation = Donation.objects.get()
    assert (donation.gross_minor, donation.lines.get().fund_code) == (5_050, "LAWYER")
    assert not Order.objects.exists()


def test_pending_page_looks_again_and_stops(paying_shop: Sandbox, visitor: Client) -> None:
    give(visitor, FREE)
    token = Donation.objects.get().token
    page = visitor.get(f"/en/thank-you/{token}/")
    assert page["Refresh"] == f"5;url=/en/thank-you/{token}/?look=1"
    last = visitor.get(f"/en/thank-you/{token}/?look=6")
    assert "Refresh" not in last
    assert "You can close this page" in last.content.decode()


def test_failed_and_expired_say_what_they_are(paying_shop: Sandbox, visitor: Client) -> None:
    give(visitor, FREE)
    for state, sentence in (("failed", "did not go through"), ("expired", "open for too long")):
        Donation.objects.update(state=state)
        assert sentence in thank_you(visitor)


def test_no_personal_data_in_oscars_tables(paying_shop: Sandbox, visitor: Client) -> None:
    give(visitor, PACKAGE, name="Zofia Nadzwyczajna", recipient_name="Jan", recipient_email="jan@example.org")
    tables = [name for name in connection.introspection.table_names() if not name.startswith("donors_")]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ~* %s', ["zofia|jan@example"])
            assert cursor.fetchone()[0] == 0, table
