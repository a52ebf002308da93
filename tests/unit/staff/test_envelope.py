"""An envelope's way over the desk: drafted, approved by another, spent with documents, closed."""

import re

import pytest

from aid_packages.models import Advance, AdvanceReturn, Allocation, Partner, Purchase, SpendingDocument
from core.models import TrailEntry
from ledger.queries import account_balance, fund_available, fund_balance
from tests.factories.aid_packages import advanced, agreed, approved, draft, hold, purchased, recorded
from tests.factories.staff import Seat, beside, make_member, read

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("catalogue")]

DRAFT = {
    "fund": "WARM-NIGHT",
    "partner": "DEMO-FIELD",
    "region": "north",
    "first": "2026-11",
    "last": "2027-02",
    "amount": "1 000,50",
    "purpose": "Sleeping bags",
    "reason": "the stock ran out",
}
INVOICE = {
    "issuer_nip": "526-025-02-74",
    "issuer_name": "Hurtownia",
    "number": "FV/11/2026",
    "issued_on": "2026-11-20",
    "total": "100",
    "own_share": "",
    "grade": "invoice_seen",
    "other": "",
    "other_amount": "",
    "reason": "sent by the partner",
}
DAY = "2026-11-20"


@pytest.fixture(autouse=True)
def _money(catalogue: None) -> None:
    hold(fund_code="WARM-NIGHT", amount_minor=500_000, reference="start")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the tests' today."""
    from tests.factories.time import NOW

    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def test_the_whole_way(ada: Seat, bartek: Seat) -> None:
    answer = ada.act("allocations/", "draft", **DRAFT)
    page = answer["Location"].split("/desk/")[1]
    assert "You prepared this yourself" in ada.text(page)
    assert ada.offers(page) == []
    assert "5,000.00 zł available; 3,999.50 zł would be left" in bartek.text(page)
    assert bartek.act(page, "approve", reason="as agreed").status_code == 302
    assert fund_available(code="WARM-NIGHT") == 399_950

    assert bartek.act(page, "advance", amount="300", day=DAY, reason="by transfer").status_code == 302
    assert ada.act(page, "document", **INVOICE).status_code == 302
    assert ada.act(page, "return", amount="200", day=DAY, reason="not needed").status_code == 302
    assert "It can't be closed" in read(ada.act(page, "close", reason="all done"))
    document = SpendingDocument.objects.get()
    assert ada.offers(f"documents/{document.pk}/") == []
    accepted = bartek.act(f"documents/{document.pk}/", "accept", grade="independently_checked", reason="seen")
    assert accepted.status_code == 302
    assert ada.act(page, "close", reason="all done").status_code == 302

    assert Allocation.objects.get().state == "closed"
    assert (fund_balance(code="WARM-NIGHT"), fund_available(code="WARM-NIGHT")) == (490_000, 490_000)
    trail = ada.text(page)
    for act in ("ada – drafted an allocation", "bartek – approved the allocation", "bartek – paid an advance"):
        assert act in trail
    acts = TrailEntry.objects.exclude(subject__startswith="package:")
    assert not acts.filter(actor=None).exists()
    assert [entry.act for entry in acts.order_by("id")][-1] == "allocation.closed"


def test_an_own_purchase_is_accepted_by_another_and_then_paid(ada: Seat, bartek: Seat) -> None:
    allocation = approved(partner_code=None)
    assert ada.act(f"allocations/{allocation.pk}/", "purchase", **INVOICE).status_code == 302
    document = SpendingDocument.objects.get()
    page = f"documents/{document.pk}/"
    bartek.act(page, "query", reason="where is the second page?")
    assert "where is the second page?" in ada.text(page)
    bartek.act(page, "accept", grade="invoice_seen", reason="seen")
    assert bartek.act(page, "pay", day=DAY, reason="transfer 7").status_code == 302
    assert "Paid on 20 November 2026." in bartek.text(page)
    assert Purchase.objects.get().entry is not None


