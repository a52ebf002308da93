"""The hosted pages over plain HTTP: no browser, no JavaScript."""

import re
import urllib.request

import pytest
import stripe

from stripe_sandbox.pages.texts import TEXTS
from stripe_sandbox.paying import Result
from stripe_sandbox.testing import Client
from tests.factories.stripe_sandbox import ASKS, DECLINES, line_item, session_params
from tests.unit.stripe_sandbox.visiting import card_form, visit


@pytest.fixture
def session(api: stripe.StripeClient) -> stripe.checkout.Session:
    items = [line_item(name="Zestaw <b>zimowy</b>", unit_amount=62_500, quantity=2)]
    return api.v1.checkout.sessions.create(session_params(line_items=items))


def test_the_page_says_what_is_given_and_that_it_is_no_real_money(session: stripe.checkout.Session):
    page = visit(session.url)
    text = page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert page.status == 200
    assert '<html lang="pl">' in page.source
    assert "Przekaż darowiznę 1 250,00 zł" in text
    assert "Zestaw <b>zimowy</b>" in text
    assert "&lt;b&gt;zimowy" in page.source
    assert "To nie są prawdziwe pieniądze" in text
    assert 'value="anna@example.org"' in page.source
    assert 'href="http://shop.test/cancelled"' in page.source
    assert "<script" not in page.source


@pytest.mark.parametrize(
    ("locale", "accepted", "said"),
    [
        ("en", "pl", "Donate"),
        ("pl", "en", "Przekaż darowiznę"),
        ("auto", "pl-PL,pl;q=0.9", "Przekaż darowiznę"),
        (None, "uk", "Donate"),
    ],
)
def test_the_language_is_the_sessions(api: stripe.StripeClient, locale: str | None, accepted: str, said: str):
    session = api.v1.checkout.sessions.create(session_params(locale=locale))
    assert said in visit(session.url, language=accepted).text


@pytest.mark.parametrize(("submit_type", "said"), [("pay", "Zapłać"), ("book", "Zarezerwuj"), (None, "Zapłać")])
def test_the_verb_is_the_sessions(api: stripe.StripeClient, submit_type: str | None, said: str):
    assert said in visit(api.v1.checkout.sessions.create(session_params(submit_type=submit_type)).url).text


def test_what_the_session_wants_said_stands_by_the_button(api: stripe.StripeClient):
    said = {"submit": {"message": "Darowizna na <cele> statutowe"}}
    session = api.v1.checkout.sessions.create(session_params(custom_text=said))
    assert "Darowizna na &lt;cele&gt; statutowe" in visit(session.url).source


def test_paying_leads_to_the_shop_with_the_sessions_id(api: stripe.StripeClient, session: stripe.checkout.Session):
    page = visit(session.url, card_form(email="other@example.org", name="Anna"))
    assert (page.status, page.location) == (303, f"http://shop.test/thanks?session={session.id}")
    after = api.v1.checkout.sessions.retrieve(session.id)
    assert after.payment_status == "paid"
    assert (after.customer_details.email, after.customer_details.name) == ("other@example.org", "Anna")
    again = visit(session.url or "", card_form())
    assert (again.status, again.location) == (303, page.location)
    assert len(api.v1.charges.list().data) == 1
    assert "Płatność zakończona" in visit(session.url or "").text


def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(session: stripe.checkout.Session):
    page = visit(session.url, card_form(email="nobody", number="4111 1111 1111 1111", expiry="13/49", cvc="1"))
    assert page.status == 422
    for field, key in (
        ("email", "email_invalid"),
        ("number", "number_not_a_test_card"),
        ("expiry", "expiry_invalid"),
        ("cvc", "cvc_invalid"),
    ):
        assert f'id="{field}-error">{TEXTS["pl"][key]}' in page.source
        control = re.search(rf'<input[^>]* id="{field}"[^>]*>|<input id="{field}"[^>]*>', page.source)
        assert control is not None
        assert f'aria-describedby="{field}-error' in control[0]
        assert 'aria-invalid="true"' in control[0]
        assert f'href="#{field}"' in page.source
    assert 'value="nobody"' in page.source
    assert "<title>Błąd: " in page.source
    assert 'value="1"' not in page.source


def test_a_declined_card_is_told_and_another_pays(session: stripe.checkout.Session):
    page = visit(session.url, card_form(DECLINES))
    assert page.status == 402
    assert "Karta została odrzucona." in page.text
    assert "Nic nie pobraliśmy" in page.text
    assert "Karta została odrzucona." in visit(session.url).text
    assert visit(session.url, card_form()).status == 303


