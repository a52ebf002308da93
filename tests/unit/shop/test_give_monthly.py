"""From the choice of a sum and an interval to the provider's page and back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.periods import WARSAW
from donors import sessions
from donors.queries import find_donor
from payments.models import Donation, MonthlyGift
from payments.monthly_states import Interval, MonthlyKind, MonthlyState, ReceiptPolicy
from payments.queries.monthly_terms import terms_of
from stripe_sandbox.testing import Client as Sandbox
from tests.factories.shop import EMAIL, give, hidden_fields, put_in_basket, send, session_of

FREE = "/en/give/monthly/details/?every=month&amount=own&own_amount=50&need=lawyer"
BASKET = "/en/give/monthly/details/?every=quarter&from=basket"
CHOSEN = {"kind": "automatic", "receipts": "each"}

pytestmark = pytest.mark.money


def today() -> str:
    return str(timezone.now().astimezone(WARSAW).day)


def another_day() -> str:
    """A day of the month on which nothing can be taken now."""
    return str((timezone.now().astimezone(WARSAW) + timedelta(days=3)).day)


def set_up(visitor: Client, address: str = FREE, **typed: str) -> MonthlyGift:
    """Confirmed by the donor as far as the provider's page."""
    answer = give(visitor, address, **{**CHOSEN, "day": another_day(), **typed})
    assert answer.status_code == 303, answer.content.decode()[:2000]
    return MonthlyGift.objects.get(checkout_ref=session_of(answer))


def thank_you(visitor: Client, gift: MonthlyGift) -> str:
    return visitor.get(f"/en/thank-you/monthly/{gift.token}/").content.decode()


