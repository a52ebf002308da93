"""A donor's own pages: what stands on them, in both languages, with few questions to the database."""

import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donors.models import Donor, MailChoice, MailTopic
from donors.sessions import COOKIE
from payments.models import Donation, GiftClaim, MonthlyGift, RenewalTrouble, Statement
from payments.monthly_states import ActState, ActVerb, MonthlyState, TroubleState
from payments.operations.statements import claim_code
from tests.factories.donors import CANARIES, CANARY_DEDICATEE, CANARY_EMAIL, CANARY_NAME, make_dedication, make_donor
from tests.factories.giving import at_home, main_of, send_form
from tests.factories.monthly import TOLD, make_act, make_monthly
from tests.factories.transparency import Giving
from tests.unit.giving.conftest import Home

OWN = (
    "", "statements/", "claim/", "details/", "mails/", "cards/", "privacy/", "privacy/export/page/", "privacy/erase/",
)  # fmt: skip
MOST_QUERIES = 20
MOST_FOR_EVERYTHING = 32
"""Each table that holds something of a donor is asked once."""


def words(home: Home, path: str, *, language: str = "en") -> str:
    """What a page says, without tags."""
    answer = home.client.get(f"/{language}/my-giving/{path}")
    assert answer.status_code == 200, path
    return " ".join(re.sub(r"<[^>]+>", " ", main_of(answer)).split())


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_page_stands_in_both_languages(home: Home, language: str) -> None:
    gift = f"monthly/{home.monthly.pk}/"
    acts = [f"{gift}{act}/" for act in ("change", "skip", "pause", "cancel", "switch", "card")]
    for page in (*OWN, gift, *acts, f"gifts/{home.donation.pk}/"):
        answer = home.client.get(f"/{language}/my-giving/{page}")
        text = answer.content.decode()
        assert answer.status_code == 200, page
        assert f'<html lang="{language}">' in text, page
        assert text.count("<h1") == 1, page
        assert not re.search(r"<script|<style| style=| on[a-z]+=", text), page
        assert not re.findall(r'(?:src|href|action|formaction)="((?:https?:)?//[^"]+)"', text), page


def test_few_questions_are_asked_however_much_a_donor_has(home: Home) -> None:
    for number in range(12):
        gift = make_monthly(intent_key=f"more-{number}", donor_id=home.donor_id)
        make_act(gift=gift)
    giving = Giving()
    for number in range(30, 60):
        Donation.objects.filter(pk=giving.give(1_000 + number).pk).update(donor_id=home.donor_id)
    for page in (*OWN, f"monthly/{home.monthly.pk}/", f"gifts/{home.donation.pk}/"):
        with CaptureQueriesContext(connection) as asked:
            assert home.client.get(f"/en/my-giving/{page}").status_code == 200
        most = MOST_FOR_EVERYTHING if "export" in page else MOST_QUERIES
        assert len(asked) <= most, (page, [query["sql"][:120] for query in asked])


def test_home_shows_gifts_and_pages_through_them(home: Home) -> None:
    giving = Giving()
    for number in range(25):
        Donation.objects.filter(pk=giving.give(2_000 + number).pk).update(donor_id=home.donor_id)
    first, second = words(home, ""), words(home, "?page=2")
    assert "50.00 zł every month" in first
    assert "Page 1 of 2" in first
    assert "500.00" in first + second
    assert words(home, "?page=9999999999") == first


def test_an_empty_home_says_what_to_do(db: None) -> None:
    page = main_of(at_home(make_donor(email="new@example.org")).get("/en/my-giving/"))
    assert "No donation stands here yet" in page
    assert 'href="/en/give/"' in page


def test_a_donation_tells_when_it_will_be_known_what_it_became(home: Home) -> None:
    text = words(home, f"gifts/{home.donation.pk}/")
    settled = home.donation.settled_at
    assert settled is not None
    assert "500.00" in text
    assert "On 27 October 2026" in text or "steps onto the line of its need" in text
    assert "It will be part of what came in in October 2026" in text
    assert "/receipt/" in main_of(home.client.get(f"/en/my-giving/gifts/{home.donation.pk}/"))


def test_a_donation_that_went_back_promises_nothing(home: Home) -> None:
    Donation.objects.filter(pk=home.donation.pk).update(state="refunded", refunded_minor=50_000)
    assert "What it became" not in words(home, f"gifts/{home.donation.pk}/")


