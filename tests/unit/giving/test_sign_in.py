"""Signing in on the pages: one answer for everybody, a link that scanners can't use up, and a session that ends."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from donors.models import DonorSession, SignInRequest
from donors.operations import send_due_mails, sweep_sign_ins
from donors.sessions import COOKIE
from donors.sign_in import COOKIE as ASKING
from tests.factories.donors import CANARY_EMAIL, make_donor
from tests.factories.giving import at_home, main_of

pytestmark = pytest.mark.django_db

START = "/en/my-giving/sign-in/"


@pytest.fixture
def donor_id() -> int:
    return make_donor(language="en")


def ask(client: Client, *, email: str = CANARY_EMAIL, next_path: str = "") -> None:
    asked = client.post(START, {"email": email, "next": next_path})
    assert (asked.status_code, asked["Location"]) == (303, "/en/my-giving/sign-in/sent/")


def deliver() -> None:
    """What the worker does with what was asked."""
    sweep_sign_ins(now=timezone.now())
    send_due_mails(now=timezone.now())


def newest_mail() -> tuple[str, str]:
    """The path of the link and the code."""
    body = str(mail.outbox[-1].body)
    link, code = re.search(r"https?://\S+/sign-in/link/\S+/", body), re.search(r"\b\d{3} ?\d{3}\b", body)
    assert link, body
    assert code, body
    return urlsplit(link.group()).path, code.group()


def is_in(client: Client) -> bool:
    return client.get("/en/my-giving/").status_code == 200


def test_the_link_shows_a_button_and_the_button_lets_in(donor_id: int) -> None:
    client = Client()
    ask(client, next_path="/en/my-giving/cards/")
    deliver()
    link, _code = newest_mail()
    for _scan in range(3):
        assert Client().get(link).status_code == 200
        assert client.get(link).status_code == 200
    assert not DonorSession.objects.exists()
    used = client.post(link)
    assert (used.status_code, used["Location"]) == (303, "/en/my-giving/cards/")
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")
    assert is_in(client)
    assert client.post(link).status_code == 404


def test_a_link_that_opens_elsewhere_says_where_to_type_the_code(donor_id: int) -> None:
    asked_here, elsewhere = Client(), Client()
    ask(asked_here)
    deliver()
    link, code = newest_mail()
    assert "Another browser asked" in main_of(elsewhere.get(link))
    assert "Another browser asked" in main_of(elsewhere.post(link))
    assert not is_in(elsewhere)
    typed = asked_here.post("/en/my-giving/sign-in/sent/", {"code": f" {code[:3]} {code[-3:]} "})
    assert (typed.status_code, typed["Location"]) == (303, "/en/my-giving/")
    assert is_in(asked_here)


def test_known_and_unknown_addresses_get_the_same_page(donor_id: int) -> None:
    answers = []
    for address in (CANARY_EMAIL, "nobody@example.org"):
        client = Client()
        ask(client, email=address)
        answers.append(re.sub(r'value="[^"]+"', "", client.get("/en/my-giving/sign-in/sent/").content.decode()))
    assert answers[0] == answers[1]
    assert SignInRequest.objects.count() == 2


def test_what_is_no_address_or_no_code_is_said_at_its_field(donor_id: int) -> None:
    client = Client()
    refused = client.post(START, {"email": "anna@@example"})
    assert refused.status_code == 422
    assert 'value="anna@@example"' in main_of(refused)
    assert "id_email_error" in main_of(refused)
    ask(client)
    for code in ("", "12345", "abcdef", "1" * 30):
        assert "id_code_error" in main_of(client.post("/en/my-giving/sign-in/sent/", {"code": code})), code
    deliver()
    _link, right = newest_mail()
    wrong = "000000" if right != "000000" else "000001"
    for _try in range(5):
        assert "not the code" in main_of(client.post("/en/my-giving/sign-in/sent/", {"code": wrong}))
    assert "one try too many" in main_of(client.post("/en/my-giving/sign-in/sent/", {"code": right}))


@pytest.mark.parametrize(
    "path", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\n/x"]
)
def test_nobody_is_led_away(donor_id: int, path: str) -> None:
    client = Client()
    assert "evil" not in main_of(client.get(START, {"next": path}))
    ask(client, next_path=path)
    deliver()
    assert client.post(newest_mail()[0])["Location"] == "/en/my-giving/"
    assert client.get(START, {"next": path})["Location"] == "/en/my-giving/"


def test_a_session_that_was_idle_leads_back_to_where_it_was(donor_id: int) -> None:
    client = at_home(donor_id, since=timezone.now() - timedelta(minutes=31))
    led = client.get("/en/my-giving/cards/?page=2")
    assert led.status_code == 303
    assert led["Location"] == "/en/my-giving/sign-in/?next=%2Fen%2Fmy-giving%2Fcards%2F%3Fpage%3D2&because=expired"
    page = main_of(client.get(led["Location"]))
    assert "You were signed out" in page
    assert 'value="/en/my-giving/cards/?page=2"' in page
    assert COOKIE not in {name for name, cookie in client.cookies.items() if cookie.value}


def test_signing_out_ends_the_session_for_good(donor_id: int) -> None:
    client = at_home(donor_id)
    kept = client.cookies[COOKIE].value
    assert client.post("/en/my-giving/sign-out/")["Location"] == f"{START}?because=signed-out"
    assert not is_in(client)
    client.cookies[COOKIE] = kept
    assert not is_in(client)


def test_forms_need_their_token(donor_id: int) -> None:
    for address in (START, "/en/my-giving/sign-out/", "/en/my-giving/details/", "/en/my-giving/privacy/erase/"):
        assert at_home(donor_id, strict=True).post(address, {"email": CANARY_EMAIL}).status_code == 403, address


def test_the_code_page_is_for_who_asked(donor_id: int) -> None:
    assert Client().get("/en/my-giving/sign-in/sent/")["Location"] == START
    client = Client()
    ask(client)
    asking = client.cookies[ASKING]
    assert (asking["httponly"], asking["samesite"], asking["max-age"]) == (True, "Lax", 600)
