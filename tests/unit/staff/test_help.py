"""The later life of envelopes at the desk: emergencies, grants, agreements, debts, redirects, deficits, taking back."""

from datetime import timedelta

import pytest

from aid_packages.models import Agreement, Allocation, Grant, LossCover, Partner, Redirect, SpendingDocument
from ledger.queries import account_balance, fund_available, fund_balance
from tests.factories.aid_life import bank_gift, emergency, granted, over_goal, proposed_reversal, take_from
from tests.factories.aid_packages import accepted, advanced, approved, hold, make_staff, purchased, recorded
from tests.factories.staff import Seat, beside, read, sign_in
from tests.factories.time import NOW
from tests.unit.staff.test_envelope import DAY, DRAFT, INVOICE

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("catalogue")]


@pytest.fixture(autouse=True)
def _money(catalogue: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """5,000 zł of WARM-NIGHT in the bank; it is the tests' today."""
    hold(fund_code="WARM-NIGHT", amount_minor=500_000, reference="start")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def board(seat: Seat) -> str:
    """What waits."""
    return read(seat.client.get("/en/dashboard/"))


def test_an_emergency_is_booked_countersigned_and_told_when_late(
    ada: Seat, bartek: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = ada.act("allocations/", "emergency", **DRAFT)
    page = answer["Location"].split("/desk/")[1]
    assert fund_available(code="WARM-NIGHT") == 399_950
    assert "countersign" not in ada.offers(page)
    bartek.act(page, "advance", amount="300", day=DAY, reason="by transfer")
    assert "Emergencies to countersign" in board(bartek)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=4))
    bartek = sign_in(bartek.user)
    assert "Its 72 hours are over" in bartek.text(page)
    assert "overdue" in board(bartek)
    assert bartek.act(page, "countersign", reason="right so").status_code == 302
    assert Allocation.objects.get().state == "approved"


def test_an_emergency_beyond_the_cap_is_refused_beside_the_sum(ada: Seat) -> None:
    answer = ada.act("allocations/", "emergency", **{**DRAFT, "amount": "5000,01"})
    assert answer.status_code == 422
    assert "Alone you may set aside only 5,000.00 zł" in beside(answer, "emergency-amount")


def test_an_emergency_that_is_refused(ada: Seat, bartek: Seat) -> None:
    allocation = emergency(actor=ada.user)
    advanced(allocation, amount_minor=20_000)
    page = f"allocations/{allocation.pk}/"
    assert bartek.act(page, "refuse", reason="not so").status_code == 302
    assert fund_available(code="WARM-NIGHT") == 480_000
    assert {"document", "return"} <= set(ada.offers(page))
    assert not {"advance", "grant", "reimburse"} & set(bartek.offers(page))


def test_a_grant_is_paid_and_taken_back(ada: Seat, bartek: Seat, celina: Seat) -> None:
    allocation = approved(actor=ada.user)
    page = f"allocations/{allocation.pk}/"
    typed = {"amount": "300", "day": DAY, "grade": "partner_attested", "reason": "agreed"}
    refused = bartek.act(page, "grant", **typed, attestation="")
    assert refused.status_code == 422
    assert bartek.act(page, "grant", **typed, attestation="Letter 7").status_code == 302
    grant = Grant.objects.get()
    assert "Letter 7" in ada.text("grants/?words=letter")
    assert "Letter 7" not in ada.text("grants/?words=other")
    assert fund_balance(code="WARM-NIGHT") == 470_000
    assert ada.act(page, f"take_back-{grant.pk}", reason="it was not for this").status_code == 302
    assert f"take_back_approve-{grant.pk}" not in ada.offers(page)
    assert "to be taken back" in board(celina)
    assert celina.act(page, f"take_back_approve-{grant.pk}", reason="agreed").status_code == 302
    assert (fund_balance(code="WARM-NIGHT"), account_balance(code="asset:advance:DEMO-FIELD")) == (500_000, 30_000)


def test_a_question_is_answered_and_asked_again(ada: Seat, bartek: Seat) -> None:
    allocation = approved()
    advanced(allocation, amount_minor=10_000)
    document = recorded(allocation, amount_minor=10_000, actor=ada.user)
    page = f"documents/{document.pk}/"
    bartek.act(page, "query", reason="where is page two?")
    assert ada.act(page, "answer", reason="here it is").status_code == 302
    assert "here it is" in bartek.text(page)
    assert {"accept", "query", "reject"} <= set(bartek.offers(page))
    bartek.act(page, "accept", grade="invoice_seen", reason="seen")
    assert SpendingDocument.objects.get().state == "accepted"


