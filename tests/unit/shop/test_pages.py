"""The public pages: there in both languages, light, without cookies, and with few questions to the database."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aid_packages.models import AidPackage, Need
from core.texts import in_language

PAGES = [
    "", "needs/", "needs/warm-night/", "packages/warm-night/", "give/", "give/?need=lawyer", "give/?need=FOREST",
    "how-we-work/", "is-it-safe/", "privacy/", "terms/", "terms/2026-11/", "contact/",
]  # fmt: skip
FORMS = ["basket/", "give/details/?amount=10000&need=warm-night", "give/checkout/?package=warm-night&quantity=2"]
pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def stranger() -> Client:
    """Somebody who was never here; no page is kept from the test before."""
    cache.clear()
    return Client()


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_page_stands_in_both_languages(stranger: Client, language: str) -> None:
    for page in PAGES + FORMS:
        response = stranger.get(f"/{language}/{page}")
        text = response.content.decode()
        assert response.status_code == 200, page
        assert f'<html lang="{language}">' in text, page
        assert text.count("<h1") == 1, page
        assert len(response.content) < 100_000, page


def test_pages_for_strangers_set_no_cookie_and_ask_at_most_three_questions(stranger: Client) -> None:
    for page in PAGES:
        with CaptureQueriesContext(connection) as asked:
            response = stranger.get(f"/en/{page}")
        assert not response.cookies, page
        most = 5 if page == "needs/warm-night/" else 3  # what was handed on for a need, and what may be seen of it
        assert len(asked) <= most, (page, [query["sql"] for query in asked])


def test_pages_load_nothing_from_others_and_hold_nothing_inline(stranger: Client) -> None:
    for page in PAGES + FORMS:
        text = stranger.get(f"/en/{page}").content.decode()
        assert not re.findall(r'(?:src|href|action|formaction)="((?:https?:)?//[^"]+)"', text), page
        assert not re.search(r"<script|<style| style=| on[a-z]+=", text), page


def test_language_switch_keeps_the_page(stranger: Client) -> None:
    for page in PAGES + FORMS:
        address = f"/pl/{page}".replace("&", "&amp;")
        assert f'href="{address}" hreflang="pl"' in stranger.get(f"/en/{page}").content.decode(), page


def test_a_donation_is_no_sale(stranger: Client) -> None:
    for page in PAGES + FORMS:
        text = re.sub(r"<[^>]+>", " ", stranger.get(f"/en/{page}").content.decode())
        assert not re.findall(r"\b(?:order|product|price|buy|cart|shipping)s?\b", text, re.IGNORECASE), page


def test_darowizna_is_no_sale(stranger: Client) -> None:
    what_we_do_with_the_money = {"kupujemy", "kupiliśmy"}
    for page in PAGES + FORMS:
        text = re.sub(r"<[^>]+>", " ", stranger.get(f"/pl/{page}").content.decode())
        found = re.findall(r"\b(?:zamówieni|produkt|cen[ayęi]\b|kup|zakup|zbiórk)\w*", text, re.IGNORECASE)
        assert {word.lower() for word in found} <= what_we_do_with_the_money, page


def test_package_page_adds_up_and_says_the_clause_before_paying(stranger: Client) -> None:
    text = stranger.get("/en/packages/warm-night/").content.decode()
    package = AidPackage.objects.select_related("need__clause").get(sku="WARM-NIGHT")
    clause = in_language(package.need.clause.text, "en").replace("'", "&#x27;")
    assert "185.00\xa0zł" in text
    assert clause in text
    assert clause in stranger.get("/en/give/checkout/?package=warm-night").content.decode()


def test_over_funded_need_says_so(stranger: Client) -> None:
    from tests.factories.aid_packages import give

    give(fund_code=Need.objects.get(code="warm-night").fund_code, amount_minor=7_000_000, reference="gift:ch_large")
    assert "fully funded" in stranger.get("/en/needs/warm-night/").content.decode()


def test_ended_need_leads_to_its_area(stranger: Client) -> None:
    Need.objects.filter(code="warm-night").update(state="ended")
    page = stranger.get("/en/packages/warm-night/").content.decode()
    assert "Give this now" not in page
    assert "?need=FOREST" in page
    assert stranger.get("/en/give/checkout/?package=warm-night").status_code == 302


@pytest.mark.parametrize("page", ["needs/nothing/", "packages/nothing/", "terms/1999-01/", "thank-you/nothing/"])
def test_unknown_names_are_not_found(stranger: Client, page: str) -> None:
    assert stranger.get(f"/en/{page}").status_code == 404


def test_privacy_names_every_cookie_that_a_visitor_can_get(stranger: Client) -> None:
    stranger.post("/en/basket/add/", {"package": "warm-night"}, headers={"sec-fetch-site": "same-origin"})
    stranger.get("/en/give/checkout/")
    stranger.post("/en/give/checkout/", {"email": "broken"})
    text = stranger.get("/en/privacy/").content.decode()
    assert set(stranger.cookies) >= {"aid_basket", "csrftoken"}
    for name in {*stranger.cookies, "giving", "sessionid", "desk_browser"}:
        assert f"<code>{name}</code>" in text


def test_robots_and_sitemap(stranger: Client) -> None:
    robots = stranger.get("/robots.txt").content.decode()
    sitemap = stranger.get("/sitemap.xml").content.decode()
    assert "Disallow: /*/thank-you/" in robots
    assert "/pl/packages/warm-night/</loc>" in sitemap
    assert "thank-you" not in sitemap
    for address in re.findall(r"<loc>http://[^/]+(/[^<]+)</loc>", sitemap):
        assert stranger.get(address).status_code == 200, address
