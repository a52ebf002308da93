"""Needs that are over-funded or over: what they can't use goes up their tree; and deficits, which GENERAL covers."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from aid_packages.models import Need, Redirect
from aid_packages.operations import (
    FundShort,
    MoreThanLacking,
    MoreThanOver,
    NoDeficit,
    NothingOver,
    NotPositive,
    NotUpTheTree,
    SamePerson,
    WrongState,
    approve_allocation,
    approve_cover,
    approve_redirect,
    end_need,
    refuse_redirect,
)
from aid_packages.queries import can_go_on, deficits, free_target, open_deficits, redirects
from ledger import audit
from ledger.operations import take_mark
from ledger.queries import fund_available, fund_balance
from tests.factories.aid_life import (
    area_redirect,
    bank_gift,
    covered,
    key,
    make_need,
    proposed_cover,
    proposed_redirect,
    redirected,
    take_from,
)
from tests.factories.aid_packages import approved, draft, hold, make_staff
from tests.factories.time import NOW
from transparency.checks.found import Scope
from transparency.checks.of_funds import no_fund_below_zero

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("envelope_books")]
NOVEMBER = {"first_period": 202611, "last_period": 202611}


def _decided(redirect: Redirect, *, actor: str = "bartek", verb=approve_redirect) -> Redirect:
    return verb(redirect_id=redirect.pk, actor=make_staff(actor), reason="as agreed", now=NOW)


def _held_by() -> list[str]:
    scope = Scope(kind="month", **NOVEMBER, mark=take_mark(now=NOW + timedelta(days=25)))
    return [found.subject for found in no_fund_below_zero(scope)]


class TestRedirect:
    def test_of_what_is_over_the_goal_is_booked_and_reported(self) -> None:
        need = make_need(goal_minor=100_000)
        bank_gift(fund_code="WARM-NIGHT", amount_minor=130_000, reference="a")
        (found,) = can_go_on(day=NOW.date())
        assert (found.over_minor, found.reason_code) == (30_000, "over_funded")
        redirect = redirected(need, amount_minor=30_000)

        assert (fund_balance(code="WARM-NIGHT"), fund_balance(code="FOREST")) == (100_000, 30_000)
        assert [found.source for found in can_go_on(day=NOW.date())] == [need.area], "no need of it lacks anything"
        (row,) = redirects(**NOVEMBER)
        assert (row.from_fund, row.to_fund, row.amount_minor, row.clause_number, row.reason_code, row.period) == (
            "WARM-NIGHT",
            "FOREST",
            30_000,
            1,
            "over_funded",
            202611,
        )
        assert _decided(redirect).entry_id == redirect.entry_id
        assert audit.run().findings == []

    def test_a_mark_does_not_know_what_came_later(self) -> None:
        need = make_need()
        bank_gift(fund_code="WARM-NIGHT", amount_minor=130_000, reference="a")
        mark = take_mark(now=NOW)
        redirected(need, amount_minor=30_000)
        assert redirects(**NOVEMBER, mark=mark) == []

    def test_goes_up_the_tree_and_nowhere_else(self) -> None:
        need = make_need()
        bank_gift(fund_code="WARM-NIGHT", amount_minor=130_000, reference="a")
        for elsewhere in ("CONTACT", "ADMIN", "WARM-NIGHT", "NOWHERE"):
            with pytest.raises(NotUpTheTree):
                proposed_redirect(need, amount_minor=1_000, to_fund=elsewhere)
        assert redirected(need, amount_minor=1_000, to_fund="GENERAL").state == "approved"

    def test_no_more_than_what_is_over_and_not_promised(self) -> None:
        need = make_need(goal_minor=100_000)
        bank_gift(fund_code="WARM-NIGHT", amount_minor=130_000, reference="a")
        with pytest.raises(MoreThanOver) as refusal:
            proposed_redirect(need, amount_minor=30_001)
        assert refusal.value.over_minor == 30_000
        with pytest.raises(NotPositive):
            proposed_redirect(need, amount_minor=0)
        approved(amount_minor=120_000)
        with pytest.raises(MoreThanOver):
            proposed_redirect(need, amount_minor=10_001)

    def test_is_looked_at_again_when_it_is_approved(self) -> None:
        need = make_need(goal_minor=100_000)
        bank_gift(fund_code="WARM-NIGHT", amount_minor=130_000, reference="a")
        redirect = proposed_redirect(need, amount_minor=30_000)
        approved(amount_minor=110_000)
        with pytest.raises(MoreThanOver):
            _decided(redirect)
        take_from(fund_code="WARM-NIGHT", amount_minor=30_000, reference="late")
        with pytest.raises(NothingOver):
            _decided(redirect)

    def test_what_is_planned_is_no_surplus_and_a_proposal_is_not_offered_again(self) -> None:
        need = make_need(goal_minor=100_000)
        bank_gift(fund_code="WARM-NIGHT", amount_minor=130_000, reference="a")
        bank_gift(fund_code="FOREST", amount_minor=10_000, reference="b")
        draft(amount_minor=110_000)
        draft(fund_code="FOREST", amount_minor=9_000)
        need_over, area_over = can_go_on(day=NOW.date())
        assert (need_over.over_minor, need_over.planned_minor, area_over.over_minor) == (20_000, 110_000, 1_000)
        with pytest.raises(MoreThanOver):
            proposed_redirect(need, amount_minor=20_001)
        redirect = proposed_redirect(need, amount_minor=20_000)
        assert [found.source for found in can_go_on(day=NOW.date())] == [need.area]
        assert _decided(redirect).state == "approved", "it does not stand in its own way"

    def test_is_approved_or_refused_by_another_and_once(self) -> None:
        need = make_need()
        bank_gift(fund_code="WARM-NIGHT", amount_minor=130_000, reference="a")
        redirect = proposed_redirect(need, amount_minor=30_000)
        for verb in (approve_redirect, refuse_redirect):
            with pytest.raises(SamePerson):
                _decided(redirect, actor="ada", verb=verb)
        _decided(redirect, verb=refuse_redirect)
        with pytest.raises(WrongState):
            _decided(redirect)
        assert fund_balance(code="WARM-NIGHT") == 130_000

    def test_the_same_request_twice_is_one_proposal(self) -> None:
        need, once = make_need(), key()
        bank_gift(fund_code="WARM-NIGHT", amount_minor=130_000, reference="a")
        first, again = (proposed_redirect(need, amount_minor=10, request_key=once) for _time in range(2))
        assert first == again


class TestEndedNeed:
    def test_all_that_is_available_may_go_on(self) -> None:
        need = make_need(season_to=date(2026, 11, 20))
        bank_gift(fund_code="WARM-NIGHT", amount_minor=40_000, reference="a")
        approved(amount_minor=15_000)
        (found,) = can_go_on(day=NOW.date())
        assert (found.reason_code, found.over_minor) == ("ended", 25_000)
        redirected(need, amount_minor=25_000)
        assert fund_available(code="WARM-NIGHT") == 0
        assert audit.run().findings == []

    def test_is_not_given_to_any_more(self) -> None:
        need = make_need()
        assert free_target(code="warm-night", now=NOW).fund_code == "WARM-NIGHT"
        end_need(need_id=need.pk, actor=make_staff("ada"), reason="the frost is over", now=NOW)
        assert free_target(code="warm-night", now=NOW).fund_code == "FOREST"
        with pytest.raises(WrongState):
            end_need(need_id=need.pk, actor=make_staff("ada"), reason="again", now=NOW)


class TestArea:
    """What an area's own fund can't use goes to GENERAL: by the same two people, rows and refusals."""

    def test_is_over_by_what_its_needs_do_not_lack(self) -> None:
        need = make_need(goal_minor=100_000)
        bank_gift(fund_code="WARM-NIGHT", amount_minor=60_000, reference="need")
        bank_gift(fund_code="FOREST", amount_minor=40_000, reference="area")
        assert can_go_on(day=NOW.date()) == [], "its need still lacks as much"
        bank_gift(fund_code="FOREST", amount_minor=5_000, reference="more")
        (found,) = can_go_on(day=NOW.date())
        assert (found.source, found.is_area, found.reason_code) == (need.area, True, "over_funded")
        assert (found.goal_minor, found.available_minor, found.over_minor) == (40_000, 45_000, 5_000)
        with pytest.raises(MoreThanOver):
            area_redirect(need.area, amount_minor=5_001)
        redirect = area_redirect(need.area, amount_minor=5_000)
        with pytest.raises(SamePerson):
            _decided(redirect, actor="ada")
        _decided(redirect)
        assert (fund_balance(code="FOREST"), fund_balance(code="GENERAL")) == (40_000, 5_000)
        (row,) = redirects(**NOVEMBER)
        assert (row.from_fund, row.to_fund, row.amount_minor, row.clause_number) == ("FOREST", "GENERAL", 5_000, 1)
        assert audit.run().findings == []

    def test_goes_on_whole_once_all_its_needs_are_over(self) -> None:
        need = make_need(season_to=date(2026, 11, 20))
        bank_gift(fund_code="WARM-NIGHT", amount_minor=40_000, reference="a")
        redirected(need, amount_minor=40_000)
        (found,) = can_go_on(day=NOW.date())
        assert (found.source, found.reason_code, found.over_minor) == (need.area, "ended", 40_000)
        redirect = area_redirect(need.area, amount_minor=40_000)
        make_need(code="cold-night", fund_code="CONTACT", goal_minor=90_000)
        with pytest.raises(NothingOver):
            _decided(redirect)
        assert fund_balance(code="FOREST") == 40_000, "a new season has begun meanwhile, and can use it"

    def test_goes_up_the_tree_only_and_is_proposed_once(self) -> None:
        area, once = make_need(season_to=date(2026, 11, 20)).area, key()
        bank_gift(fund_code="FOREST", amount_minor=9_000, reference="area")
        for elsewhere in ("WARM-NIGHT", "FOREST", "ADMIN"):
            with pytest.raises(NotUpTheTree):
                area_redirect(area, amount_minor=1, to_fund=elsewhere)
        first, again = (area_redirect(area, amount_minor=10, request_key=once) for _time in range(2))
        assert first == again

    def test_without_needs_nothing_is_known_to_be_over(self) -> None:
        area = make_need(season_to=date(2026, 11, 20)).area
        Need.objects.all().delete()
        bank_gift(fund_code="FOREST", amount_minor=9_000, reference="area")
        assert can_go_on(day=NOW.date()) == []
        with pytest.raises(NothingOver):
            area_redirect(area, amount_minor=1)

    def test_the_database_refuses_a_redirect_of_both_or_neither(self) -> None:
        need = make_need()
        bank_gift(fund_code="WARM-NIGHT", amount_minor=130_000, reference="a")
        for source in ({"need": need, "area": need.area}, {}):
            with pytest.raises(IntegrityError, match="redirect_of_a_need_or_an_area"), transaction.atomic():
                Redirect.objects.create(
                    **source,
                    from_fund="WARM-NIGHT",
                    to_fund="FOREST",
                    amount_minor=1,
                    over_minor=1,
                    reason_code="ended",
                    clause=need.clause,
                    request_key=key(),
                    proposed_by=make_staff("ada"),
                    proposed_at=NOW,
                )


class TestDeficit:
    def test_is_named_with_what_took_the_money_and_blocks_allocating(self) -> None:
        hold(fund_code="WARM-NIGHT", amount_minor=100_000, reference="warm")
        bank_gift(fund_code="WARM-NIGHT", amount_minor=10_000, reference="a")
        approved(amount_minor=100_000)
        waiting = draft(amount_minor=1)
        take_from(fund_code="WARM-NIGHT", amount_minor=10_000, reference="still-enough")
        assert open_deficits() == []
        late = take_from(fund_code="WARM-NIGHT", amount_minor=30_000, reference="late")

        (deficit,) = open_deficits()
        assert (deficit.fund_code, deficit.lacking_minor) == ("WARM-NIGHT", 30_000)
        assert [(cause.entry_id, cause.amount_minor) for cause in deficit.causes] == [(late, -30_000)]
        with pytest.raises(FundShort):
            approve_allocation(allocation_id=waiting.pk, actor=make_staff("bartek"), reason="x", now=NOW)

    def test_is_covered_from_general_and_reported_by_month(self) -> None:
        hold(fund_code="WARM-NIGHT", amount_minor=10_000, reference="warm")
        hold(fund_code="GENERAL", amount_minor=100_000, reference="general")
        take_from(fund_code="WARM-NIGHT", amount_minor=40_000, reference="late")
        before = take_mark(now=NOW)
        covered(amount_minor=20_000)

        (row,) = deficits(**NOVEMBER)
        assert (row.fund_code, row.amount_minor, row.covered_minor) == ("WARM-NIGHT", 30_000, 20_000)
        (earlier,) = deficits(**NOVEMBER, mark=before)
        assert (earlier.amount_minor, earlier.covered_minor) == (30_000, 0)
        covered(amount_minor=10_000, now=NOW + timedelta(days=20))
        (december,) = deficits(first_period=202612, last_period=202612)
        assert (december.amount_minor, december.covered_minor) == (10_000, 10_000)
        assert (fund_balance(code="WARM-NIGHT"), fund_balance(code="GENERAL")) == (0, 70_000)
        assert open_deficits() == []
        assert audit.run().findings == []

    def test_holds_a_report_until_it_is_made_up_for_even_in_the_month_after(self) -> None:
        """A late fee of grosze falls on GENERAL; what made up for it by the mark lets the month's report go on."""
        later = NOW + timedelta(days=20)
        hold(fund_code="WARM-NIGHT", amount_minor=10_000, reference="warm")
        take_from(fund_code="WARM-NIGHT", amount_minor=10_500, reference="late")
        take_from(fund_code="GENERAL", amount_minor=3, reference="late-fee")
        assert _held_by() == ["GENERAL", "WARM-NIGHT"]
        bank_gift(fund_code="GENERAL", amount_minor=1_000, reference="gift", now=later)
        assert _held_by() == ["WARM-NIGHT"]
        covered(amount_minor=500, now=later)
        assert _held_by() == []
        assert [(row.fund_code, row.amount_minor) for row in deficits(**NOVEMBER)] == [
            ("GENERAL", 3),
            ("WARM-NIGHT", 500),
        ], "the report prints them"

    def test_what_a_cover_refuses(self) -> None:
        with pytest.raises(NoDeficit):
            proposed_cover(amount_minor=1)
        hold(fund_code="GENERAL", amount_minor=5_000, reference="general")
        take_from(fund_code="WARM-NIGHT", amount_minor=10_000, reference="late")
        with pytest.raises(MoreThanLacking):
            proposed_cover(amount_minor=10_001)
        cover = proposed_cover(amount_minor=10_000)
        asked = {"cover_id": cover.pk, "reason": "as agreed", "now": NOW}
        with pytest.raises(SamePerson):
            approve_cover(actor=make_staff("ada"), **asked)
        with pytest.raises(FundShort) as refusal:
            approve_cover(actor=make_staff("bartek"), **asked)
        assert (refusal.value.fund_code, refusal.value.available) == ("GENERAL", 5_000)
        take_from(fund_code="GENERAL", amount_minor=6_000, reference="general-itself")
        with pytest.raises(NoDeficit):
            proposed_cover(fund_code="GENERAL", amount_minor=1)
