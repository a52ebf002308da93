"""Receipts: numbered without gaps, frozen, in the donor's language, behind a link that gives nothing away."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from pypdf import PdfReader

from donors.operations import Giver, erase_contact, keep_gift_details, read_statutory_record
from payments import operations, queries
from payments.models import Receipt
from stripe_sandbox.testing import Client
from tests.factories.donors import CANARIES, CANARY_NAME, make_donor
from tests.factories.payments import FOREST_GIFT, NIGHT, begin, checkout_ref, give
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def test_numbers_follow_each_other(sandbox: Client) -> None:
    for key in ("first", "second", "third"):
        give(sandbox=sandbox, intent_key=key)
    numbers = Receipt.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["2026/000001", "2026/000002", "2026/000003"]


def test_the_year_is_that_of_warsaw(sandbox: Client) -> None:
    new_year = NOW.replace(month=12, day=31, hour=23, minute=30)
    sandbox.clock(now=int(new_year.timestamp()), stopped=True)
    give(sandbox=sandbox, now=new_year)
    assert Receipt.objects.get().number == "2027/000001"


def test_what_it_says_is_frozen_and_names_nobody(sandbox: Client) -> None:
    give(sandbox=sandbox, lines=(NIGHT, FOREST_GIFT), cover_fee=True)
    receipt = Receipt.objects.get()
    content = json.loads(bytes(receipt.content))
    assert content["number"] == "2026/000001"
    assert content["amount_minor"] == 42_742
    assert [line["title"] for line in content["lines"]][:2] == ["2 × Ciepła noc", "Las"]
    assert content["donee"]["krs"] == "0000000000"
    assert content["paid_on"] == content["issued_on"] == "2026-11-21"
    text = bytes(receipt.content).decode()
    assert not [word for word in CANARIES if word in text]


def test_the_database_refuses_a_change(sandbox: Client) -> None:
    give(sandbox=sandbox)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_receipt SET number = '2026/000009'")


def test_a_missing_receipt_is_issued_once(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    receipt = Receipt.objects.get()
    assert operations.issue_receipt(donation_id=donation.pk, now=NOW + timedelta(days=1)) == receipt


def test_the_pdf_is_made_from_what_was_frozen(sandbox: Client) -> None:
    give(sandbox=sandbox)
    receipt = Receipt.objects.get()
    first = operations.receipt_pdf(receipt_id=receipt.pk)
    assert first.startswith(b"%PDF")
    assert operations.receipt_pdf(receipt_id=receipt.pk) == first


def test_the_link_opens_it_under_a_neutral_name(sandbox: Client) -> None:
    donation = give(sandbox=sandbox)
    page = queries.donation_by_token(token=donation.token)
    assert page is not None
    assert page.receipt_path is not None
    answer = Browser().get(page.receipt_path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="2026-000001.pdf"'
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/pl/receipt/{wrong}/",
        "/en/receipt/{right}/",
        "/xx/receipt/{right}/",
        "/pl/receipt/%00/",
        "/pl/receipt/{right}%00/",
        "/pl/receipt/%E2%80%AE/",
        "/pl/receipt/{right}{right}{right}{right}/",
    ],
)
def test_wrong_and_foreign_links_are_the_same_404(sandbox: Client, path: str) -> None:
    give(sandbox=sandbox)
    right = Receipt.objects.get().link_token
    wrong = right[::-1] if right[::-1] != right else "x" * len(right)
    assert Browser().get(path.format(right=right, wrong=wrong)).status_code == 404


def test_an_expired_link_is_404(sandbox: Client) -> None:
    long_ago = NOW - timedelta(days=500)
    sandbox.clock(now=int(long_ago.timestamp()), stopped=True)
    give(sandbox=sandbox, now=long_ago)
    receipt = Receipt.objects.get()
    assert queries.receipt_by_link(token=receipt.link_token, now=long_ago + timedelta(days=399)) == receipt
    assert Browser().get(f"/pl/receipt/{receipt.link_token}/").status_code == 404


def test_tokens_are_long_and_differ(sandbox: Client) -> None:
    for key in ("first", "second"):
        give(sandbox=sandbox, intent_key=key)
    tokens = set(Receipt.objects.values_list("link_token", flat=True))
    assert len(tokens) == 2
    assert all(len(token) >= 22 for token in tokens)


def test_a_receipt_names_who_typed_this_gift_and_not_who_typed_last(sandbox: Client) -> None:
    donor_id = make_donor()
    keep_gift_details(donor_id=donor_id, gift="order:FIRST", giver=Giver(name="Zofia and Jan"), now=NOW)
    started = begin(donor_id=donor_id, intent_key="order:FIRST")
    make_donor(name="Somebody Else")
    sandbox.pay(checkout_ref(started))
    operations.settle(donation_id=started.donation_id, now=NOW)
    record_id = Receipt.objects.get().statutory_record_id
    assert read_statutory_record(record_id=record_id).name == "Zofia and Jan"


def test_a_receipt_outlives_the_donors_contact_data(sandbox: Client) -> None:
    donor_id = make_donor()
    give(sandbox=sandbox, donor_id=donor_id)
    receipt = Receipt.objects.get()
    before = words_of(operations.receipt_pdf(receipt_id=receipt.pk))
    erase_contact(donor_id=donor_id, now=NOW)
    after = words_of(operations.receipt_pdf(receipt_id=receipt.pk))
    assert {*CANARY_NAME.split(), receipt.number} <= set(after)
    gone = set(before) - set(after)
    assert "przeglądarka;" in gone, "the link went with the key that made it"
    assert before[: before.index("SPRAWDŹ,")] == after[: before.index("SPRAWDŹ,")]


def words_of(pdf: bytes) -> list[str]:
    """What a receipt says."""
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split()
