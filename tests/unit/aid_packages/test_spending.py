"""Within an envelope: advances and documents."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from aid_packages.models import (
    Allocation,
    DocumentSplit,
    DocumentState,
    EvidenceGrade,
    Partner,
    PartnerMember,
    SpendingDocument,
)
from aid_packages.operations import (
    BadNip,
    BadShare,
    BankShort,
    DuplicateDocument,
    FundShort,
    FutureEvent,
    NoPartner,
    NumberMissing,
    OtherPartner,
    OutsidePeriod,
    OverEnvelope,
    PartOfPartner,
    RequestKeyReused,
    SamePerson,
    Split,
    StillOpen,
    WrongState,
    accept_document,
    close_allocation,
    query_document,
    reject_document,
)
from aid_packages.queries import committed, envelope, spending_rows, with_partners
from core.trail import trail_of
from ledger.accounts import BANK, advance
from ledger.operations import take_mark
from ledger.queries import account_balance, fund_available, fund_balance
from tests.factories.aid_packages import (
    accepted,
    advanced,
    approved,
    draft,
    hold,
    lose,
    make_staff,
    purchased,
    recorded,
)
from tests.factories.time import NOW

pytestmark = [pytest.mark.usefixtures("money_in_two_funds"), pytest.mark.django_db, pytest.mark.money]


class TestAdvance:
    def test_goes_from_the_bank_to_the_partner_and_is_not_spent(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)

        assert account_balance(code=BANK) == 140_000
        assert account_balance(code=advance("DEMO-FIELD")) == 60_000
        assert fund_balance(code="WARM-NIGHT") == 250_000
        assert envelope(allocation=allocation).free_minor == 40_000

    def test_stays_within_the_envelope(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        with pytest.raises(OverEnvelope) as refused:
            advanced(allocation, amount_minor=40_001)

        assert refused.value.left == 40_000

    def test_stays_within_the_bank_account(self) -> None:
        allocation = approved(amount_minor=250_000)
        with pytest.raises(BankShort) as refused:
            advanced(allocation, amount_minor=200_001)

        assert (refused.value.balance_minor, refused.value.wanted_minor) == (200_000, 200_001)

    def test_only_from_an_approved_envelope_with_a_partner(self) -> None:
        with pytest.raises(WrongState):
            advanced(draft(), amount_minor=1)
        with pytest.raises(NoPartner):
            advanced(approved(partner_code=None), amount_minor=1)

    def test_not_in_the_future(self) -> None:
        with pytest.raises(FutureEvent):
            advanced(approved(), amount_minor=1, event_at=NOW + timedelta(seconds=1))

    def test_the_same_request_pays_once(self) -> None:
        allocation = approved()
        first = advanced(allocation, amount_minor=10_000, request_key="once")

        assert advanced(allocation, amount_minor=10_000, request_key="once") == first
        assert account_balance(code=BANK) == 190_000
        with pytest.raises(RequestKeyReused):
            advanced(allocation, amount_minor=20_000, request_key="once")

    def test_not_while_there_is_a_deficit(self) -> None:
        allocation = approved(amount_minor=250_000)
        lose(fund_code="WARM-NIGHT", amount_minor=1_000, reference="deficit")
        with pytest.raises(FundShort) as refused:
            advanced(allocation, amount_minor=10_000)

        assert refused.value.available == -1_000

    def test_nor_is_a_document_accepted_then(self) -> None:
        allocation = approved(amount_minor=250_000)
        advanced(allocation, amount_minor=10_000)
        document = recorded(allocation, amount_minor=10_000)
        lose(fund_code="WARM-NIGHT", amount_minor=1_000, reference="deficit")
        with pytest.raises(FundShort):
            accepted(document)

        hold(fund_code="WARM-NIGHT", amount_minor=1_000, reference="made-up-for")
        assert accepted(document).state == DocumentState.ACCEPTED


class TestDocument:
    def test_accepted_is_spent_and_no_longer_set_aside(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        document = accepted(recorded(allocation, amount_minor=45_000, total_minor=50_000))

        assert document.state == DocumentState.ACCEPTED
        assert fund_balance(code="WARM-NIGHT") == 205_000
        assert fund_available(code="WARM-NIGHT") == 150_000
        assert account_balance(code=advance("DEMO-FIELD")) == 15_000
        acts = [entry.act for entry in trail_of(subject=f"document:{document.pk}")]
        assert acts == ["document.recorded", "document.accepted"]

    def test_recorded_is_not_spent(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        recorded(allocation, amount_minor=45_000)

        assert fund_balance(code="WARM-NIGHT") == 250_000
        assert envelope(allocation=allocation).pending_minor == 45_000
        with pytest.raises(StillOpen):
            close_allocation(allocation_id=allocation.pk, actor=make_staff("ada"), reason="done", now=NOW)

    def test_not_accepted_by_who_recorded_it_nor_by_a_member_of_the_partner(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        document = recorded(allocation, amount_minor=45_000)
        member = make_staff("celina")
        PartnerMember.objects.create(partner=Partner.objects.get(code="DEMO-FIELD"), user=member, since=NOW)

        for decide in (accept_document, reject_document):
            with pytest.raises(SamePerson):
                decide(document_id=document.pk, actor=make_staff("ada"), reason="mine", now=NOW)
            with pytest.raises(PartOfPartner):
                decide(document_id=document.pk, actor=member, reason="ours", now=NOW)

    def test_queried_then_accepted(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        document = recorded(allocation, amount_minor=45_000)
        query_document(document_id=document.pk, actor=make_staff("bartek"), reason="which bags?", now=NOW)

        assert SpendingDocument.objects.get().question == "which bags?"
        assert accepted(document).state == DocumentState.ACCEPTED
        with pytest.raises(WrongState):
            query_document(document_id=document.pk, actor=make_staff("bartek"), reason="again?", now=NOW)

    def test_accepting_twice_books_once(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        document = recorded(allocation, amount_minor=45_000)

        assert accepted(document).entry_id == accepted(document).entry_id
        assert fund_balance(code="WARM-NIGHT") == 205_000

    def test_one_number_counts_once_however_it_is_written(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        first = recorded(allocation, amount_minor=10_000, number="FV 12/2026")
        with pytest.raises(DuplicateDocument) as refused:
            recorded(allocation, amount_minor=10_000, number="fv12/2026", issuer_nip="526-025-02-74")
        assert refused.value.document_id == first.pk

        reject_document(document_id=first.pk, actor=make_staff("bartek"), reason="unreadable", now=NOW)
        again = recorded(allocation, amount_minor=10_000, number="fv12/2026")
        with pytest.raises(IntegrityError, match="document_counts_once"), transaction.atomic():
            SpendingDocument.objects.bulk_create([SpendingDocument(**{**_fields(again), "request_key": "another"})])

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"issuer_nip": "5260250275"}, BadNip),
            ({"issuer_nip": "١٢٣"}, BadNip),
            ({"number": " "}, NumberMissing),
            ({"total_minor": 9_999}, BadShare),
            ({"issued_on": date(2026, 10, 31)}, OutsidePeriod),
            ({"issued_on": date(2026, 11, 22)}, OutsidePeriod),
            ({"amount_minor": 60_001}, OverEnvelope),
        ],
    )
    def test_refuses(self, changed: dict, refusal: type[Exception]) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        with pytest.raises(refusal):
            recorded(allocation, **{"amount_minor": 10_000, **changed})

    def test_two_documents_cannot_settle_the_same_money(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        first, second = (recorded(allocation, amount_minor=40_000) for _each in range(2))
        accepted(first)
        with pytest.raises(OverEnvelope) as refused:
            accepted(second)

        assert refused.value.left == 20_000

    def test_the_grade_is_fixed_when_accepted(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        document = recorded(allocation, amount_minor=45_000)
        accept_document(
            document_id=document.pk,
            actor=make_staff("bartek"),
            reason="visited",
            now=NOW,
            grade=EvidenceGrade.CHECKED,
        )

        assert SpendingDocument.objects.get().grade == "independently_checked"
        with pytest.raises(DatabaseError, match="not rewritten"), transaction.atomic():
            SpendingDocument.objects.update(grade=EvidenceGrade.INVOICE_SEEN)


def _fields(document: SpendingDocument) -> dict:
    skipped = {"id"}
    return {
        field.attname: getattr(document, field.attname)
        for field in SpendingDocument._meta.concrete_fields
        if field.attname not in skipped
    }


class TestSplit:
    def test_falls_on_the_funds_of_its_allocations(self) -> None:
        warm = approved()
        contact = approved(fund_code="CONTACT", amount_minor=50_000)
        advanced(warm, amount_minor=60_000)
        advanced(contact, amount_minor=20_000)
        parts = [Split(warm.pk, 30_000), Split(contact.pk, 15_000)]
        accepted(recorded(warm, amount_minor=45_000, splits=parts))

        assert fund_balance(code="WARM-NIGHT") == 220_000
        assert fund_balance(code="CONTACT") == 85_000
        assert account_balance(code=advance("DEMO-FIELD")) == 35_000
        assert committed() == {"CONTACT": 35_000, "WARM-NIGHT": 70_000}

    def test_refuses_parts_that_do_not_add_up_or_belong_to_another_partner(self) -> None:
        warm = approved()
        law = approved(fund_code="CONTACT", amount_minor=50_000, partner_code="DEMO-LAW")
        advanced(warm, amount_minor=60_000)
        advanced(law, amount_minor=20_000)
        with pytest.raises(BadShare):
            recorded(warm, amount_minor=45_000, splits=[Split(warm.pk, 44_000)])
        with pytest.raises(BadShare):
            recorded(warm, amount_minor=45_000, splits=[Split(warm.pk, 40_000), Split(warm.pk, 5_000)])
        with pytest.raises(OtherPartner):
            recorded(warm, amount_minor=45_000, splits=[Split(warm.pk, 30_000), Split(law.pk, 15_000)])

    def test_the_database_refuses_parts_that_do_not_add_up(self) -> None:
        warm = approved()
        contact = approved(fund_code="CONTACT", amount_minor=50_000)
        advanced(warm, amount_minor=60_000)
        document = recorded(warm, amount_minor=45_000)
        with pytest.raises(IntegrityError, match="its splits add up to 45001"):
            _split_and_commit(document, contact)


@transaction.atomic
def _split_and_commit(document: SpendingDocument, allocation: Allocation) -> None:
    DocumentSplit.objects.create(document=document, allocation=allocation, amount_minor=1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class TestAtAMark:
    def test_what_came_later_does_not_change_the_answer(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        accepted(recorded(allocation, amount_minor=45_000))
        waiting = recorded(allocation, amount_minor=5_000)
        mark = take_mark(now=NOW)

        def answers() -> tuple:
            rows = spending_rows(first_period=202611, last_period=202611, mark=mark)
            return rows, with_partners(mark=mark), committed(mark=mark)

        before = answers()
        accepted(waiting)
        accepted(purchased(allocation, amount_minor=1_000).document)

        assert answers() == before
        (row,) = before[0]
        assert (row.fund_code, row.partner_code, row.region_code) == ("WARM-NIGHT", "DEMO-FIELD", "north")
        assert (row.accepted_minor, row.documents, row.grade) == (45_000, 1, "invoice_seen")
        assert [(held.partner_code, held.fund_code, held.unsettled_minor) for held in before[1]] == [
            ("DEMO-FIELD", "WARM-NIGHT", 15_000)
        ]
        assert before[2] == {"WARM-NIGHT": 55_000}
        assert spending_rows(first_period=202611, last_period=202611)[0].accepted_minor == 51_000
        assert spending_rows(first_period=202610, last_period=202610) == []