def test_a_card_asks_on_another_page(api: stripe.StripeClient, session: stripe.checkout.Session, sandbox: Client):
    page = visit(session.url, card_form(ASKS))
    assert page.location == f"/c/pay/{session.id}/confirm"
    asking = visit(sandbox.url + page.location)
    assert "Potwierdź, że to Ty" in asking.text
    refused = visit(sandbox.url + page.location, {"answer": "refuse"})
    assert refused.location == f"/c/pay/{session.id}"
    assert "Bank nie potwierdził, że to Ty." in visit(session.url).text
    visit(session.url, card_form(ASKS))
    assert visit(sandbox.url + page.location, {"answer": "time_out"}).status == 200
    assert "shop.test/thanks" in visit(sandbox.url + page.location, {"answer": "approve"}).location
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


@pytest.mark.parametrize(
    ("form", "asked", "answer", "status"),
    [
        ({"method": "blik", "blik": "123 456"}, "Potwierdź w aplikacji banku", "approve", "paid"),
        ({"method": "blik", "blik": "123456"}, "Potwierdź w aplikacji banku", "time_out", "unpaid"),
        ({"method": "p24", "bank": "mbank_mtransfer"}, "mBank", "approve", "paid"),
        ({"method": "p24", "bank": "mbank_mtransfer"}, "mBank", "refuse", "unpaid"),
        ({"method": "p24", "bank": "mbank_mtransfer"}, "mBank", "later", "unpaid"),
    ],
)
def test_blik_and_the_bank_ask_too(
    api: stripe.StripeClient,
    session: stripe.checkout.Session,
    sandbox: Client,
    form: dict[str, str],
    asked: str,
    answer: str,
    status: str,
):
    location = visit(session.url, {"email": "anna@example.org", **form}).location
    assert location is not None
    assert asked in visit(sandbox.url + location).text
    after = visit(sandbox.url + location, {"answer": answer})
    assert after.status == 303
    assert ("thanks" in (after.location or "")) == (answer in ("approve", "later"))
    kept = api.v1.checkout.sessions.retrieve(session.id)
    assert kept.payment_status == status
    assert kept.status == ("open" if answer in ("time_out", "refuse") else "complete")


def test_a_bank_that_confirms_later_does_so_after_some_seconds(
    api: stripe.StripeClient, session: stripe.checkout.Session, sandbox: Client
):
    location = visit(session.url, {"email": "a@example.org", "method": "p24", "bank": "ing"}).location
    visit(sandbox.url + (location or ""), {"answer": "later"})
    sandbox.clock(offset=12)
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_an_expired_session_leads_back(api: stripe.StripeClient, session: stripe.checkout.Session):
    api.v1.checkout.sessions.expire(session.id)
    for form in (None, card_form()):
        page = visit(session.url, form)
        assert page.status == 410
        assert 'href="http://shop.test/cancelled"' in page.source
    assert api.v1.charges.list().data == []


@pytest.mark.parametrize("path", ["/c", "/c/pay/cs_test_nothing", "/c/pay/", "/c/pay/x/y/z", "/favicon.ico"])
def test_other_addresses_are_not_found(sandbox: Client, path: str):
    page = visit(sandbox.url + path, language="pl")
    assert page.status == 404
    assert "Nie ma takiej strony" in page.text


def test_the_first_page_says_what_this_is(sandbox: Client):
    page = visit(sandbox.url, language="pl")
    assert page.status == 200
    assert "Lokalny zastępca Stripe" in page.text


def test_confirming_what_does_not_wait_leads_to_the_form(session: stripe.checkout.Session, sandbox: Client):
    assert visit(f"{sandbox.url}/c/pay/{session.id}/confirm").location == f"/c/pay/{session.id}"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"method": "cash"},
        {"method": "card", "email": "a@example.org", "number": "٤٢٤٢" * 4, "expiry": "12/49", "cvc": "123"},
        card_form(email="a@example.org\r\nBcc: b@example.org"),
        card_form(name="\x00\N{RIGHT-TO-LEFT OVERRIDE}" + "a\N{COMBINING ACUTE ACCENT}" * 5000, cvc="x"),
        {"answer": "approve"},
        {f"field{number}": "" for number in range(60)},
    ],
)
def test_junk_is_answered_with_the_form(session: stripe.checkout.Session, form: dict[str, str]):
    assert visit(session.url, form).status == 422


def test_no_page_is_framed_or_loads_anything_from_elsewhere(session: stripe.checkout.Session, sandbox: Client):
    with urllib.request.urlopen(session.url or "") as response:
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    style = visit(f"{sandbox.url}/c/style.css")
    assert style.status == 200
    assert "url(" not in style.source
    assert "@import" not in style.source


def test_both_languages_say_the_same_things():
    assert set(TEXTS["pl"]) == set(TEXTS["en"])
    assert all(text.strip() for texts in TEXTS.values() for text in texts.values())


def test_every_result_of_an_attempt_says_what_it_is():
    assert all(result.value.endswith(".") for result in Result)
