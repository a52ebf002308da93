"""The basket: put in, change, take out; and from where a form without a token is taken."""

import pytest
from django.test import Client
from oscar.apps.basket.models import Basket, Line

from aid_packages.models import AidPackage, Need
from shop.forms.basket import COOKIE
from shop.storefront import context
from tests.factories.shop import put_in_basket

pytestmark = pytest.mark.usefixtures("catalogue")


def change(client: Client, **typed: str) -> str:
    """Sends the first line's form from the basket page, with its token; the page that comes of it."""
    token = client.get("/en/basket/").content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    line = str(Line.objects.order_by("id").values_list("id", flat=True)[0])
    form = {"csrfmiddlewaretoken": token, "line": line, **typed}
    return client.post("/en/basket/change/", form, follow=True).content.decode()


def test_a_package_is_put_in_and_counted(visitor: Client) -> None:
    assert put_in_basket(visitor, "warm-night", 2)["Location"] == "/en/basket/"
    put_in_basket(visitor, "warm-night")
    page = visitor.get("/en/basket/").content.decode()
    assert 'value="3"' in page
    assert "555.00\xa0zł" in page
    assert visitor.cookies[COOKIE]["httponly"]
    assert visitor.cookies[COOKIE]["samesite"] == "Lax"


def test_quantities_change_and_lines_go(visitor: Client) -> None:
    put_in_basket(visitor, "warm-night", 2)
    assert "925.00\xa0zł" in change(visitor, quantity="5", set="1")
    assert "Nothing here yet" in change(visitor, quantity="5", remove="1")


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("51", "At most 50"),
        ("1000000000", "At most 50"),
        ("1e3", "whole number"),
        ("-1", "whole number"),
        ("١٠", "whole number"),
        ("", "whole number"),
        ("9" * 40, "whole number"),
    ],
)
def test_quantity_that_cannot_be_taken_is_refused_at_its_line(visitor: Client, quantity: str, sentence: str) -> None:
    put_in_basket(visitor, "warm-night", 2)
    page = change(visitor, quantity=quantity, set="1")
    assert sentence in page.split('class="basket-line__error"')[1].split("</ul>")[0]
    assert Line.objects.get().quantity == 2


@pytest.mark.parametrize(("quantity", "sentence"), [("0", "1 or more"), ("51", "At most 50"), ("two", "whole number")])
def test_package_page_says_which_quantity_it_cannot_take(visitor: Client, quantity: str, sentence: str) -> None:
    refused = put_in_basket(visitor, "warm-night", quantity)
    now = visitor.get(f"/en/give/checkout/?package=warm-night&quantity={quantity}", follow=True)
    for page in (refused.content.decode(), now.content.decode()):
        assert sentence in page.split('id="id_quantity_error"')[1].split("</ul>")[0]
        assert f'value="{quantity}"' in page
    assert not Basket.objects.exists()


def test_two_times_at_the_limit_is_too_many(visitor: Client) -> None:
    put_in_basket(visitor, "warm-night", 50)
    assert "At most 50" in put_in_basket(visitor, "warm-night", 1).content.decode()


def test_unknown_and_withdrawn_packages_are_not_found(visitor: Client) -> None:
    AidPackage.objects.filter(sku="FUEL").update(public=False)
    for slug in ("nothing", "fuel", "\x00", "' OR 1=1"):
        assert put_in_basket(visitor, slug).status_code == 404


def test_foreign_form_is_asked_once_more_with_a_token() -> None:
    for headers in (
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://testserver"},
        {"origin": "https://elsewhere.example.org"},
        {"origin": "null"},
    ):
        stranger = Client(enforce_csrf_checks=True, headers=headers)
        page = put_in_basket(stranger, "warm-night")
        assert page.status_code == 200
        assert "csrfmiddlewaretoken" in page.content.decode()
        assert not Basket.objects.exists()
        assert stranger.post("/en/basket/add/confirmed/", {"package": "warm-night"}).status_code == 403


def test_asked_once_more_and_confirmed() -> None:
    careful = Client(enforce_csrf_checks=True)
    page = put_in_basket(careful, "warm-night", 3).content.decode()
    token = page.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = {"csrfmiddlewaretoken": token, "package": "warm-night", "quantity": "3"}
    careful.post("/en/basket/add/confirmed/", form)
    assert Line.objects.get().quantity == 3


def test_origin_alone_is_enough() -> None:
    old_browser = Client(enforce_csrf_checks=True, headers={"origin": "http://testserver"})
    assert put_in_basket(old_browser, "warm-night").status_code == 302


def test_anothers_basket_stays_closed(visitor: Client) -> None:
    put_in_basket(visitor, "warm-night")
    line, basket = Line.objects.get(), Basket.objects.get()
    other = Client(headers={"sec-fetch-site": "same-origin"})
    put_in_basket(other, "lawyer-hour")
    change_of_other = {"line": str(line.id), "quantity": "9", "set": "1"}
    other.post("/en/basket/change/", change_of_other)
    assert Line.objects.get(id=line.id).quantity == 1
    for forged in (str(basket.id), f"{basket.id}:x", other.cookies[COOKIE].value.replace(":", "9:", 1)):
        forger = Client()
        forger.cookies[COOKIE] = forged
        assert "A warm night" not in forger.get("/en/basket/").content.decode()


def test_a_sum_that_changed_since_is_shown_with_the_old_one(visitor: Client) -> None:
    put_in_basket(visitor, "warm-night")
    Line.objects.update(price_incl_tax="180.00")
    page = visitor.get("/en/basket/").content.decode()
    assert "180.00\xa0zł" in page
    assert "185.00\xa0zł" in page


def test_a_line_whose_need_has_ended_says_what_to_do(visitor: Client) -> None:
    put_in_basket(visitor, "warm-night")
    Need.objects.filter(code="warm-night").update(state="ended")
    page = visitor.get("/en/basket/").content.decode()
    assert "season is over" in page
    assert "Go on to give" not in page
    assert visitor.get("/en/give/checkout/")["Location"] == "/en/basket/"


def test_empty_basket_says_what_to_do_next(visitor: Client) -> None:
    assert "/en/needs/" in visitor.get("/en/basket/").content.decode()
    assert visitor.get("/en/give/checkout/")["Location"] == "/en/basket/"
    assert not visitor.cookies.get(COOKIE)


def test_what_the_basket_holds_is_counted_as_a_number(visitor: Client) -> None:
    """A lazy object would do in English, and break the plural forms of Polish."""
    put_in_basket(visitor, "warm-night", 3)
    request = visitor.get("/pl/basket/").wsgi_request
    assert context.page(request)["basket_count"] == 3
    assert type(context.page(request)["basket_count"]) is int