def test_a_monthly_gift_always_shows_its_next_three_dates(home: Home) -> None:
    page = main_of(home.client.get(f"/en/my-giving/monthly/{home.monthly.pk}/"))
    assert page.count("next-dates__number") == 3
    assert "All is well" in page


def test_what_was_read_back_is_told_and_nothing_else(home: Home) -> None:
    told = {**TOLD, "sum_minor": 7_000, "next_dates": ["2027-01-15", "2027-02-15", "2027-03-15"]}
    done = make_act(gift=home.monthly, told=told)
    refused = make_act(gift=home.monthly, verb=ActVerb.USE_METHOD, state=ActState.REFUSED, failure_kind="card_declined")
    here = f"monthly/{home.monthly.pk}/"
    assert "So the payment provider answered" in words(home, f"{here}?act={done.pk}")
    assert "70.00 zł every month" in words(home, f"{here}?act={done.pk}")
    assert "It was not done" in words(home, f"{here}?act={refused.pk}")
    assert "It was not done" not in words(home, here)
    foreign = make_act(gift=make_monthly(intent_key="foreign", donor_id=make_donor(email="other@example.org")))
    assert "answered" not in words(home, f"{here}?act={foreign.pk}")
    make_act(gift=home.monthly, verb=ActVerb.PAUSE, state=ActState.UNKNOWN)
    doubtful = words(home, here)
    assert "We don’t know yet whether it is done" in doubtful
    assert "End it" not in doubtful


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (TroubleState.RETRYING, "It is tried again by itself"),
        (TroubleState.ACTION_REQUIRED, "Your bank wants you to confirm it"),
        (TroubleState.FAILED, "It is not tried again by itself"),
    ],
)
def test_trouble_says_what_to_do(home: Home, state: TroubleState, said: str) -> None:
    now = timezone.now()
    MonthlyGift.objects.filter(pk=home.monthly.pk).update(state=MonthlyState.PAST_DUE)
    RenewalTrouble.objects.create(
        gift=home.monthly, invoice_ref="in_open", state=state, amount_minor=5_000, due_on=date(2026, 11, 15),
        attempts=1, found_at=now, moved_at=now,
    )  # fmt: skip
    text = words(home, f"monthly/{home.monthly.pk}/")
    assert "The gift of 15 November 2026 (50.00 zł) is not paid" in text
    assert said in text
    assert ("Pay it now" in text) is (state is not TroubleState.ACTION_REQUIRED)
    assert "Use another card" in text


def test_details_are_kept_and_what_is_wrong_is_said_at_its_field(home: Home) -> None:
    typed = {"name": "Zofia", "company_name": "", "nip": "123", "address": "", "language": "en"}
    refused = home.client.post("/en/my-giving/details/", typed)
    assert refused.status_code == 422
    assert {"id_nip_error", "id_company_name_error"} <= set(re.findall(r'id="(id_\w+_error)"', main_of(refused)))
    assert 'value="123"' in main_of(refused)
    kept = home.client.post("/en/my-giving/details/", {**typed, "nip": "", "language": "pl"})
    assert kept["Location"] == "/pl/my-giving/details/?kept=1"
    assert Donor.objects.get(pk=home.donor_id).language == "pl"
    assert CANARY_NAME not in main_of(home.client.get("/en/my-giving/details/"))


def test_each_kind_of_mail_by_itself(home: Home) -> None:
    wanted = {topic.value: "on" for topic in MailTopic if topic is not MailTopic.REPORTS}
    assert send_form(home.client, "/en/my-giving/mails/", **wanted).status_code == 303
    assert [(row.topic, row.wanted) for row in MailChoice.objects.all()] == [("reports", False)]
    page = main_of(home.client.get("/en/my-giving/mails/?kept=1"))
    assert page.count(" checked") == len(MailTopic) - 1


def test_one_click_unsubscribes_without_a_form_of_ours(home: Home) -> None:
    address = f"/en{home.link_addresses()[-1]}"
    program = Client(enforce_csrf_checks=True)
    assert "This turns off one kind of mail" in main_of(program.get(address))
    assert not MailChoice.objects.exists()
    for _again in range(2):
        assert program.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [(row.topic, row.wanted) for row in MailChoice.objects.all()] == [("reports", False)]


