"""Whose page is it: nobody but the donor who is signed in sees what is theirs, and the answer never says that it exists."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from donors.sessions import COOKIE
from payments.models import MonthlyAct, ScopedLink
from tests.factories.donors import make_donor
from tests.factories.giving import at_home, main_of
from tests.factories.staff import make_member, sign_in
from tests.unit.giving.conftest import Home

ANYBODYS = (
    "",
    "statements/",
    "claim/",
    "details/",
    "mails/",
    "cards/",
    "privacy/",
    "privacy/export/",
    "privacy/erase/",
)


def strangers() -> dict[str, Client]:
    """Everybody but the donor, each in their own browser."""
    unknown = Client()
    unknown.cookies[COOKIE] = "made-up"
    return {
        "nobody": Client(),
        "another donor": at_home(make_donor(email="other@example.org")),
        "a session that was idle": at_home(
            make_donor(email="idle@example.org"), since=timezone.now() - timedelta(hours=1)
        ),
        "a session that is made up": unknown,
        "staff": sign_in(make_member("celina", "preparers")).client,
    }


@pytest.mark.parametrize("language", ["pl", "en"])
def test_what_is_a_donors_is_there_for_nobody_else(home: Home, language: str) -> None:
    for person, client in strangers().items():
        for address in home.addresses():
            for answer in (client.get(f"/{language}{address}"), client.post(f"/{language}{address}", {"why": ""})):
                led_to_sign_in = answer.status_code == 303 and "/my-giving/sign-in/?" in answer["Location"]
                assert (
                    answer.status_code == 404 or (led_to_sign_in and "session" in person) or answer.status_code == 405
                ), (
                    person,
                    address,
                )
                assert "500.00" not in answer.content.decode(), (person, address)
    assert not MonthlyAct.objects.exists()


def test_the_donor_sees_them(home: Home) -> None:
    for address in home.addresses():
        assert home.client.get(f"/en{address}").status_code in {200, 303}, address


def test_for_nobody_there_is_a_way_to_sign_in_and_the_same_one_for_what_does_not_exist(home: Home) -> None:
    mine, none = f"/en/my-giving/gifts/{home.donation.pk}/", "/en/my-giving/gifts/987654321/"
    pages = [main_of(Client().get(address)).replace(address, "") for address in (mine, none)]
    token = 'name="csrfmiddlewaretoken"'
    without_tokens = [[line for line in page.splitlines() if token not in line] for page in pages]
    assert without_tokens[0] == without_tokens[1]
    assert "Send me the link" in pages[0]


def test_pages_without_an_object_lead_to_signing_in_and_back(home: Home) -> None:
    for person, client in strangers().items():
        for page in ANYBODYS:
            answer = client.get(f"/en/my-giving/{page}")
            if person == "another donor":
                assert answer.status_code == 200, page
                continue
            assert answer.status_code == 303, (person, page)
            assert answer["Location"].startswith("/en/my-giving/sign-in/?next=%2Fen%2Fmy-giving%2F"), (person, page)


def test_another_donors_pages_hold_nothing_of_this_one(home: Home) -> None:
    other = at_home(make_donor(email="other@example.org", name="", company_name="", nip="", address=""))
    for page in (*ANYBODYS, "privacy/export/page/"):
        text = other.get(f"/en/my-giving/{page}").content.decode()
        for word in ("500.00", "50.00", "Kanar", f"/monthly/{home.monthly.pk}/", f"/gifts/{home.donation.pk}/"):
            assert word not in text, (page, word)


def test_links_end_with_their_time_and_only_their_own_page_opens(home: Home) -> None:
    for address in home.link_addresses():
        assert Client().get(f"/en{address}").status_code == 200, address
        wrong = address.rstrip("/")[:-1] + ("A" if address.rstrip("/")[-1] != "A" else "B") + "/"
        assert Client().get(f"/en{wrong}").status_code == 404, wrong
        assert Client().post(f"/en{wrong}").status_code == 404, wrong
    for page, token in home.links.items():
        for other in {"undo", "more", "merge", "mend", "give"} - {page}:
            assert Client().get(f"/en/monthly/{other}/{token}/").status_code == 404, (page, other)
    ScopedLink.objects.update(expires_at=timezone.now())
    for address in home.link_addresses()[:-1]:
        assert Client().get(f"/en{address}").status_code == 404, address
        assert Client().post(f"/en{address}").status_code == 404, address
    assert not MonthlyAct.objects.exists()


def test_nothing_of_it_is_kept_or_listed_or_told_to_others(home: Home) -> None:
    own = [f"/my-giving/{page}" for page in ANYBODYS]
    for address in (*own, *home.addresses(), *home.link_addresses(), "/my-giving/sign-in/"):
        answer = home.client.get(f"/en{address}")
        assert "no-store" in answer["Cache-Control"], address
        assert "private" in answer["Cache-Control"], address
        assert "noindex" in answer["X-Robots-Tag"], address
        assert answer["Referrer-Policy"] in ("same-origin", "no-referrer"), address
        assert "default-src 'none'" in answer["Content-Security-Policy"], address


def test_looking_at_a_link_changes_nothing(home: Home) -> None:
    for _scan in range(2):
        for address in home.link_addresses():
            assert Client().get(f"/en{address}").status_code == 200
            assert Client().head(f"/en{address}").status_code == 200
    assert not MonthlyAct.objects.exists()
    assert not ScopedLink.objects.filter(used_at__isnull=False).exists()
