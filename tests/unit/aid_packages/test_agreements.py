"""Agreements with partners, who may be named, foreign issuers, other funders, debts over a year's end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from aid_packages.models import Agreement, DocumentFunder, Partner, Payee, Region, SpendingDocument
from aid_packages.operations import (
    AgreementNumberTaken,
    BadAgreementDays,
    BadCountry,
    BadForeignId,
    BadFunders,
    DuplicateDocument,
    Funder,
    NoAgreement,
    NoPartner,
    NotPositive,
    OverCap,
    UnknownArea,
    WrongState,
    answer_document,
    approve_allocation,
    end_agreement,
    pay_purchase,
    query_document,
    record_agreement,
)
from aid_packages.queries import (
    agreements,
    ended_with_advance,
    open_payables,
    partner_names,
    spending_rows,
    unnamed_partners,
)
from ledger.accounts import PAYABLE
from ledger.operations import take_mark
from ledger.queries import account_balance
from tests.factories.aid_life import key
from tests.factories.aid_packages import (
    accepted,
    advanced,
    agreed,
    approved,
    draft,
    hold,
    make_staff,
    purchased,
    recorded,
)
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("books")]
TODAY = NOW.date()


@pytest.fixture
def books(envelope_books: None) -> None:
    """2,500 zł of WARM-NIGHT in the bank, and no agreement with DEMO-FIELD but those a test makes."""
    hold(fund_code="WARM-NIGHT", amount_minor=250_000, reference="warm")


@pytest.fixture
def stranger() -> Partner:
    """A partner with whom nothing was agreed."""
    from ledger.operations import open_partner

    open_partner(partner_code="NEW-ONE")
    return Partner.objects.create(code="NEW-ONE", name="Secret Helpers")


def recording(**changed: Any) -> Agreement:
    asked: dict[str, Any] = {
        "partner_code": "DEMO-FIELD",
        "number": "7/2026",
        "signed_on": date(2026, 11, 1),
        "first_day": date(2026, 11, 1),
        "last_day": date(2027, 5, 31),
        "areas": ["FOREST"],
        "cap_minor": 100_000,
        "may_be_named": True,
        "actor": make_staff("bartek"),
        "reason": "signed by both",
        "request_key": key(),
        "now": NOW,
    }
    return record_agreement(**{**asked, **changed})


class TestAgreement:
    def test_without_one_nothing_is_drafted(self, stranger: Partner) -> None:
        with pytest.raises(NoAgreement):
            draft(partner_code="NEW-ONE")
        agreed(stranger)
        assert draft(partner_code="NEW-ONE").state == "drafted"

    @pytest.mark.parametrize(
        "changed",
        [
            {"last_day": TODAY - timedelta(days=1)},
            {"first_day": TODAY + timedelta(days=1)},
            {"signed_on": TODAY + timedelta(days=1)},
            {"areas": ["LEGAL"]},
        ],
    )
    def test_that_is_not_in_force_or_about_something_else_is_none(self, stranger: Partner, changed: Any) -> None:
        agreed(stranger, **changed)
        with pytest.raises(NoAgreement):
            draft(partner_code="NEW-ONE")

    def test_may_give_way_to_general_money(self, stranger: Partner) -> None:
        agreed(stranger)
        assert draft(partner_code="NEW-ONE", fund_code="GENERAL").state == "drafted"

    def test_that_ended_meanwhile_stops_approval_and_advance(self, stranger: Partner) -> None:
        standing = agreed(stranger)
        waiting, running = draft(partner_code="NEW-ONE"), approved(partner_code="NEW-ONE", amount_minor=10_000)
        assert running.agreement_id == standing.pk
        end_agreement(agreement_id=standing.pk, last_day=TODAY, actor=make_staff("bartek"), reason="we part", now=NOW)
        later = NOW + timedelta(days=1)
        with pytest.raises(NoAgreement):
            approve_allocation(allocation_id=waiting.pk, actor=make_staff("bartek"), reason="x", now=later)
        with pytest.raises(NoAgreement):
            advanced(running, amount_minor=1_000, now=later)
        assert advanced(running, amount_minor=1_000, now=NOW).amount_minor == 1_000
        assert ended_with_advance(day=TODAY) == []
        (row,) = ended_with_advance(day=later.date())
        assert (row.partner_code, row.last_day, row.unsettled_minor) == ("NEW-ONE", TODAY, 1_000)

    def test_bounds_all_envelopes_under_it(self, stranger: Partner) -> None:
        agreed(stranger, cap_minor=50_000)
        approved(partner_code="NEW-ONE", amount_minor=30_000)
        with pytest.raises(OverCap) as refusal:
            approved(partner_code="NEW-ONE", amount_minor=20_001)
        assert refusal.value.left == 20_000
        approved(partner_code="NEW-ONE", amount_minor=20_000)
        assert agreements(partner_code="NEW-ONE")[0].used_minor == 50_000

    def test_is_recorded_once_and_not_twice_under_a_number(self) -> None:
        once = key()
        assert recording(request_key=once) == recording(request_key=once)
        with pytest.raises(AgreementNumberTaken):
            recording()

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"last_day": date(2026, 10, 1)}, BadAgreementDays),
            ({"signed_on": TODAY + timedelta(days=1)}, BadAgreementDays),
            ({"areas": []}, UnknownArea),
            ({"areas": ["WARM-NIGHT"]}, UnknownArea),
            ({"cap_minor": 0}, NotPositive),
            ({"number": " "}, AgreementNumberTaken),
        ],
    )
    def test_what_it_refuses(self, changed: Any, refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            recording(**changed)

    def test_ends_once_and_never_in_the_past(self) -> None:
        agreement = recording()
        asked = {"agreement_id": agreement.pk, "actor": make_staff("bartek"), "reason": "we part", "now": NOW}
        with pytest.raises(BadAgreementDays):
            end_agreement(last_day=TODAY - timedelta(days=1), **asked)
        end_agreement(last_day=TODAY, **asked)
        with pytest.raises(WrongState):
            end_agreement(last_day=TODAY, **asked)

    def test_is_never_rewritten(self) -> None:
        with pytest.raises(ProgrammingError, match="denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE aid_packages_agreement SET cap_minor = 1")


class TestNames:
    def test_who_asked_not_to_be_named_has_a_letter_and_no_code(self, stranger: Partner) -> None:
        field = Partner.objects.get(code="DEMO-FIELD")
        assert partner_names()["NEW-ONE"] == "Partner C"
        assert unnamed_partners() == {"NEW-ONE": "PARTNER-C"}
        agreed(stranger)
        agreed(field, may_be_named=False)
        assert (partner_names()["DEMO-FIELD"], partner_names()["NEW-ONE"]) == ("Partner A", "Secret Helpers")
        assert unnamed_partners() == {"DEMO-FIELD": "PARTNER-A"}


def test_a_region_finer_than_the_list_is_refused_by_the_database() -> None:
    texts = {"pl": "Wieś", "en": "A village"}
    with pytest.raises(IntegrityError, match="region_is_one_of_the_list"), transaction.atomic():
        Region.objects.create(code="a-village", title=texts, position=9)
    with pytest.raises(Region.DoesNotExist):
        draft(region_code="a-village")


class TestIssuers:
    ABROAD = {"issuer_nip": "", "issuer_country": "lt", "issuer_id": "LT 100-001-919"}

    def test_abroad_are_known_by_country_and_number(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=100_000)
        document = recorded(allocation, amount_minor=1_000, number="7", **self.ABROAD)
        assert (document.issuer_country, document.issuer_nip, document.issuer_id) == ("LT", "", "100001919")
        with pytest.raises(DuplicateDocument):
            recorded(allocation, amount_minor=1_000, number=" 7 ", **{**self.ABROAD, "issuer_id": "100001919"})
        other_country = {**self.ABROAD, "issuer_country": "LV", "issuer_id": "100001919"}
        assert recorded(allocation, amount_minor=1_000, number="7", **other_country).pk != document.pk

    def test_two_at_once_are_refused_by_the_database(self, monkeypatch: pytest.MonkeyPatch) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=100_000)
        recorded(allocation, amount_minor=1_000, number="7", **self.ABROAD)
        monkeypatch.setattr("aid_packages.operations.documents.require_unique", lambda **_known: None)
        with pytest.raises(IntegrityError, match="document_counts_once"), transaction.atomic():
            recorded(allocation, amount_minor=1_000, number="7", **self.ABROAD)

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"issuer_country": "ZZ"}, BadCountry),
            ({"issuer_country": "EU"}, BadCountry),
            ({"issuer_id": ""}, BadForeignId),
            ({"issuer_id": "LT"}, BadForeignId),
            ({"issuer_nip": "5260250274"}, BadForeignId),
            ({"issuer_country": "PL", "issuer_nip": "5260250274"}, BadForeignId),
        ],
    )
    def test_what_is_refused(self, changed: Any, refusal: type[Exception]) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=10_000)
        with pytest.raises(refusal):
            recorded(allocation, amount_minor=1_000, **{**self.ABROAD, **changed})


def _one_funder_more(document: SpendingDocument) -> None:
    with transaction.atomic():
        DocumentFunder.objects.create(document=document, name="Fundacja C", amount_minor=1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class TestFunders:
    def test_make_up_the_whole_with_our_share(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=100_000)
        funders = [Funder("Fundacja A", 30_000), Funder("Fundacja B", 10_000)]
        document = recorded(
            allocation, amount_minor=60_000, total_minor=100_000, own_share_minor=60_000, funders=funders
        )
        shares = dict(document.funders.values_list("name", "amount_minor"))
        assert shares == {"Fundacja A": 30_000, "Fundacja B": 10_000}
        with pytest.raises(IntegrityError, match="our share and the other funders add up to"):
            _one_funder_more(document)

    @pytest.mark.parametrize(
        "funders",
        [
            [],
            [Funder("A", 39_999)],
            [Funder("A", 40_001)],
            [Funder("A", 20_000), Funder("A", 20_000)],
            [Funder(" ", 40_000)],
            [Funder("A", 50_000), Funder("B", -10_000)],
        ],
    )
    def test_that_do_not_are_refused(self, funders: list[Funder]) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=100_000)
        with pytest.raises(BadFunders):
            recorded(allocation, amount_minor=60_000, total_minor=100_000, own_share_minor=60_000, funders=funders)


def test_a_question_is_answered_before_it_is_asked_again() -> None:
    allocation = approved()
    advanced(allocation, amount_minor=10_000)
    document = recorded(allocation, amount_minor=1_000)
    asked = {"document_id": document.pk, "now": NOW}
    with pytest.raises(WrongState):
        answer_document(actor=make_staff("ada"), reason="nobody asked", **asked)
    query_document(actor=make_staff("bartek"), reason="page two?", **asked)
    answered = answer_document(actor=make_staff("ada"), reason="here", **asked)
    assert (answered.state, answered.question, answered.answer) == ("answered", "page two?", "here")
    again = query_document(actor=make_staff("bartek"), reason="and page three?", **asked)
    assert (again.state, again.question, again.answer) == ("queried", "and page three?", "")


class TestPayables:
    LATE_DECEMBER = datetime(2026, 12, 29, 12, 0, tzinfo=UTC)
    JANUARY = datetime(2027, 1, 8, 12, 0, tzinfo=UTC)

    def test_accepted_in_december_and_paid_in_january_counts_once_in_december(self) -> None:
        allocation = approved(partner_code=None, last_period=202612)
        purchase = purchased(allocation, amount_minor=30_000, now=self.LATE_DECEMBER, due_on=date(2027, 1, 12))
        accepted(purchase.document, now=self.LATE_DECEMBER)
        year_end = take_mark(now=self.LATE_DECEMBER)
        pay_purchase(
            purchase_id=purchase.pk,
            actor=make_staff("bartek"),
            reason="by transfer",
            event_at=self.JANUARY,
            request_key=key(),
            now=self.JANUARY,
        )
        (row,) = spending_rows(first_period=202601, last_period=202612)
        assert row.accepted_minor == 30_000
        assert spending_rows(first_period=202701, last_period=202712) == []
        (owed,) = open_payables(mark=year_end)
        assert (owed.amount_minor, owed.due_on, owed.accepted_period) == (30_000, date(2027, 1, 12), 202612)
        assert account_balance(code=PAYABLE, mark=year_end) == -30_000
        assert open_payables() == []

    def test_stand_by_their_day_and_sum_to_the_account(self) -> None:
        allocation = approved(partner_code=None)
        for amount, due_on in ((1_000, None), (2_000, date(2026, 12, 24)), (4_000, date(2026, 12, 1))):
            accepted(purchased(allocation, amount_minor=amount, due_on=due_on).document)
        purchased(allocation, amount_minor=8_000)
        assert [row.amount_minor for row in open_payables()] == [4_000, 2_000, 1_000]
        assert sum(row.amount_minor for row in open_payables()) == -account_balance(code=PAYABLE)

    def test_a_reimbursement_names_a_role(self) -> None:
        purchase = purchased(approved(partner_code=None), amount_minor=1_000, payee=Payee.VOLUNTEER)
        accepted(purchase.document)
        assert purchase.is_reimbursement
        assert open_payables()[0].payee is Payee.VOLUNTEER
        with pytest.raises(NoPartner):
            purchased(approved(partner_code=None), amount_minor=1_000, payee=Payee.PARTNER)
        assert purchased(approved(amount_minor=2_000), amount_minor=1_000, payee=Payee.PARTNER).pk