def test_a_document_is_split_over_two_envelopes(ada: Seat, bartek: Seat) -> None:
    agreed(Partner.objects.get(code="DEMO-LAW"), number="77")
    here, there, foreign = approved(), approved(), approved(partner_code="DEMO-LAW")
    advanced(here, amount_minor=10_000)
    advanced(there, amount_minor=10_000)
    page = f"allocations/{here.pk}/"
    choices = re.findall(r'<option value="(\d+)">', ada.get(page).content.decode())
    assert set(choices) == {str(there.pk)}, foreign
    ada.act(page, "document", **{**INVOICE, "other": there.pk, "other_amount": "40"})
    parts = SpendingDocument.objects.get().splits.values_list("allocation_id", "amount_minor")
    assert dict(parts) == {here.pk: 6_000, there.pk: 4_000}


@pytest.mark.parametrize("act", ["approve", "reject"])
def test_nobody_decides_about_their_own_draft(act: str, celina: Seat) -> None:
    allocation = draft(actor=celina.user)
    answer = celina.send(f"allocations/{allocation.pk}/", {"act": act, f"{act}-reason": "I trust myself"})
    assert answer.status_code == 302
    assert "This can't be done now" in celina.text(f"allocations/{allocation.pk}/")
    allocation.refresh_from_db()
    assert allocation.state == "drafted"


@pytest.mark.parametrize("act", ["accept", "query", "reject"])
def test_nobody_decides_about_their_own_document(act: str, celina: Seat) -> None:
    allocation = approved()
    advanced(allocation, amount_minor=10_000)
    document = recorded(allocation, amount_minor=10_000, actor=celina.user)
    celina.send(f"documents/{document.pk}/", {"act": act, f"{act}-reason": "mine", f"{act}-grade": "invoice_seen"})
    document.refresh_from_db()
    assert document.state == "recorded"


def test_who_only_prepares_can_decide_nothing(ada: Seat) -> None:
    by_other = make_member("zenon", "preparers")
    waiting, running = draft(actor=by_other), approved(actor=by_other)
    document = purchased(approved(partner_code=None), amount_minor=1_000, actor=by_other).document
    for page, act in (
        (f"allocations/{waiting.pk}/", "approve"),
        (f"allocations/{waiting.pk}/", "reject"),
        (f"allocations/{running.pk}/", "advance"),
        (f"documents/{document.pk}/", "accept"),
        (f"documents/{document.pk}/", "reject"),
        (f"documents/{document.pk}/", "pay"),
    ):
        assert act not in ada.offers(page)
        typed = {"reason": "x", "amount": "1", "day": DAY, "grade": "invoice_seen", "request_key": "0" * 32}
        answer = ada.send(page, {"act": act, **{f"{act}-{name}": value for name, value in typed.items()}})
        assert answer.status_code == 302
    waiting.refresh_from_db()
    document.refresh_from_db()
    assert (waiting.state, document.state, Advance.objects.count()) == ("drafted", "recorded", 0)


def test_who_only_approves_can_prepare_nothing(bartek: Seat) -> None:
    allocation = approved()
    assert bartek.offers("allocations/") == []
    assert set(bartek.offers(f"allocations/{allocation.pk}/")) == {"advance", "grant"}
    typed = {f"draft-{name}": value for name, value in DRAFT.items()}
    bartek.send("allocations/", {"act": "draft", "draft-request_key": "0" * 32, **typed})
    assert Allocation.objects.count() == 1


def test_a_form_sent_twice_books_once(ada: Seat, bartek: Seat) -> None:
    allocation = approved()
    page = f"allocations/{allocation.pk}/"
    hidden = bartek.hidden(page, "advance")
    form = {**hidden, "advance-amount": "300", "advance-day": DAY, "advance-reason": "by transfer"}
    assert [bartek.send(page, form).status_code for _click in range(2)] == [302, 302]
    assert Advance.objects.count() == 1
    changed = bartek.send(page, {**form, "advance-amount": "400"})
    assert "This form was sent before with other contents" in read(changed)
    assert account_balance(code="asset:advance:DEMO-FIELD") == 30_000

    hidden = ada.hidden(page, "return")
    form = {**hidden, "return-amount": "100", "return-day": DAY, "return-reason": "left over"}
    assert [ada.send(page, form).status_code for _click in range(2)] == [302, 302]
    assert AdvanceReturn.objects.count() == 1

    hidden = ada.hidden(page, "document")
    form = {**hidden, **{f"document-{name}": value for name, value in INVOICE.items()}}
    assert [ada.send(page, form).status_code for _click in range(2)] == [302, 302]
    assert SpendingDocument.objects.count() == 1

    hidden = ada.hidden("allocations/", "draft")
    form = {**hidden, **{f"draft-{name}": value for name, value in DRAFT.items()}}
    first, again = (ada.send("allocations/", form) for _click in range(2))
    assert first["Location"] == again["Location"]
    assert Allocation.objects.count() == 2


