"""What people and machines type: each refusal is a sentence at its place, nothing is booked, and nothing breaks."""

import pytest
from django.test import Client
from django.utils import translation

from payments.models import Donation
from shop.forms.donor import DonorForm
from tests.factories.shop import EMAIL, give, hidden_fields, send
from tests.factories.time import NOW

GIFT = "/en/give/details/?amount=5000&need=lawyer"
MARKS = "a" + "\u0301" * 10_000


def error_of(page: str, field: str) -> str:
    """The sentence that stands at a field."""
    return page.split(f'id="id_{field}_error"')[1].split("</ul>", maxsplit=1)[0]


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", "more than zero"),
        ("-5", "more than zero"),
        ("1e999", "in digits"),
        ("NaN", "in digits"),
        ("Infinity", "in digits"),
        ("١٠٠", "in digits"),
        ("12,345", "in digits"),
        ("fifty", "in digits"),
        ("\x00", "in digits"),
        ("1.99", "smallest donation here is 2.00"),
        ("10,000,000 zł", "largest donation here is 50,000.00"),
        ("5.001", "in digits"),
        ("50.0001", "two digits"),
        ("", "Choose a sum"),
        ("9" * 4000, "largest"),
    ],
)
def test_sum_that_cannot_be_taken(client: Client, typed: str, sentence: str) -> None:
    response = client.get("/en/give/details/", {"amount": "own", "own_amount": typed, "need": "lawyer"})
    page = response.content.decode()
    assert response.status_code == 200
    assert sentence in error_of(page, "amount")
    assert 'value="lawyer" selected' in page


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("query", ["need=nothing", "need=%00", "need=" + "x" * 5000, "amount=5000&need=nothing"])
def test_unknown_target_asks_what_for(client: Client, query: str) -> None:
    assert "We don’t know this need" in client.get(f"/en/give/details/?{query}").content.decode()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("email", "", "Type your e-mail"),
        ("email", "zofia", "such as anna@example.org"),
        ("email", "zofia@example.org\nBcc: all@example.org", "such as anna@example.org"),
        ("email", "zofia@example.org\r\n\r\nHello", "such as anna@example.org"),
        ("email", "zofia\x00@example.org", "such as anna@example.org"),
        ("email", "z" * 300 + "@example.org", "such as anna@example.org"),
        ("name", "Zo\x00fia", "invisible control characters"),
        ("name", "\u202eaifoZ", "invisible control characters"),
        ("name", "Zofia\nNowak", "invisible control characters"),
        ("name", MARKS, "too"),
        ("name", "x\u0301\u0302\u0303\u0304", "too many accents"),
        ("name", "Z" * 121, "too long"),
        ("nip", "1234567890", "not a valid NIP"),
        ("nip", "PL 525-234-40-78 x", "not a valid NIP"),
        ("send_on", "2026-02-30", "Type a day"),
        ("send_on", "2026-11-20", "from today"),
        ("send_on", "2028-01-01", "from today"),
        ("recipient_email", "jan", "such as anna@example.org"),
        ("message", "\u2066hidden", "invisible control characters"),
    ],
)
def test_field_that_cannot_be_taken(field: str, typed: str, sentence: str) -> None:
    with translation.override("en"):
        form = DonorForm({"email": EMAIL, field: typed}, now=NOW)
        assert not form.is_valid()
        assert sentence in str(form.errors[field])


@pytest.mark.parametrize("name", ["Zofia 🌲", "Łucja Żółć", "Олена", "Nguyễn Văn An", "👩‍👩‍👧", ""])
def test_names_of_people_are_taken(name: str) -> None:
    form = DonorForm({"email": EMAIL, "name": name}, now=NOW)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["name"] == name


def test_a_group_is_whole_or_empty() -> None:
    company = DonorForm({"email": EMAIL, "nip": "525-234-40-78"}, now=NOW)
    card = DonorForm({"email": EMAIL, "message": "Thinking of you"}, now=NOW)
    assert set(company.errors) == {"company_name"}
    assert set(card.errors) == {"recipient_name", "recipient_email"}


def test_a_card_without_a_day_goes_today() -> None:
    form = DonorForm({"email": EMAIL, "recipient_name": "Jan", "recipient_email": "jan@example.org"}, now=NOW)
    assert form.is_valid()
    assert form.cleaned_data["send_on"].isoformat() == "2026-11-21"


@pytest.mark.usefixtures("catalogue")
def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(client: Client) -> None:
    page = give(
        client, GIFT, email="zofia", name="Łucja", nip="123", cover_fee="on", message="<b>Hi</b>"
    ).content.decode()
    assert "anna@example.org" in error_of(page, "email")
    assert "not a valid NIP" in error_of(page, "nip")
    for kept in ('value="zofia"', 'value="Łucja"', 'value="123"', "&lt;b&gt;Hi&lt;/b&gt;", "checked"):
        assert kept in page
    assert page.count("<details") == page.count(" open>") == 2, "a closed group would hide its errors"
    assert "<title>Error:" in page
    assert not Donation.objects.exists()


@pytest.mark.usefixtures("catalogue")
def test_junk_in_every_field_at_once_is_no_fault_of_ours(client: Client) -> None:
    hidden = hidden_fields(client.get(GIFT))
    for junk in ("\x00", "\ud800".encode("utf-16", "surrogatepass").decode("latin-1"), MARKS, "'\"<>", "x" * 60_000):
        names = (*hidden, "email", "name", "company_name", "nip", "message", "send_on", "cover_fee")
        assert send(client, GIFT, dict.fromkeys(names, junk)).status_code == 200
    assert not Donation.objects.exists()


@pytest.mark.usefixtures("catalogue")
def test_cookies_made_up_by_others_are_ignored(client: Client) -> None:
    for name in ("giving", "aid_basket"):
        for value in ("x", "a~b:c:d", "\x7f", "1.2.3"):
            client.cookies[name] = value
            assert client.get(GIFT).status_code == 200
            assert client.get("/en/basket/").status_code == 200


@pytest.mark.usefixtures("catalogue")
def test_form_without_its_token_is_told_what_to_do() -> None:
    without_cookies = Client(enforce_csrf_checks=True)
    response = without_cookies.post(GIFT, {"email": EMAIL})
    assert response.status_code == 403
    assert "send the form once more" in response.content.decode()
    assert not Donation.objects.exists()
