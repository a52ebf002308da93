"""Envelopes: drafted by one, approved by another, never beyond what the fund has."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from aid_packages.models import Allocation, AllocationState, Partner, PartnerMember
from aid_packages.operations import (
    BadPeriod,
    FundNotForAid,
    FundShort,
    NotPositive,
    PartOfPartner,
    PurposeMissing,
    RequestKeyReused,
    SamePerson,
    StillOpen,
    WrongState,
    approve_allocation,
    close_allocation,
    reject_allocation,
)
from core.text import TextError
from core.trail import ReasonMissing, trail_of
from ledger.queries import fund_available, fund_balance
from tests.factories.aid_packages import advanced, approved, draft, hold, make_staff
from tests.factories.time import NOW

pytestmark = [pytest.mark.usefixtures("envelope_books"), pytest.mark.django_db, pytest.mark.money]


@pytest.fixture
def money() -> None:
    """2,500 zł in WARM-NIGHT."""
    hold(fund_code="WARM-NIGHT", amount_minor=250_000, reference="warm")


class TestDrafting:
    def test_sets_nothing_aside_and_leaves_a_trail(self, money: None) -> None:
        allocation = draft()

        assert allocation.state == AllocationState.DRAFTED
        assert fund_available(code="WARM-NIGHT") == 250_000
        (entry,) = trail_of(subject=f"allocation:{allocation.pk}")
        assert (entry.act, entry.actor, entry.reason) == ("allocation.drafted", make_staff("ada"), "the stock ran out")

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"amount_minor": 0}, NotPositive),
            ({"amount_minor": -1}, NotPositive),
            ({"first_period": 202612, "last_period": 202611}, BadPeriod),
            ({"last_period": 202613}, BadPeriod),
            ({"fund_code": "ADMIN"}, FundNotForAid),
            ({"fund_code": "NOWHERE"}, FundNotForAid),
            ({"purpose": "  "}, PurposeMissing),
            ({"purpose": "two\nlines"}, TextError),
            ({"reason": " "}, ReasonMissing),
            ({"partner_code": "NOBODY"}, Partner.DoesNotExist),
        ],
    )
    def test_refuses(self, changed: dict, refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            draft(**changed)

    def test_the_same_request_is_one_draft(self) -> None:
        assert draft(request_key="once") == draft(request_key="once")
        with pytest.raises(RequestKeyReused):
            draft(request_key="once", amount_minor=1)


class TestApproving:
    def test_sets_the_amount_aside(self, money: None) -> None:
        allocation = approved()

        assert allocation.state == AllocationState.APPROVED
        assert fund_balance(code="WARM-NIGHT") == 250_000
        assert fund_available(code="WARM-NIGHT") == 150_000
        assert allocation.available_seen_minor == 250_000

    def test_not_by_who_drafted_it(self, money: None) -> None:
        allocation = draft()
        with pytest.raises(SamePerson):
            approve_allocation(allocation_id=allocation.pk, actor=make_staff("ada"), reason="mine", now=NOW)

    def test_the_database_refuses_it_too(self, money: None) -> None:
        allocation = approved()
        with pytest.raises(DatabaseError), transaction.atomic():
            Allocation.objects.filter(pk=allocation.pk).update(decided_by=allocation.prepared_by)
        waiting = draft()
        with pytest.raises(IntegrityError, match="allocation_decided_by_another"), transaction.atomic():
            Allocation.objects.filter(pk=waiting.pk).update(
                state="rejected", decided_by=waiting.prepared_by, decided_at=NOW
            )

    def test_not_by_a_member_of_the_partner(self, money: None) -> None:
        partner = Partner.objects.get(code="DEMO-FIELD")
        member = make_staff("celina")
        PartnerMember.objects.create(partner=partner, user=member, since=NOW - timedelta(days=30))
        allocation = draft()

        for decide in (approve_allocation, reject_allocation):
            with pytest.raises(PartOfPartner) as refused:
                decide(allocation_id=allocation.pk, actor=member, reason="ours", now=NOW)
            assert refused.value.partner_code == "DEMO-FIELD"

    def test_a_former_member_may(self, money: None) -> None:
        partner = Partner.objects.get(code="DEMO-FIELD")
        former = make_staff("celina")
        PartnerMember.objects.create(
            partner=partner, user=former, since=NOW - timedelta(days=30), until=NOW - timedelta(days=1)
        )

        approve_allocation(allocation_id=draft().pk, actor=former, reason="left last week", now=NOW)

    def test_not_beyond_what_is_available(self, money: None) -> None:
        approved(amount_minor=200_000)
        with pytest.raises(FundShort) as refused:
            approved(amount_minor=50_001)

        assert refused.value.available == 50_000
        approved(amount_minor=50_000)

    def test_again_by_the_same_person_changes_nothing(self, money: None) -> None:
        allocation = approved()
        again = approve_allocation(
            allocation_id=allocation.pk, actor=make_staff("bartek"), reason="double click", now=NOW
        )

        assert again.commitment_entry_id == allocation.commitment_entry_id
        assert trail_of(subject=f"allocation:{allocation.pk}").count() == 2

    def test_not_after_a_rejection(self, money: None) -> None:
        allocation = draft()
        reject_allocation(allocation_id=allocation.pk, actor=make_staff("bartek"), reason="too much", now=NOW)
        with pytest.raises(WrongState) as refused:
            approve_allocation(allocation_id=allocation.pk, actor=make_staff("bartek"), reason="well", now=NOW)

        assert refused.value.state == "rejected"
        assert fund_available(code="WARM-NIGHT") == 250_000


class TestClosing:
    def test_gives_back_what_was_not_used(self, money: None) -> None:
        allocation = approved()
        close_allocation(allocation_id=allocation.pk, actor=make_staff("ada"), reason="not needed", now=NOW)

        assert fund_available(code="WARM-NIGHT") == 250_000

    def test_not_while_the_partner_holds_money(self, money: None) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=30_000)
        with pytest.raises(StillOpen) as refused:
            close_allocation(allocation_id=allocation.pk, actor=make_staff("ada"), reason="done", now=NOW)

        assert refused.value.with_partner_minor == 30_000

    def test_not_a_draft(self) -> None:
        with pytest.raises(WrongState):
            close_allocation(allocation_id=draft().pk, actor=make_staff("ada"), reason="done", now=NOW)


class TestTheDatabaseRefuses:
    def test_rewriting_an_envelope(self, money: None) -> None:
        allocation = approved()
        for changed in ({"amount_minor": 1}, {"fund_code": "FOREST"}, {"state": "drafted"}, {"decided_at": None}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Allocation.objects.filter(pk=allocation.pk).update(**changed)

    def test_forgetting_one(self) -> None:
        allocation = draft()
        with pytest.raises(DatabaseError, match="not rewritten"), transaction.atomic():
            allocation.delete()