def test_other_funders_are_named_and_add_up(ada: Seat) -> None:
    allocation = approved()
    advanced(allocation, amount_minor=10_000)
    page = f"allocations/{allocation.pk}/"
    typed = {**INVOICE, "own_share": "60"}
    assert "have to make up 40.00 zł" in beside(ada.act(page, "document", **typed), "document-funders")
    assert "like: Another Foundation; 300" in beside(
        ada.act(page, "document", **typed, funders="Other 40"), "document-funders"
    )
    assert ada.act(page, "document", **typed, funders="Fundacja A; 30\nFundacja B; 10,00").status_code == 302
    told = ada.text(f"documents/{SpendingDocument.objects.get().pk}/")
    assert "Fundacja A 30.00 zł" in told
    assert "Whole sum 100.00 zł" in told


def test_a_foreign_issuer_is_known_by_its_own_number(ada: Seat) -> None:
    allocation = approved()
    advanced(allocation, amount_minor=50_000)
    page = f"allocations/{allocation.pk}/"
    typed = {**INVOICE, "issuer_nip": "", "issuer_country": "LT", "issuer_id": "lt 100-001-919-017"}
    assert "required" in beside(ada.act(page, "document", **{**INVOICE, "issuer_nip": ""}), "document-issuer_nip")
    assert ada.act(page, "document", **typed).status_code == 302
    again = ada.act(page, "document", **{**typed, "issuer_id": "LT100001919017"})
    assert "recorded already" in beside(again, "document-number")
    assert "100001919017" in ada.text("documents/?nip=100001919017")


def test_a_reimbursement_waits_by_its_day_and_is_paid(ada: Seat, bartek: Seat) -> None:
    allocation = approved(partner_code=None)
    typed = {**INVOICE, "payee": "volunteer", "due_on": "2026-12-01"}
    ada.act(f"allocations/{allocation.pk}/", "purchase", **typed)
    page = f"documents/{SpendingDocument.objects.get().pk}/"
    bartek.act(page, "accept", grade="invoice_seen", reason="seen")
    listed = bartek.text("payables/")
    assert "2026-12-01" in listed
    assert "A volunteer, who paid it" in listed
    assert "Owed in all 100.00 zł" in listed
    assert "A volunteer" not in bartek.text("payables/?payee=issuer").partition("Sum")[2]
    assert "2026-12-01;" in bartek.get("payables/?export=csv").content.decode().replace(",", ";")
    assert "Reimbursement" in bartek.text(page)
    bartek.act(page, "pay", day=DAY, reason="by transfer")
    assert "Nothing is owed" in bartek.text("payables/")


def test_a_partners_reimbursement_comes_from_its_own_envelope(ada: Seat, bartek: Seat) -> None:
    allocation = approved()
    assert ada.act(f"allocations/{allocation.pk}/", "reimburse", **INVOICE).status_code == 302
    page = f"documents/{SpendingDocument.objects.get().pk}/"
    bartek.act(page, "accept", grade="invoice_seen", reason="seen")
    assert account_balance(code="liability:payable") == -10_000
    assert "The partner, who paid it" in bartek.text(page)


def test_an_agreement_is_recorded_ended_and_missed(ada: Seat, bartek: Seat) -> None:
    partner = Partner.objects.get(code="DEMO-FIELD")
    page = f"partners/{partner.pk}/"
    typed = {
        "number": "9/2026",
        "signed_on": "2026-11-01",
        "first_day": "2026-11-01",
        "last_day": "2027-06-30",
        "areas": ["FOREST"],
        "cap": "1000",
        "reason": "signed by both",
    }
    assert "add" not in ada.offers(page)
    refused = bartek.act(page, "agree", **{**typed, "last_day": "2026-10-01"})
    assert "The days don't fit" in beside(refused, "agree-last_day").replace("’", "'")
    assert bartek.act(page, "agree", **typed).status_code == 302
    agreement = Agreement.objects.get(number="9/2026")
    assert (agreement.cap_minor, agreement.may_be_named) == (100_000, False)
    advanced(approved(amount_minor=10_000), amount_minor=10_000)
    for one in Agreement.objects.filter(partner=partner):
        assert bartek.act(page, f"end-{one.pk}", last_day=DAY, reason="we part").status_code == 422
        assert bartek.act(page, f"end-{one.pk}", last_day="2026-11-21", reason="we part").status_code == 302
    assert "none in force" not in bartek.text("partners/?words=DEMO-FIELD").partition("Areas")[2]


def test_without_an_agreement_in_force_nothing_is_drafted(
    ada: Seat, bartek: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    advanced(approved(amount_minor=10_000), amount_minor=10_000)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW.replace(year=2036))
    ada = sign_in(ada.user)
    answer = ada.act("allocations/", "draft", **DRAFT)
    assert "No agreement with this partner" in beside(answer, "draft-partner")
    assert "Agreements that ended with money to account for" in board(ada)
    assert "none in force" in ada.text("partners/?agreement=without")


