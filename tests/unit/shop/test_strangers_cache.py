"""The cache of pages for strangers: quick, fresh within seconds, and blind to whoever carries a cookie."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from aid_packages.models import AidPackage
from shop.storefront.cache import MOST_PAGES, TTL_SECONDS, StrangersPageCache


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Pages:
    """Answers each request with a page that says which one it is; `dress` changes the response."""

    def __init__(self, dress: Callable[[HttpResponse], object] = lambda response: None) -> None:
        self.made = 0
        self.dress = dress

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.made += 1
        response = HttpResponse(f"{request.get_full_path()} made {self.made}")
        self.dress(response)
        return response


def ask(cache: StrangersPageCache, path: str = "/en/", **more: str) -> HttpResponse:
    return cache(RequestFactory().get(path, **more))


def test_a_page_is_made_once_for_all_strangers() -> None:
    pages = Pages()
    cache = StrangersPageCache(pages, clock=Clock())
    assert ask(cache).content == ask(cache).content
    assert pages.made == 1


def test_a_page_is_made_anew_after_its_time() -> None:
    pages, clock = Pages(), Clock()
    cache = StrangersPageCache(pages, clock=clock)
    ask(cache)
    clock.now += TTL_SECONDS
    assert ask(cache).content == b"/en/ made 2"


def test_the_time_a_page_took_to_make_counts_as_age() -> None:
    clock = Clock()

    def slowly(response: HttpResponse) -> None:
        clock.now += TTL_SECONDS

    pages = Pages(slowly)
    cache = StrangersPageCache(pages, clock=clock)
    ask(cache)
    ask(cache)
    assert pages.made == 2


@pytest.mark.parametrize(
    "more", [{"HTTP_COOKIE": "aid_basket=1"}, {"HTTP_COOKIE": "unheard=of"}, {"HTTP_AUTHORIZATION": "Basic eA=="}]
)
def test_whoever_carries_something_is_no_stranger(more: dict[str, str]) -> None:
    pages = Pages()
    cache = StrangersPageCache(pages, clock=Clock())
    ask(cache)
    assert ask(cache, **more).content == b"/en/ made 2"
    assert ask(cache).content == b"/en/ made 1"


@pytest.mark.parametrize(
    "dress",
    [
        lambda response: response.set_cookie("aid_basket", "1"),
        lambda response: response.headers.setdefault("Cache-Control", "max-age=0, no-store"),
        lambda response: response.headers.setdefault("Cache-Control", "private"),
        lambda response: response.headers.setdefault("Vary", "Cookie, Accept-Language"),
        lambda response: response.headers.setdefault("Content-Encoding", "gzip"),
        lambda response: setattr(response, "status_code", 404),
    ],
)
def test_what_is_one_visitors_is_not_kept(dress: Callable[[HttpResponse], object]) -> None:
    pages = Pages(dress)
    cache = StrangersPageCache(pages, clock=Clock())
    ask(cache)
    ask(cache)
    assert pages.made == 2


@pytest.mark.parametrize("path", ["/en/?page=2", "/en/?need=lawyer&look=1", "/en/?" + "need=" + "x" * 200])
def test_an_address_with_other_parameters_goes_past_the_cache(path: str) -> None:
    pages = Pages()
    cache = StrangersPageCache(pages, clock=Clock())
    ask(cache, path)
    ask(cache, path)
    assert pages.made == 2


def test_hosts_paths_and_needs_are_told_apart() -> None:
    cache = StrangersPageCache(Pages(), clock=Clock())
    asked = [
        ask(cache, "/en/give/"),
        ask(cache, "/en/give/?need=lawyer"),
        ask(cache, "/pl/give/"),
        ask(cache, "/en/give/", HTTP_HOST="other.example.org"),
    ]
    assert len({response.content for response in asked}) == 4


def test_only_what_is_read_is_kept() -> None:
    pages = Pages()
    cache = StrangersPageCache(pages, clock=Clock())
    cache(RequestFactory().post("/en/"))
    cache(RequestFactory().post("/en/"))
    assert pages.made == 2


def test_head_has_the_length_and_no_body() -> None:
    cache = StrangersPageCache(Pages(), clock=Clock())
    page = ask(cache)
    head = cache(RequestFactory().head("/en/"))
    assert head.content == b""
    assert head["Content-Length"] == str(len(page.content))


def test_a_browser_that_has_the_page_is_told_so() -> None:
    cache = StrangersPageCache(Pages(), clock=Clock())
    page = ask(cache)
    again = ask(cache, HTTP_IF_NONE_MATCH=page["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == page["ETag"]
    assert page["Cache-Control"] == "no-cache"
    assert page["Vary"] == "Cookie"


def test_memory_is_bounded() -> None:
    pages = Pages()
    cache = StrangersPageCache(pages, clock=Clock())
    for number in range(MOST_PAGES + 1):
        ask(cache, f"/en/{number}/")
    ask(cache, "/en/0/")
    assert pages.made == MOST_PAGES + 2


@pytest.mark.usefixtures("catalogue")
def test_what_staff_change_shows_after_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    client = Client()
    client.get("/en/")  # builds the handler, whose first middleware is ours
    cache = client.handler._middleware_chain.__wrapped__
    monkeypatch.setattr(cache, "clock", clock)
    assert "A warm night" in client.get("/en/packages/warm-night/").content.decode()
    AidPackage.objects.filter(sku="WARM-NIGHT").update(title={"pl": "Inna noc", "en": "Another night"})
    assert "A warm night" in client.get("/en/packages/warm-night/").content.decode()
    clock.now += TTL_SECONDS
    assert "Another night" in client.get("/en/packages/warm-night/").content.decode()
    assert TTL_SECONDS < 5


@pytest.mark.usefixtures("catalogue")
def test_no_visitor_sees_anothers_basket_name_or_token() -> None:
    """One fills a basket and a form; another then reads every page of the same handler, with and without a cookie."""
    giver = Client(headers={"sec-fetch-site": "same-origin"})
    giver.post("/en/basket/add/", {"package": "warm-night", "quantity": "7"})
    form = giver.get("/en/give/checkout/").content.decode()
    token = form.split('name="attempt" value="')[1].split('"')[0]
    giver.post("/en/give/checkout/", {"email": "broken", "name": "Zofia Nadzwyczajna", "attempt": token})
    addresses = [
        "/en/",
        "/en/basket/",
        "/en/packages/warm-night/",
        "/en/give/",
        "/en/give/checkout/?package=warm-night",
    ]
    for address in addresses:
        giver.get(address)
    stranger = Client()
    stranger.handler = giver.handler
    for address in addresses * 2:
        seen = stranger.get(address).content.decode()
        assert "Zofia" not in seen
        assert token not in seen
        assert 'href="/en/basket/">' not in seen, "the link to a basket is for those who have one"
        assert giver.cookies["csrftoken"].value not in seen