def test_a_sum_and_an_interval_lead_to_the_monthly_form(catalogue: None, visitor: Client) -> None:
    choice = visitor.get("/en/give/?need=lawyer&every=month").content.decode()
    assert 'name="every" value="month" checked' in choice
    led_on = visitor.get("/en/give/details/?amount=10000&need=lawyer&every=quarter")
    assert led_on.status_code == 302
    assert led_on["Location"].startswith("/en/give/monthly/details/?")
    assert "every=quarter" in led_on["Location"]
    assert visitor.get(led_on["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("every", "words"), [("month", "every month"), ("quarter", "every three months"), ("year", "every year")]
)
def test_the_button_says_the_sum_and_the_interval(catalogue: None, visitor: Client, every: str, words: str) -> None:
    page = visitor.get(FREE.replace("every=month", f"every={every}")).content.decode()
    button = page.split('class="button button--give give-button"')[1].split("</button>")[0]
    assert "50.00" in button
    assert button.rstrip().endswith(words)


def test_what_was_agreed_is_committed_before_the_provider_is_asked(paying_shop: Sandbox, visitor: Client) -> None:
    gift = set_up(visitor, receipts="yearly", name="Zofia", cover_fee="on")
    terms = terms_of(gift_id=gift.pk)
    assert (gift.kind, gift.receipt_policy) == (MonthlyKind.AUTOMATIC, ReceiptPolicy.YEARLY)
    assert (terms.interval, terms.day, terms.lines_minor) == (Interval.MONTH, int(another_day()), 5_000)
    assert terms.cover_fee_minor > 0
    assert "We don’t know yet" in thank_you(visitor, gift)


def test_confirmed_for_another_day_nothing_is_taken_before_it(paying_shop: Sandbox, visitor: Client) -> None:
    gift = set_up(visitor)
    paying_shop.pay(gift.checkout_ref or "")
    page = thank_you(visitor, gift)
    assert "Your regular donation is set up." in page
    gift.refresh_from_db()
    assert gift.next_charge_at is not None
    assert str(gift.next_charge_at.astimezone(WARSAW).day) == another_day()
    assert not Donation.objects.exists()


def test_confirmed_for_today_the_first_gift_is_there_with_its_receipt(paying_shop: Sandbox, visitor: Client) -> None:
    gift = set_up(visitor, day=today())
    paying_shop.pay(gift.checkout_ref or "")
    page = thank_you(visitor, gift)
    late = timezone.now().hour >= 21
    assert ("Your first donation has arrived" in page) is not late
    assert ("/en/receipt/" in page) is not late
    assert Donation.objects.count() == (0 if late else 1)


def test_the_same_page_sent_twice_is_one_gift(paying_shop: Sandbox, visitor: Client) -> None:
    hidden = hidden_fields(visitor.get(FREE))
    first, again = (send(visitor, FREE, hidden, **CHOSEN, day=another_day()) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert MonthlyGift.objects.count() == 1


def test_leaving_the_page_closes_it(paying_shop: Sandbox, visitor: Client) -> None:
    gift = set_up(visitor)
    back = visitor.get(f"/en/thank-you/monthly/{gift.token}/cancelled/", follow=True).content.decode()
    assert "Nothing was set up" in back
    gift.refresh_from_db()
    assert gift.state == MonthlyState.EXPIRED
    assert paying_shop.pay(gift.checkout_ref or "")["result"] == "closed"


def test_the_packages_of_a_basket_are_given_every_quarter(paying_shop: Sandbox, visitor: Client) -> None:
    put_in_basket(visitor, "warm-night", 1)
    put_in_basket(visitor, "lawyer-hour", 2)
    assert "from=basket" in visitor.get("/en/basket/").content.decode()
    terms = terms_of(gift_id=set_up(visitor, BASKET).pk)
    assert (terms.interval, terms.lines_minor) == (Interval.QUARTER, 52_500)
    assert [line.quantity for line in terms.lines.order_by("position")] == [1, 2]


def test_an_empty_basket_has_nothing_to_give(catalogue: None, visitor: Client) -> None:
    assert visitor.get(BASKET)["Location"] == "/en/basket/"


def test_by_hand_nothing_is_asked_of_the_provider_before_the_day(paying_shop: Sandbox, visitor: Client) -> None:
    answer = give(visitor, FREE, kind="by_hand", receipts="each", day=another_day())
    gift = MonthlyGift.objects.get()
    assert (gift.kind, gift.state, gift.checkout_ref) == (MonthlyKind.BY_HAND, MonthlyState.ACTIVE, None)
    assert answer["Location"] == f"/en/thank-you/monthly/{gift.token}/"
    assert "Your regular donation is set up." in thank_you(visitor, gift)


@pytest.mark.parametrize(
    ("field", "typed"),
    [("day", "32"), ("day", "x"), ("kind", "standing_order"), ("receipts", "never"), ("email", "no")],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(
    catalogue: None, visitor: Client, field: str, typed: str
) -> None:
    answer = give(visitor, FREE, **{**CHOSEN, "day": "5", "name": "Zofia", "email": EMAIL, field: typed})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="id_{field}_error"' in page
    assert 'value="Zofia"' in page
    assert not MonthlyGift.objects.exists()


def test_what_stands_in_the_address_is_never_a_500(catalogue: None, visitor: Client) -> None:
    for query in (
        "",
        "?every=week",
        "?every=month&amount=x",
        "?every=month&need=nowhere&amount=5000",
        "?from=basket",
        "?every=%00",
    ):
        assert visitor.get(f"/en/give/monthly/details/{query}").status_code in (200, 302), query


def signed_in(visitor: Client, email: str = EMAIL) -> None:
    donor_id = find_donor(email=email)
    assert donor_id is not None
    visitor.cookies[sessions.COOKIE] = sessions.start_session(donor_id=donor_id, now=timezone.now())


@pytest.fixture
def gives_already(paying_shop: Sandbox, visitor: Client) -> MonthlyGift:
    gift = set_up(visitor)
    paying_shop.pay(gift.checkout_ref or "")
    thank_you(visitor, gift)
    gift.refresh_from_db()
    return gift


def test_a_signed_in_donor_is_asked_whether_to_raise_the_first(gives_already: MonthlyGift, visitor: Client) -> None:
    signed_in(visitor)
    hidden = hidden_fields(visitor.get(FREE))
    asked = send(visitor, FREE, hidden, **CHOSEN, day=another_day())
    assert asked.status_code == 409
    assert "Would you like to raise that gift" in asked.content.decode()
    assert MonthlyGift.objects.count() == 1
    raised = send(visitor, FREE, hidden, **CHOSEN, day=another_day(), commitment="raise")
    assert raised["Location"] == f"/en/my-giving/monthly/{gives_already.pk}/change/?more=5000"
    assert 'value="100"' in visitor.get(raised["Location"]).content.decode()
    assert 'value="50"' in visitor.get(raised["Location"].replace("more=5000", "more=99999999999")).content.decode()
    both = send(visitor, FREE, hidden, **CHOSEN, day=another_day(), commitment="both")
    assert both.status_code == 303
    assert MonthlyGift.objects.count() == 2


def test_who_types_a_strangers_address_learns_nothing(gives_already: MonthlyGift) -> None:
    stranger = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
    answer = give(stranger, FREE, **CHOSEN, day=another_day())
    assert answer.status_code == 303
    assert answer["Location"].startswith("http")


def test_setting_up_costs_few_queries(paying_shop: Sandbox, visitor: Client) -> None:
    page = visitor.get(FREE)
    with CaptureQueriesContext(connection) as asked:
        answer = send(visitor, FREE, hidden_fields(page), **CHOSEN, day=another_day())
    assert answer.status_code == 303
    assert len(asked) <= 40, "\n".join(query["sql"][:150] for query in asked)