def test_somebody_belongs_to_a_partner_and_decides_nothing_there(ada: Seat, bartek: Seat) -> None:
    partner = Partner.objects.get(code="DEMO-FIELD")
    page = f"partners/{partner.pk}/"
    assert ada.act(page, "add_member", member=bartek.user.pk, reason="he sits on its board").status_code == 302
    allocation = approved(actor=ada.user, partner_code=None)
    assert "bartek" in ada.text(page)
    own = Allocation.objects.create(
        **{
            name: getattr(allocation, name)
            for name in ("fund_code", "region", "first_period", "last_period", "amount_minor", "purpose", "prepared_by")
        },
        partner=partner,
        request_key="own",
        prepared_at=NOW,
    )
    assert "You have a part in this partner" in read(
        bartek.act(f"allocations/{own.pk}/", "approve", reason="I know them")
    )
    assert "Somebody else has to end your own part" in read(
        bartek.act(page, "end_member", member=bartek.user.pk, reason="I left")
    )


def test_a_redirect_is_proposed_approved_and_listed(ada: Seat, bartek: Seat) -> None:
    need = over_goal()
    offered = f"propose-{need.pk}"
    assert offered in ada.offers("redirects/")
    assert "In the fund 10.00 zł" in ada.text("redirects/")
    refused = ada.act("redirects/", offered, to_fund="FOREST", amount="10,01", reason="it is over")
    assert "Only 10.00 zł is over" in beside(refused, f"{offered}-amount")
    answer = ada.act("redirects/", offered, to_fund="FOREST", amount="10", reason="it is over")
    page = answer["Location"].split("/desk/")[1]
    assert ada.offers(page) == []
    assert "Clause 1" in bartek.text(page)
    assert "At most 10.00 zł may go on." in bartek.text(page)
    assert bartek.act(page, "approve", reason="agreed").status_code == 302
    assert fund_balance(code="FOREST") == 1_000
    assert Redirect.objects.get().state == "approved"
    assert "Approved and booked" in ada.text("redirects/?state=approved")
    assert "Nothing matches" in ada.text("redirects/?state=refused")


def test_a_need_is_ended(bartek: Seat) -> None:
    from aid_packages.models import Need

    need = Need.objects.get(code="warm-night")
    assert bartek.act("redirects/", "end_need", need=need.pk, reason="the frost is over").status_code == 302
    need.refresh_from_db()
    assert need.state == "ended"


def test_a_deficit_is_named_with_its_cause_and_covered(ada: Seat, bartek: Seat) -> None:
    bank_gift(fund_code="GENERAL", amount_minor=100_000, reference="general")
    entry = take_from(fund_code="CONTACT", amount_minor=30_000, reference="late")
    told = ada.text("deficits/")
    assert "lacks 300.00 zł" in told
    assert str(entry) in told
    assert "lacks 300.00 zł" in board(ada)
    answer = ada.act("deficits/", "cover-CONTACT", amount="300", reason="chargebacks came late")
    page = answer["Location"].split("/desk/")[1]
    assert ada.offers(page) == []
    assert "Proposals for a second person" in board(bartek)
    assert bartek.act(page, "approve", reason="agreed").status_code == 302
    assert LossCover.objects.get().state == "approved"
    assert fund_balance(code="CONTACT") == 0
    assert "No fund lacks anything now" in bartek.text("deficits/")


def test_a_paid_purchase_is_taken_back_and_comes_back(ada: Seat, bartek: Seat) -> None:
    purchase = purchased(approved(partner_code=None), amount_minor=10_000, actor=ada.user)
    accepted(purchase.document)
    page = f"documents/{purchase.document_id}/"
    bartek.act(page, "pay", day=DAY, reason="by transfer")
    ada.act(page, "take_back", reason="it was for something else")
    assert "take_back_approve" not in ada.offers(page)
    bartek.act(page, "take_back_approve", reason="agreed")
    assert "owed to us" in bartek.text("payables/")
    assert bartek.act(page, "came_back", day=DAY, reason="the shop paid back").status_code == 302
    assert account_balance(code="liability:payable") == 0


def test_who_proposed_to_take_back_does_not_decide(celina: Seat) -> None:
    allocation = approved()
    grant = granted(allocation, amount_minor=1_000)
    proposed_reversal(grant, actor=celina.user)
    answer = celina.send(
        f"allocations/{allocation.pk}/",
        {"act": f"take_back_approve-{grant.pk}", f"take_back_approve-{grant.pk}-reason": "I trust myself"},
    )
    assert answer.status_code == 302
    assert fund_balance(code="WARM-NIGHT") == 499_000
    assert make_staff("ada").pk
