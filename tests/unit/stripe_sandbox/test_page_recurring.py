"""What the hosted page says of what recurs: how much, how often, from when, and that it is agreed to."""

import datetime
from typing import Any

import pytest
import stripe

from stripe_sandbox.pages.sums import day, every
from stripe_sandbox.testing import Client
from tests.factories.stripe_sandbox import ASKS, DECLINES, line_item, monthly_item, subscription_params
from tests.unit.stripe_sandbox.visiting import card_form, visit

NOON = int(datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC).timestamp())
ON_THE_FIRST = {"day_of_month": 1, "hour": 10, "minute": 0, "second": 0}
LATER = {"billing_cycle_anchor_config": ON_THE_FIRST, "proration_behavior": "none"}


@pytest.fixture(autouse=True)
def _noon(sandbox: Client) -> None:
    sandbox.clock(now=NOON, stopped=True)


def opened(api: stripe.StripeClient, **changes: Any) -> str:
    return api.v1.checkout.sessions.create(subscription_params(**changes)).url or ""


def said_on(url: str) -> str:
    return " ".join(visit(url).text.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize(
    ("interval", "count", "polish", "english"),
    [
        ("month", 1, "co miesiąc", "every month"),
        ("month", 3, "co 3 miesiące", "every 3 months"),
        ("month", 6, "co 6 miesięcy", "every 6 months"),
        ("month", 12, "co 12 miesięcy", "every 12 months"),
        ("month", 22, "co 22 miesiące", "every 22 months"),
        ("year", 1, "co rok", "every year"),
        ("year", 2, "co 2 lata", "every 2 years"),
        ("week", 1, "co tydzień", "every week"),
        ("day", 1, "codziennie", "every day"),
        ("day", 10, "co 10 dni", "every 10 days"),
    ],
)
def test_intervals_in_words(interval: str, count: int, polish: str, english: str):
    assert every(interval, count, "pl") == polish
    assert every(interval, count, "en") == english


def test_days_are_those_of_warsaw():
    new_year = int(datetime.datetime(2026, 12, 31, 23, 30, tzinfo=datetime.UTC).timestamp())
    assert day(new_year, NOON, "pl") == "1 stycznia 2027"
    assert day(new_year, NOON, "en") == "1 January 2027"
    assert day(NOON, NOON, "pl") == "21 listopada"


def test_the_sum_the_interval_and_the_first_day_are_said(api: stripe.StripeClient):
    polish = said_on(opened(api, subscription_data=LATER))
    for said in (
        "Przekaż darowiznę 50,00 zł co miesiąc",
        "Pierwszy raz 1 grudnia.",
        "Od 1 grudnia co miesiąc 50,00 zł",
        "Dzisiaj nic nie pobierzemy.",
        "Wyrażasz zgodę na pobieranie 50,00 zł co miesiąc do odwołania.",
    ):
        assert said in polish
    english = said_on(opened(api, subscription_data=LATER, locale="en", submit_type=None))
    for said in ("Subscribe PLN 50.00 every month", "The first time on 1 December.", "Nothing is taken today."):
        assert said in english


def test_what_is_due_today_is_said_apart(api: stripe.StripeClient):
    items = [monthly_item(interval_count=3), line_item(unit_amount=1_000)]
    text = said_on(opened(api, line_items=items, locale="en"))
    for said in (
        "PLN 50.00 every 3 months",
        "Winter kit (once)",
        "Due today PLN 60.00",
        "Then every 3 months PLN 50.00",
    ):
        assert said in text
    assert "The first time today." in text


def test_only_what_can_recur_is_offered(api: stripe.StripeClient):
    source = visit(opened(api)).source
    assert 'value="card"' in source
    assert 'value="blik"' not in source
    assert 'value="p24"' not in source


def test_it_is_paid_on_the_page(api: stripe.StripeClient, sandbox: Client):
    url = opened(api)
    assert "Karta została odrzucona." in visit(url, card_form(DECLINES)).text
    assert "Karta została odrzucona." in visit(url).text
    asking = visit(url, card_form(ASKS)).location or ""
    text = " ".join(visit(sandbox.url + asking).text.replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Do zapłaty 50,00 zł co miesiąc" in text
    assert "shop.test/thanks" in (visit(sandbox.url + asking, {"answer": "approve"}).location or "")
    assert len(api.v1.subscriptions.list().data) == 1
    assert "Płatność zakończona" in visit(url).text


def test_a_card_is_kept_on_the_page(api: stripe.StripeClient):
    customer = api.v1.customers.create({"email": "anna@example.org"})
    addresses = {"success_url": "http://shop.test/back?s={CHECKOUT_SESSION_ID}", "cancel_url": "http://shop.test/no"}
    params = {"mode": "setup", "currency": "pln", "customer": customer.id, "locale": "pl", **addresses}
    session = api.v1.checkout.sessions.create(params)
    page = visit(session.url or "")
    assert "Teraz nic nie pobierzemy." in page.text
    assert 'href="http://shop.test/no"' in page.source
    refused = visit(session.url or "", card_form(DECLINES))
    assert (refused.status, "Karta nie została zapisana" in refused.text) == (402, True)
    done = visit(session.url or "", card_form())
    assert (done.status, done.location) == (303, f"http://shop.test/back?s={session.id}")
    assert "Karta jest zapisana" in visit(session.url or "").text
    assert len(api.v1.customers.payment_methods.list(customer.id).data) == 1