def test_two_tabs_are_two_acts(bartek: Seat) -> None:
    allocation = approved()
    page = f"allocations/{allocation.pk}/"
    tabs = [bartek.hidden(page, "advance") for _tab in range(2)]
    for hidden in tabs:
        bartek.send(page, {**hidden, "advance-amount": "1", "advance-day": DAY, "advance-reason": "by transfer"})
    assert Advance.objects.count() == 2


REFUSED = [
    ("advance", {"amount": "2000"}, "amount", "only 1,000.00 zł is left for it"),
    ("advance", {"amount": "0"}, "amount", "more than zero"),
    ("advance", {"amount": "-5"}, "amount", "more than zero"),
    ("advance", {"amount": "1e999"}, "amount", "not a sum"),
    ("advance", {"amount": "١٠٠"}, "amount", "not a sum"),
    ("advance", {"amount": "12,345"}, "amount", "not a sum"),
    ("advance", {"amount": "9" * 39}, "amount", "too large"),
    ("advance", {"amount": "9" * 10_000}, "amount", "at most 40 characters"),
    ("advance", {"amount": ""}, "amount", "required"),
    ("advance", {"day": "2026-11-22"}, "day", "between 2020 and today"),
    ("advance", {"day": "0001-01-01"}, "day", "between 2000 and 2100"),
    ("advance", {"day": "31.02.2026"}, "day", "valid date"),
    ("advance", {"reason": "  "}, "reason", "required"),
    ("advance", {"reason": "x" * 10_000}, "reason", "at most 500 characters"),
    ("advance", {"reason": "a\x00b"}, "reason", "Null characters"),
    ("advance", {"reason": "a\u202eb"}, "reason", "can't be kept"),
    ("return", {"amount": "1"}, "amount", "only 0.00 zł is left for it"),
    ("document", {"issuer_nip": "1234567890"}, "issuer_nip", "digits don't add up"),
    ("document", {"number": ""}, "number", "required"),
    ("document", {"issued_on": "2026-10-31"}, "issued_on", "2026-11 to 2026-12"),
    ("document", {"own_share": "100,01"}, "own_share", "can't be more than the document's whole sum"),
    ("document", {"total": "100"}, "total", "only 0.00 zł is left for it"),
    ("document", {"other_amount": "5"}, "other_amount", "or neither"),
    ("document", {"other": "999"}, "other", "Select a valid choice"),
    ("document", {"grade": "guessed"}, "grade", "Select a valid choice"),
]


@pytest.mark.parametrize(("act", "typed", "field", "said"), REFUSED)
def test_each_refusal_stands_beside_its_field(
    act: str, typed: dict[str, str], field: str, said: str, celina: Seat
) -> None:
    page = f"allocations/{approved().pk}/"
    moved = {"amount": "10", "day": DAY, "reason": "why not"}
    answer = celina.act(page, act, **{**(INVOICE if act == "document" else moved), **typed})
    assert answer.status_code == 422
    assert said in beside(answer, f"{act}-{field}")
    assert "why not" in answer.content.decode() or "reason" in typed or act == "document"
    assert not Advance.objects.exists()
    assert not SpendingDocument.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"last": "2026-10"}, "last", "comes before the first"),
        ({"first": "2026-13"}, "first", "like 2026-11"),
        ({"first": "november"}, "first", "like 2026-11"),
        ({"first": "٢٠٢٦-11"}, "first", "like 2026-11"),
        ({"fund": "ADMIN"}, "fund", "Select a valid choice"),
        ({"partner": "NOBODY"}, "partner", "Select a valid choice"),
        ({"region": ""}, "region", "required"),
        ({"purpose": "p" * 301}, "purpose", "at most 300 characters"),
        ({"amount": "100000000.01"}, "amount", "too large"),
    ],
)
def test_a_draft_says_what_is_wrong_with_it(typed: dict[str, str], field: str, said: str, ada: Seat) -> None:
    answer = ada.act("allocations/", "draft", **{**DRAFT, **typed})
    assert answer.status_code == 422
    assert said in beside(answer, f"draft-{field}")
    assert 'value="the stock ran out"' in answer.content.decode()
    assert not Allocation.objects.exists()


