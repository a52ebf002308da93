"""Who may open what. The table goes through the addresses themselves: a new page without a line here fails."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.factories.aid_packages import draft
from tests.factories.staff import Seat, make_member
from transparency.models import Report

pytestmark = pytest.mark.django_db

DESK = {
    "dashboard:index",
    "staff:allocations",
    "staff:allocation",
    "staff:documents",
    "staff:document",
    "staff:evidence",
    "staff:evidence_item",
    "staff:evidence_file",
    "staff:evidence_of",
    "staff:goods",
    "staff:good",
    "staff:lots",
    "staff:lot",
    "staff:deliveries",
    "staff:delivery",
    "staff:services",
    "staff:service",
    "staff:imports",
    "staff:import",
    "staff:import_template",
    "staff:grants",
    "staff:payables",
    "staff:partners",
    "staff:partner",
    "staff:redirects",
    "staff:redirect",
    "staff:deficits",
    "staff:cover",
    "staff:funds",
    "staff:fund",
    "staff:donations",
    "staff:donation",
    "staff:monthly_gifts",
    "staff:monthly_gift",
    "staff:unmatched",
    "staff:matters",
    "staff:payouts",
    "staff:payout",
    "staff:disputes",
    "staff:dispute",
    "staff:mails",
    "staff:share_policies",
    "staff:reports",
    "staff:report",
    "staff:report_preview",
    "staff:trail",
}
OPEN_TO_ALL = {"dashboard:login", "dashboard:logout"}
EXPECTED = {
    "nobody": 302,
    "a stranger with an account": 404,
    "staff without rights": 404,
    "somebody who left": 302,
    "preparer": 200,
    "approver": 200,
    "both": 200,
    "superuser": 200,
}


def names() -> Iterator[str]:
    """Every named address of the desk and the dashboard."""
    resolver = get_resolver()
    for prefix in resolver.url_patterns:
        for each in getattr(prefix, "url_patterns", []):
            namespace = getattr(each, "namespace", None)
            if namespace in {"staff", "dashboard"}:
                for pattern in each.url_patterns:
                    assert isinstance(pattern, URLPattern)
                    yield f"{namespace}:{pattern.name}"


def test_every_address_has_its_line_in_the_table() -> None:
    assert set(names()) == DESK | OPEN_TO_ALL


@pytest.mark.parametrize("person", EXPECTED)
def test_who_may_open_what(person: str, seats: dict[str, Seat], addresses: dict[str, str]) -> None:
    answers = {name: seats[person].client.get(url) for name, url in addresses.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(DESK, EXPECTED[person])
    if EXPECTED[person] == 302:
        login = reverse("dashboard:login")
        assert {answer["Location"] for answer in answers.values()} == {
            f"{login}?next={url}" for url in addresses.values()
        }
    if EXPECTED[person] == 200:
        assert all("no-store" in answer["Cache-Control"] for answer in answers.values())


@pytest.mark.parametrize("person", [name for name, status in EXPECTED.items() if status != 200])
def test_nor_may_they_send_anything(person: str, seats: dict[str, Seat], addresses: dict[str, str]) -> None:
    answers = {name: seats[person].client.post(url, {"act": "approve"}) for name, url in addresses.items()}
    assert {answer.status_code for answer in answers.values()} == {EXPECTED[person]}


@pytest.mark.parametrize(
    "page", ["allocations", "documents", "partners", "redirects", "deficits/covers", "donations", "monthly", "reports"]
)
def test_what_does_not_exist_is_not_found(page: str, ada: Seat) -> None:
    for number in (999_999, 0, 2**31, 2**63 - 1, 2**63, 10**30):
        assert ada.get(f"{page}/{number}/").status_code == 404
        assert ada.send(f"{page}/{number}/", {"act": "approve"}).status_code == 404


def test_an_unknown_fund_is_not_found(ada: Seat) -> None:
    for code in ("NOPE", "warm-night", "A" * 500, "..", "%00"):
        assert ada.get(f"funds/{code}/").status_code == 404


@pytest.mark.usefixtures("catalogue")
def test_a_form_without_its_token_is_refused(bartek: Seat) -> None:
    allocation = draft(actor=make_member("ada", "preparers"))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bartek.user)
    answer = strict.post(f"/en/dashboard/desk/allocations/{allocation.pk}/", {"act": "approve", "approve-reason": "x"})
    assert answer.status_code == 403
    allocation.refresh_from_db()
    assert allocation.state == "drafted"


def test_signing_in_leads_nowhere_else(ada: Seat) -> None:
    ada.user.set_password("correct horse battery staple")
    ada.user.save()
    login = reverse("dashboard:login")
    for elsewhere in (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil",
    ):
        typed = {"username": "ada", "password": "correct horse battery staple", "next": elsewhere}
        answer = Client().post(login, typed)
        assert (answer.status_code, answer["Location"]) == (302, reverse("dashboard:index")), elsewhere


def test_signing_in_leads_back_and_keeps_the_session_to_itself(ada: Seat) -> None:
    ada.user.set_password("correct horse battery staple")
    ada.user.save()
    back = reverse("staff:funds")
    browser = Client()
    typed = {"username": "ada", "password": "correct horse battery staple", "next": back}
    answer = browser.post(reverse("dashboard:login"), typed)
    assert (answer.status_code, answer["Location"]) == (302, back)
    cookie = browser.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_wrong_password_is_said_and_nothing_typed_is_echoed_but_the_name(ada: Seat) -> None:
    answer = Client().post(reverse("dashboard:login"), {"username": "ada", "password": "wrong\x00one"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="ada"' in page
    assert "wrong" not in page


def test_the_desk_follows_the_reader_not_the_address(addresses: dict[str, str], bartek: Seat) -> None:
    """The Polish address gives the Polish page."""
    page = bartek.get("allocations/", language="pl").content.decode()
    assert '<html lang="pl">' in page
    assert Report.objects.count() == 2
