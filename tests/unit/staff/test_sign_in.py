"""How often one may try to sign in to the desk: strangers meet a limit, and can't lock anybody out."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.models import User
from shop.staff import sign_in
from shop.staff.sign_in import COOKIE, EVERYBODY, KNOWN_BROWSER, ONE_NAME

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def ada() -> User:
    """She works here, with a password."""
    return User.objects.create_user("ada", password=PASSWORD, is_staff=True)


def attempt(browser: Client, name: str = "ada", password: str = "guess") -> int:
    """Sends the form; the status says what came of it: 200 not right, 302 signed in, 429 too many."""
    return browser.post(reverse("dashboard:login"), {"username": name, "password": password}).status_code


def guess(name: str = "ada", *, times: int) -> list[int]:
    """A stranger's attempts, each from a browser that has never been here."""
    return [attempt(Client(), name) for _ in range(times)]


@pytest.mark.parametrize("name", ["ada", "nobody-is-called-so"])
def test_a_name_is_guessed_at_ten_times_whether_anybody_is_called_so_or_not(name: str) -> None:
    assert guess(name, times=ONE_NAME + 1) == [200] * ONE_NAME + [429]
    assert attempt(Client(), name, PASSWORD) == 429, "past the limit the password is not looked at"


def test_one_name_does_not_shut_out_another(ada: User) -> None:
    User.objects.create_user("bartek", password=PASSWORD, is_staff=True)
    guess(times=ONE_NAME + 1)
    assert attempt(Client(), "bartek", PASSWORD) == 302


def test_all_names_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "EVERYBODY", 7)
    assert EVERYBODY > ONE_NAME
    assert [attempt(Client(), f"name-{number}") for number in range(8)] == [200] * 7 + [429]


def test_a_browser_that_signed_in_before_is_not_locked_out_by_strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Client()
    assert attempt(own, password=PASSWORD) == 302
    monkeypatch.setattr(sign_in, "EVERYBODY", 5)
    guess(times=ONE_NAME + 1)
    assert attempt(Client(), password=PASSWORD) == 429
    again = Client()
    again.cookies[COOKIE] = own.cookies[COOKIE].value
    assert attempt(again, password=PASSWORD) == 302


def test_that_browser_has_a_limit_of_its_own(ada: User) -> None:
    own = Client()
    attempt(own, password=PASSWORD)
    cookie = own.cookies[COOKIE].value

    def again(password: str, name: str = "ada") -> int:
        browser = Client()
        browser.cookies[COOKIE] = cookie
        return attempt(browser, name, password)

    assert [again("guess") for _ in range(KNOWN_BROWSER + 1)] == [200] * KNOWN_BROWSER + [429]
    User.objects.create_user("bartek", password=PASSWORD, is_staff=True)
    assert [again("guess", "bartek") for _ in range(ONE_NAME + 1)] == [200] * ONE_NAME + [429], "it is ada's alone"


@pytest.mark.parametrize("cookie", ["", "made up", "e30:1tAAAA:abc", "é", "x" * 5_000])
def test_a_cookie_that_is_made_up_helps_nobody(cookie: str) -> None:
    guess(times=ONE_NAME)
    browser = Client()
    browser.cookies[COOKIE] = cookie
    assert attempt(browser) == 429


def test_who_signs_in_rightly_uses_nothing_up() -> None:
    assert {attempt(Client(), password=PASSWORD) for _ in range(ONE_NAME + 5)} == {302}


def test_nothing_tells_who_works_here() -> None:
    browser = Client()
    attempt(browser, password=PASSWORD)
    cookie = browser.cookies[COOKIE]
    assert "ada" not in cookie.value
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"] > 0) == (True, "Strict", True)


def test_it_is_said_what_to_do() -> None:
    guess(times=ONE_NAME)
    with translation.override("en"):
        address = reverse("dashboard:login")
    answer = Client().post(address, {"username": "ada", "password": "guess"})
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert "Too many attempts. Wait ten minutes" in page
    assert 'value="ada"' in page
