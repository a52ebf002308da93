"""Correction invoices: documents of their own, linked, checked like any other, booked as their difference."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from aid_packages.evidence.queries import GradeRow, by_grade
from aid_packages.models import AllocationState, DocumentState, EvidenceGrade, Purchase, SpendingDocument
from aid_packages.operations import (
    AllocationNotOpen,
    BadDifference,
    BelowNothing,
    CorrectionTooEarly,
    DuplicateDocument,
    Funder,
    NotCorrectable,
    OverEnvelope,
    SamePerson,
    Split,
    StillCorrected,
    WrongState,
    accept_document,
    close_allocation,
    pay_purchase,
    query_document,
    record_correction,
    reject_document,
    return_advance,
)
from aid_packages.queries import borne, committed, envelope, open_payables, spending_rows, with_partners
from ledger import audit
from ledger.accounts import BANK, PAYABLE, advance
from ledger.queries import account_balance, fund_available, fund_balance
from tests.factories.aid_life import proposed_reversal, taken_back
from tests.factories.aid_packages import accepted, advanced, approved, lose, make_staff, purchased, recorded
from tests.factories.time import NOW
from transparency.attribution.operations import bring_up_to_date

pytestmark = [pytest.mark.usefixtures("money_in_two_funds"), pytest.mark.django_db, pytest.mark.money]
NOVEMBER = {"first_period": 202611, "last_period": 202611}


def corrected(document: SpendingDocument, *differences: int, **changed: Any) -> SpendingDocument:
    """A correction of the document, recorded by Ada: one difference for each of its splits."""
    splits = document.splits.order_by("pk")
    asked: dict[str, Any] = {
        "number": f"FK/{uuid4().hex[:8]}",
        "issued_on": NOW.date(),
        "differences": [
            Split(split.allocation_id, minor) for split, minor in zip(splits, differences, strict=False) if minor
        ],
        "actor": make_staff("ada"),
        "reason": "the issuer corrected it",
        "request_key": f"correction:{uuid4()}",
        "now": NOW,
    }
    return record_correction(document_id=document.pk, **{**asked, **changed})


def settled(amount_minor: int = 60_000, **changed: Any) -> SpendingDocument:
    """An accepted document of an advance of 600 zł."""
    allocation = approved()
    advanced(allocation, amount_minor=60_000)
    return accepted(recorded(allocation, amount_minor=amount_minor, **changed))


def no_findings() -> bool:
    return audit.run().findings == []


class TestOfAnAdvance:
    def test_what_it_takes_off_is_with_the_partner_again_and_no_longer_spent(self) -> None:
        document = settled()
        correction = corrected(document, -20_000)
        assert (fund_balance(code="WARM-NIGHT"), account_balance(code=advance("DEMO-FIELD"))) == (190_000, 0)

        accepted(correction)

        allocation = document.allocation
        assert (fund_balance(code="WARM-NIGHT"), account_balance(code=advance("DEMO-FIELD"))) == (210_000, 20_000)
        assert (envelope(allocation=allocation).spent_minor, committed()["WARM-NIGHT"]) == (40_000, 60_000)
        assert [row.unsettled_minor for row in with_partners()] == [20_000]
        assert borne(document_id=document.pk).total_minor == 40_000
        [row] = spending_rows(**NOVEMBER)
        assert (row.accepted_minor, row.documents) == (40_000, 2)
        assert by_grade(**NOVEMBER) == [GradeRow(EvidenceGrade.INVOICE_SEEN, 2, 40_000, ())]
        assert no_findings()

    def test_what_it_adds_comes_from_what_the_partner_holds(self) -> None:
        document = settled(50_000)
        accepted(corrected(document, 10_000))
        assert envelope(allocation=document.allocation).with_partner_minor == 0
        with pytest.raises(OverEnvelope):
            corrected(document, 1)
        assert no_findings()

    def test_a_closed_envelope_is_opened_again_for_what_the_partner_holds(self) -> None:
        document = settled()
        close_allocation(allocation_id=document.allocation_id, actor=make_staff("ada"), reason="all in", now=NOW)
        with pytest.raises(AllocationNotOpen):
            corrected(document, 500)
        accepted(corrected(document, -20_000))
        document.allocation.refresh_from_db()
        assert document.allocation.state == AllocationState.STOPPED
        assert no_findings()

    def test_taken_back_it_counts_no_more_but_only_while_its_money_is_there(self) -> None:
        document = settled()
        correction = accepted(corrected(document, -20_000))
        with pytest.raises(StillCorrected):
            proposed_reversal(document)
        taken_back(correction)
        assert (fund_balance(code="WARM-NIGHT"), account_balance(code=advance("DEMO-FIELD"))) == (190_000, 0)
        assert no_findings()

        again = accepted(corrected(document, -20_000))
        returning = {"event_at": NOW, "request_key": "back", "actor": make_staff("ada"), "reason": "by transfer"}
        return_advance(allocation_id=document.allocation_id, amount_minor=20_000, **returning, now=NOW)
        with pytest.raises(OverEnvelope):
            taken_back(again)
        assert no_findings()

    def test_in_a_fund_that_lacks_money_it_is_booked_and_nobody_is_blamed(self) -> None:
        document = settled()
        lose(fund_code="WARM-NIGHT", amount_minor=155_000, reference="late")
        assert fund_available(code="WARM-NIGHT") == -5_000
        taken_back(accepted(corrected(document, -20_000)))
        assert fund_available(code="WARM-NIGHT") == -5_000
        assert no_findings()

    def test_on_the_line_of_the_fund_what_comes_off_stands_anew_and_no_share_is_rewritten(self) -> None:
        document = settled()
        bring_up_to_date(now=NOW)
        correction = accepted(corrected(document, -20_000))
        bring_up_to_date(now=NOW)
        assert no_findings()
        taken_back(correction)
        bring_up_to_date(now=NOW)
        assert no_findings()


class TestOfAPurchase:
    def test_what_it_takes_off_is_owed_to_us_until_it_comes_back(self) -> None:
        purchase = purchased(approved(partner_code=None), amount_minor=60_000)
        document = accepted(purchase.document)
        correction = accepted(corrected(document, -20_000))
        assert account_balance(code=PAYABLE) == -40_000
        assert sorted(row.amount_minor for row in open_payables()) == [-20_000, 60_000]
        assert (fund_balance(code="WARM-NIGHT"), fund_available(code="WARM-NIGHT")) == (210_000, 150_000)

        for number, owed in enumerate(Purchase.objects.order_by("pk")):
            asked = {"actor": make_staff("ada"), "reason": "by transfer", "event_at": NOW, "now": NOW}
            pay_purchase(purchase_id=owed.pk, request_key=f"pay:{number}", **asked)
        assert (account_balance(code=PAYABLE), account_balance(code=BANK), open_payables()) == (0, 160_000, [])
        taken_back(correction)
        assert account_balance(code=PAYABLE) == -20_000
        assert no_findings()

    def test_of_a_split_invoice_each_fund_bears_its_own_difference_and_other_funders_theirs(self) -> None:
        warm = approved(partner_code=None)
        contact = approved(partner_code=None, fund_code="CONTACT", amount_minor=50_000)
        parts = [Split(warm.pk, 30_000), Split(contact.pk, 20_000)]
        others = [Funder("Another foundation", 10_000)]
        asked = {"total_minor": 60_000, "own_share_minor": 50_000, "splits": parts, "funders": others}
        document = accepted(purchased(warm, amount_minor=60_000, **asked).document)
        less = corrected(document, -5_000, -1_000, funders=[Funder("Another foundation", -4_000)])
        assert less.total_minor == -10_000
        accepted(less)
        now_borne = borne(document_id=document.pk)
        assert now_borne.by_allocation == {warm.pk: 25_000, contact.pk: 19_000}
        assert now_borne.by_funder == {"Another foundation": 6_000}
        assert (fund_balance(code="WARM-NIGHT"), fund_balance(code="CONTACT")) == (225_000, 81_000)
        with pytest.raises(BelowNothing):
            corrected(document, -1, funders=[Funder("Another foundation", -6_001)])
        with pytest.raises(BadDifference):
            corrected(document, 5_000, -5_000)
        # Another funder pays more, we pay less: the invoice's sum stays.
        accepted(corrected(document, -5_000, funders=[Funder("City fund", 5_000)]))
        assert (borne(document_id=document.pk).total_minor, borne(document_id=document.pk).own_share_minor) == (
            50_000,
            39_000,
        )
        assert no_findings()


class TestRefused:
    def test_it_takes_off_no_more_than_counts_not_even_together(self) -> None:
        document = settled()
        first = corrected(document, -40_000)
        with pytest.raises(BelowNothing) as refused:
            corrected(document, -20_001)
        assert refused.value.left_minor == 20_000
        reject_document(document_id=first.pk, actor=make_staff("bartek"), reason="not ours", now=NOW)
        corrected(document, -20_001)

    def test_its_states_are_those_of_every_document(self) -> None:
        document = settled()
        correction = corrected(document, -20_000)
        asked = {"document_id": correction.pk, "reason": "which goods?", "now": NOW}
        with pytest.raises(SamePerson):
            accept_document(actor=make_staff("ada"), **asked)
        assert query_document(actor=make_staff("bartek"), **asked).state == DocumentState.QUERIED
        assert reject_document(actor=make_staff("bartek"), **asked).state == DocumentState.REJECTED
        assert fund_balance(code="WARM-NIGHT") == 190_000

    def test_only_an_accepted_invoice_is_corrected(self) -> None:
        document = settled()
        correction = accepted(corrected(document, -20_000))
        with pytest.raises(NotCorrectable):
            corrected(correction, 5_000)
        with pytest.raises(WrongState):
            corrected(recorded(document.allocation, amount_minor=1_000), -500)
        with pytest.raises(CorrectionTooEarly):
            corrected(document, -500, issued_on=NOW.date() - timedelta(days=1))
        with pytest.raises(DuplicateDocument):
            corrected(document, -500, number=document.number)

    def test_the_database_knows_the_sign(self) -> None:
        document = settled()
        with pytest.raises(IntegrityError), transaction.atomic():
            document.splits.create(allocation=document.allocation, amount_minor=-1)

    def test_the_same_request_is_one_correction(self) -> None:
        document = settled()
        asked = {"request_key": "once", "number": "FK/1"}
        assert corrected(document, -500, **asked) == corrected(document, -500, **asked)