def test_cards_with_how_far_they_are(home: Home) -> None:
    assert "You have sent no card yet" in words(home, "cards/")
    make_dedication(donor_id=home.donor_id)
    text = words(home, "cards/")
    assert CANARY_DEDICATEE in text
    assert "waits until the donation is paid" in text


def test_a_statement_is_made_once_and_anew_when_a_name_is_added(home: Home) -> None:
    page = "/en/my-giving/statements/"
    assert "1 donation to" in words(home, "statements/")
    first = send_form(home.client, page)
    assert first["Location"] == f"/en/my-giving/statements/{home.statement_id}/pdf/"
    pdf = home.client.get(first["Location"])
    assert pdf.content.startswith(b"%PDF")
    assert "Kanar" not in pdf["Content-Disposition"]
    home.client.post("/en/my-giving/details/", {"name": "Nowa Nazwa", "language": "en"})
    assert send_form(home.client, page)["Location"] != first["Location"]
    assert Statement.objects.count() == 2
    year = {"year": "1999", "donee": "X", "currency": "PLN"}
    assert home.client.post(page, year).status_code == 404


def test_an_anonymous_donation_is_proved_by_its_code(home: Home) -> None:
    giver = make_donor(email="secret@example.org")
    donation = Giving().give(7_700)
    Donor.objects.filter(pk=giver).update(anonymous=True, email_hash=None)
    Donation.objects.filter(pk=donation.pk).update(donor_id=giver)
    receipt = Donation.objects.get(pk=donation.pk).receipt
    code = claim_code(receipt=receipt)
    assert code
    wrong = home.client.post("/en/my-giving/claim/", {"code": f"{code[:-1]}{'A' if code[-1] != 'A' else 'B'}"})
    assert wrong.status_code == 422
    assert "id_code_error" in main_of(wrong)
    assert not GiftClaim.objects.exists()
    assert home.client.post("/en/my-giving/claim/", {"code": code}).status_code == 303
    assert GiftClaim.objects.get().donor_id == home.donor_id
    assert "2 donations to" in words(home, "statements/")
    assert home.client.get(f"/en/my-giving/gifts/{donation.pk}/").status_code == 404


def test_everything_held_to_read_and_to_take_along(home: Home) -> None:
    make_dedication(donor_id=home.donor_id)
    file = home.client.get("/en/my-giving/privacy/export/")
    assert file["Content-Type"].startswith("application/json")
    held = json.loads(file.content)
    assert held["donors"]["contact"]["email"] == CANARY_EMAIL
    text = words(home, "privacy/export/page/")
    for word in CANARIES:
        assert word.replace("&", "&amp;") in text, word
    assert "500.00 zł" in text
    assert not re.findall(r"\b[a-z]+_[a-z_]+\b", text), "a key without its word"


def test_a_farewell_shows_its_plan_and_ends_the_session(home: Home) -> None:
    MonthlyGift.objects.update(state=MonthlyState.CANCELLED, cancelled_at=timezone.now())
    page = words(home, "privacy/erase/")
    assert "What goes now" in page
    assert "What the law keeps" in page
    refused = home.client.post("/en/my-giving/privacy/erase/", {})
    assert refused.status_code == 422
    assert Donor.objects.get(pk=home.donor_id).erased_at is None
    done = home.client.post("/en/my-giving/privacy/erase/", {"sure": "on"})
    assert "Your data are erased" in main_of(done)
    assert not done.cookies[COOKIE].value
    assert Donor.objects.get(pk=home.donor_id).erased_at is not None
    assert home.client.get("/en/my-giving/").status_code == 303


def test_a_farewell_waits_until_nothing_more_is_taken(home: Home) -> None:
    page = home.client.get("/en/my-giving/privacy/erase/")
    assert "Something has to end first" in main_of(page)
    assert "A monthly gift goes on" in main_of(page)
    assert home.client.post("/en/my-giving/privacy/erase/", {"sure": "on"}).status_code == 409
    assert Donor.objects.get(pk=home.donor_id).erased_at is None
    MonthlyGift.objects.update(state=MonthlyState.CANCELLED, cancelled_at=timezone.now())
    make_act(gift=home.monthly, verb=ActVerb.CANCEL, state=ActState.UNKNOWN)
    assert home.client.post("/en/my-giving/privacy/erase/", {"sure": "on"}).status_code == 409
    assert Donor.objects.get(pk=home.donor_id).erased_at is None
