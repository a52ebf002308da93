"""Two people at once in the later life of envelopes. Each lock has its negative control: without it, too much goes."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from pytest_django import Settings

from aid_packages.models import Allocation, Partner, SpendingReversal
from aid_packages.operations import (
    FundShort,
    MoreThanOver,
    NothingOver,
    OverCap,
    OverEmergencyCap,
    OverEnvelope,
    WrongState,
    agreements,
    approve_allocation,
    approve_redirect,
    approve_reversal,
    booking,
    emergencies,
    grants,
    redirects,
    reversals,
)
from ledger import audit
from ledger.queries import fund_balance
from tests.factories.aid_life import (
    bank_gift,
    emergency,
    granted,
    make_need,
    proposed_redirect,
    proposed_reversal,
)
from tests.factories.aid_packages import (
    accepted,
    advanced,
    agreed,
    approved,
    draft,
    hold,
    make_envelope_books,
    make_staff,
    recorded,
)
from tests.factories.time import NOW
from tests.support import meeting

pytestmark = pytest.mark.usefixtures("books")
REFUSALS = (FundShort, IntegrityError, MoreThanOver, NothingOver, OverCap, OverEmergencyCap, OverEnvelope, WrongState)
at_once = partial(meeting.at_once, refusals=REFUSALS)


@pytest.fixture
def books(committed_db: Any) -> None:
    """2,500 zł of WARM-NIGHT in the bank."""
    make_envelope_books()
    hold(fund_code="WARM-NIGHT", amount_minor=250_000, reference="warm")
    for name in ("ada", "bartek", "celina"):
        make_staff(name)


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Callable[[object, str], None]:
    """Lets both threads come together after a check, or one of them where a lock keeps the other out."""
    return lambda module, name: meeting.meet_after_looking(monkeypatch, (module, name))


def findings() -> list[str]:
    return sorted({finding.name for finding in audit.run().findings})


class TestTwoEmergencies:
    """1,000 zł is the cap, and one person books 600 zł twice."""

    @pytest.fixture(autouse=True)
    def _cap(self, settings: Settings, meet: Callable) -> None:
        settings.EMERGENCY_CAP_MINOR = 100_000
        meet(emergencies, "_require_within_cap")

    def test_only_one_fits_the_cap(self) -> None:
        both = [lambda: emergency(amount_minor=60_000)] * 2
        assert at_once(*both) == ["Allocation", "OverEmergencyCap"]

    def test_without_the_lock_both_would(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(emergencies, "_lock_emergencies", lambda: None)
        assert at_once(*[lambda: emergency(amount_minor=60_000)] * 2) == ["Allocation", "Allocation"]


class TestTwoGrants:
    def test_from_one_envelope_only_one_fits(self, meet: Callable) -> None:
        meet(grants, "envelope")
        allocation = approved(amount_minor=80_000)
        assert at_once(*[lambda: granted(allocation, amount_minor=50_000)] * 2) == ["Grant", "OverEnvelope"]
        assert findings() == []

    def test_without_the_rows_lock_both_would(self, meet: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
        meet(grants, "envelope")
        unlocked = Allocation.objects.select_related("partner")
        monkeypatch.setattr(grants, "lock_allocation", lambda *, allocation_id: unlocked.get(pk=allocation_id))
        allocation = approved(amount_minor=80_000)
        assert at_once(*[lambda: granted(allocation, amount_minor=50_000)] * 2) == ["Grant", "Grant"]
        assert "no envelope is overdrawn" in findings()


class TestTwoEnvelopesUnderOneCap:
    """The agreement's cap is 1,000 zł, and two envelopes of 600 zł are approved at once."""

    @pytest.fixture
    def both(self, meet: Callable) -> list[Callable[[], object]]:
        agreed(Partner.objects.get(code="DEMO-LAW"), cap_minor=100_000, last_day=NOW.date().replace(year=2030))
        unbounded = Partner.objects.get(code="DEMO-LAW").agreements.order_by("pk")[0]
        agreements.end_agreement(
            agreement_id=unbounded.pk, last_day=NOW.date(), actor=make_staff("celina"), reason="x", now=NOW
        )
        drafts = [draft(partner_code="DEMO-LAW", amount_minor=60_000).pk for _one in range(2)]
        meet(agreements, "used_under")
        tomorrow = NOW.replace(day=22)
        return [
            lambda number=number: approve_allocation(
                allocation_id=number, actor=make_staff("bartek"), reason="as agreed", now=tomorrow
            )
            for number in drafts
        ]

    def test_only_one_fits(self, both: list[Callable[[], object]]) -> None:
        assert at_once(*both) == ["Allocation", "OverCap"]

    def test_without_the_partners_lock_both_would(
        self, both: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(agreements, "lock_partner", lambda *, partner_code: None)
        assert at_once(*both) == ["Allocation", "Allocation"]


class TestTwoRedirects:
    """300 zł are over, and two redirects of 200 zł each are approved at once."""

    @pytest.fixture
    def both(self, meet: Callable) -> list[Callable[[], object]]:
        need = make_need(goal_minor=1_000)
        bank_gift(fund_code="WARM-NIGHT", amount_minor=31_000, reference="over")
        proposed = [proposed_redirect(need, amount_minor=20_000).pk for _one in range(2)]
        meet(redirects, "over")
        return [
            lambda number=number: approve_redirect(
                redirect_id=number, actor=make_staff("bartek"), reason="as agreed", now=NOW
            )
            for number in proposed
        ]

    def test_only_one_fits(self, both: list[Callable[[], object]]) -> None:
        assert at_once(*both) == ["MoreThanOver", "Redirect"]
        assert fund_balance(code="FOREST") == 20_000

    def test_without_the_funds_lock_both_would(
        self, both: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(booking, "lock_funds", lambda *, codes: None)
        assert at_once(*both) == ["Redirect", "Redirect"]
        assert fund_balance(code="FOREST") == 40_000


class TestOneReversalTwice:
    def test_two_people_approve_it_at_once_and_it_is_booked_once(self) -> None:
        allocation = approved()
        advanced(allocation, amount_minor=60_000)
        number = proposed_reversal(accepted(recorded(allocation, amount_minor=45_000))).pk
        acts = [
            lambda who=who: approve_reversal(reversal_id=number, actor=make_staff(who), reason="as agreed", now=NOW)
            for who in ("bartek", "celina")
        ]
        assert at_once(*acts) == ["SpendingReversal", "WrongState"]
        assert fund_balance(code="WARM-NIGHT") == 250_000
        assert findings() == []

    def test_without_the_rows_lock_the_ledger_still_refuses_the_second(
        self, meet: Callable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            reversals, "lock_proposal", lambda model, *, proposal_id: SpendingReversal.objects.get(pk=proposal_id)
        )
        meet(reversals, "require_decidable")
        allocation = approved()
        grant = granted(allocation, amount_minor=45_000)
        number = proposed_reversal(grant).pk
        acts = [
            lambda who=who: approve_reversal(reversal_id=number, actor=make_staff(who), reason="as agreed", now=NOW)
            for who in ("bartek", "celina")
        ]
        assert "IntegrityError" in at_once(*acts)
        assert fund_balance(code="WARM-NIGHT") == 250_000
