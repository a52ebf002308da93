"""What donors and everyone read of it: the rule with its example, and what a gift became."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from donors.sessions import COOKIE, start_session
from payments.models import Donation
from tests.factories import attribution as acts
from tests.factories.donors import make_donor
from tests.factories.share import share_policy
from tests.factories.time import NOW
from tests.factories.transparency import OCTOBER_NOON, Giving
from transparency.attribution.example import worked_example

LATER = acts.after_the_window(OCTOBER_NOON)


def words(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    main = answer.content.decode().split("<main")[1].split("</main>")[0].replace("\xa0", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.fixture
def zofia() -> Client:
    """A browser in which Zofia is signed in; her number stands on it."""
    client = Client()
    client.donor_id = make_donor(email="zofia@example.org")  # type: ignore[attr-defined]  # for the tests below
    client.cookies[COOKIE] = start_session(donor_id=client.donor_id, now=timezone.now())  # type: ignore[attr-defined]  # as above
    return client


def gives(giving: Giving, client: Client, amount_minor: int, **given: object) -> Donation:
    return giving.give(amount_minor, donor_id=client.donor_id, **given)  # type: ignore[attr-defined, arg-type]  # set by the fixture


def test_the_example_adds_up() -> None:
    example = worked_example()
    for each in example.became:
        assert sum(each.parts.values()) + each.waiting == each.net
    for spending in example.spendings:
        taken = sum(each.parts.get(spending.mark, 0) for each in example.became)
        assert taken == (spending.amount if spending.mark.isdigit() else 0)
    assert [each.parts for each in example.became] == [
        {"2": 3_000},
        {"2": 3_850, "1": 6_000},
        {"2": 150, "3": 3_000},
        {},
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_rule_stands_on_a_page_of_its_own(language: str) -> None:
    answer = Client().get(f"/{language}/reports/how/")
    page = answer.content.decode()
    assert "public" in answer["Cache-Control"]
    assert page.count("<h1") == 1
    assert page.count("<table") == 3
    assert '<svg class="line-picture__drawing"' in page
    assert not re.search(r"<script|<style| style=", page.split("<main")[1].split("</main>")[0])


def test_a_gift_within_its_window_says_when_it_steps_on_a_line(giving: Giving, zofia: Client) -> None:
    gift = gives(giving, zofia, 5_000, at=timezone.now() - timedelta(days=1))
    said = words(zofia, f"/en/my-giving/gifts/{gift.pk}/")
    assert "it steps onto the line of its need" in said
    assert "attributed by method" not in said


def test_a_gift_that_is_held_says_why(giving: Giving, zofia: Client) -> None:
    gift = gives(giving, zofia, 5_000)
    Donation.objects.filter(pk=gift.pk).update(state="disputed")
    assert acts.lines_grow(now=LATER).gifts == 0
    assert "a bank asks about it" in words(zofia, f"/en/my-giving/gifts/{gift.pk}/")
    Donation.objects.filter(pk=gift.pk).update(state="settled")
    assert acts.lines_grow(now=LATER).gifts == 1


def test_a_gift_on_its_line_says_what_waits(giving: Giving, zofia: Client) -> None:
    gift = gives(giving, zofia, 5_150)
    acts.lines_grow(now=LATER)
    said = words(zofia, f"/en/my-giving/gifts/{gift.pk}/")
    assert "attributed by method v1" in said
    assert "All of it still waits" in said
    assert said.count("50.00 zł") >= 2


def test_a_gift_shows_each_part_and_its_month(giving: Giving, zofia: Client) -> None:
    gift = gives(giving, zofia, 10_150)
    acts.spend(2_000, reference="purchase:bags")
    acts.redirect(3_000, reference="redirect:season", fund="WARM-NIGHT", to="FOREST")
    acts.spend(1_000, reference="purchase:tea", fund="FOREST")
    acts.lines_grow(now=LATER)
    said = words(zofia, f"/en/my-giving/gifts/{gift.pk}/")
    for part in ("September 2026: turned into help 20.00 zł", "September 2026: turned into help 10.00 zł"):
        assert part in said
    assert "September 2026: moved, and waiting there 20.00 zł" in said
    assert "still waiting 50.00 zł" in said
    assert "Together 100.00 zł" in said


def test_a_gift_says_what_of_it_was_for_running_costs_and_what_of_that_went_back(giving: Giving, zofia: Client) -> None:
    gift = gives(giving, zofia, 10_000, at=NOW, policy=share_policy(permille=50))
    address = f"/en/my-giving/gifts/{gift.pk}/"
    acts.give_back(gift, 5_000, at=NOW)
    acts.lines_grow(now=acts.after_the_window(NOW))
    said = words(zofia, address)
    assert "5.00 zł of it pays for running costs: 5%, as was said before you gave." in said
    assert "2.50 zł of that went back to you with what went back." in said
    assert "Together 46.00 zł" in said
    assert "less the cost of the payment, what of it was for running costs, and what had gone back by then" in said


def test_what_running_costs_spend_is_no_help(giving: Giving, zofia: Client) -> None:
    gift = gives(giving, zofia, 10_000, fund="ADMIN")
    acts.spend(2_000, reference="purchase:server", fund="ADMIN")
    acts.lines_grow(now=LATER)
    said = words(zofia, f"/en/my-giving/gifts/{gift.pk}/")
    assert "September 2026: spent on running costs, with documents 20.00 zł" in said
    assert "turned into help" not in said


def test_what_cant_be_asked_is_said_and_nothing_is_made_up(
    giving: Giving, zofia: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = gives(giving, zofia, 5_150)

    def fails(**_: object) -> None:
        raise DatabaseError("gone away")

    monkeypatch.setattr("shop.giving.became.gift_attribution", fails)
    said = words(zofia, f"/en/my-giving/gifts/{gift.pk}/")
    assert "This can’t be shown just now" in said
    assert "attributed by method" not in said


def test_the_proof_is_the_donors_own(giving: Giving, zofia: Client) -> None:
    gift = gives(giving, zofia, 5_000)
    others = giving.give(5_000)
    mine = zofia.get(f"/en/my-giving/gifts/{gift.pk}/proof.json")
    assert mine.status_code == 200
    assert mine.json()["gifts"] == [{"fund": "WARM-NIGHT", "amount_minor": 5_000}]
    assert "no-store" in mine["Cache-Control"]
    assert mine["Content-Disposition"] == 'attachment; filename="proof.json"'
    assert zofia.get(f"/en/my-giving/gifts/{others.pk}/proof.json").status_code == 404
    assert Client().get(f"/en/my-giving/gifts/{gift.pk}/proof.json").status_code == 404