def test_a_fund_is_not_promised_twice(bartek: Seat) -> None:
    page = f"allocations/{draft(amount_minor=500_001).pk}/"
    answer = bartek.act(page, "approve", reason="as agreed")
    assert "The fund has only 5,000.00 zł available." in read(answer)
    assert "as agreed" in answer.content.decode()


@pytest.mark.parametrize("key", ["", "x", "0" * 31, "0" * 33, "Z" * 32, "0" * 10_000, "\x00" * 32, "٣" * 32])
def test_a_form_without_a_key_of_ours_does_nothing_and_gets_one(key: str, bartek: Seat) -> None:
    page = f"allocations/{approved().pk}/"
    answer = bartek.act(page, "advance", amount="10", day=DAY, reason="by transfer", request_key=key)
    assert answer.status_code == 422
    assert "Nothing was done" in read(answer)
    fresh = re.search(r'name="advance-request_key" value="([0-9a-f]{32})"', answer.content.decode())
    assert fresh
    assert not Advance.objects.exists()
    bartek.act(page, "advance", amount="10", day=DAY, reason="by transfer", request_key=fresh[1])
    assert Advance.objects.count() == 1


@pytest.mark.parametrize("act", ["", "unknown", "approve\x00", "a" * 10_000, "__init__"])
def test_an_act_that_the_page_does_not_offer_is_refused_politely(act: str, celina: Seat) -> None:
    page = f"allocations/{approved().pk}/"
    for form in ({"act": act}, {"act": [act, act]}, {}):
        assert celina.send(page, form).status_code == 302
    assert "This can't be done now" in celina.text(page)


def test_polish_is_told_in_polish(bartek: Seat) -> None:
    page = f"allocations/{approved().pk}/"
    answer = bartek.act(page, "advance", language="pl", amount="2000", day=DAY, reason="przelew")
    assert "1 000,00 zł" in beside(answer, "advance-amount")


def test_a_correction_invoice_is_recorded_beside_its_invoice_and_accepted_by_another(ada: Seat, bartek: Seat) -> None:
    purchase = purchased(approved(partner_code=None), amount_minor=10_000)
    page = f"documents/{purchase.document_id}/"
    bartek.act(page, "accept", grade="invoice_seen", reason="seen")
    part = f"part_{purchase.document.allocation_id}"
    typed = {
        "number": "FK/1",
        "issued_on": "2026-11-21",
        "grade": "invoice_seen",
        "funders": "",
        "reason": "they corrected it",
    }
    assert "only 100.00 zł of it is left" in read(ada.act(page, "correct", **typed, **{part: "-100,01"}))
    assert ada.act(page, "correct", **typed, **{part: "\N{MINUS SIGN}20,50"}).status_code == 302
    correction = SpendingDocument.objects.get(corrects=purchase.document_id)
    own = f"documents/{correction.pk}/"
    assert bartek.act(own, "accept", grade="invoice_seen", reason="seen").status_code == 302
    assert "corrects" in ada.text(f"allocations/{correction.allocation_id}/")
    assert "Our share, with accepted corrections 79.50 zł" in ada.text(page)
    assert "FK/1, corrects" in ada.text("documents/")
    assert "that one first" in read(ada.act(page, "take_back", reason="all wrong"))
    assert bartek.act(own, "pay", day=DAY, reason="their transfer").status_code == 302
    assert fund_balance(code="WARM-NIGHT") == 492_050
