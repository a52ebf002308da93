"""The share for running costs in a report: which policies it names, and what it does not know."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.models import User
from ledger.models import Mark
from ledger.operations import close_period
from tests.factories.attribution import give_back
from tests.factories.share import share_policy
from tests.factories.transparency import NOVEMBER_16, OCTOBER, OCTOBER_NOON, Giving
from transparency import operations
from transparency.figures.facts import Facts
from transparency.figures.material import FundSums
from transparency.figures.sections import policy_section
from transparency.models import Report, ReportKind, ReportState
from transparency.sources.share import last_ids, read_share

pytestmark = pytest.mark.django_db

NOVEMBER = {"first_period": 202611, "last_period": 202611, "mark": Mark(last_entry_id=0)}
LINES = {"came_in": 300_00, "payment_fees": 4_50, "running_costs": 0}


def test_a_report_from_before_the_first_policy_has_no_word_of_it() -> None:
    known_then = last_ids()
    share_policy(permille=50, from_day=date(2026, 11, 10))
    assert read_share(**NOVEMBER, ids=known_then) is None
    assert read_share(**NOVEMBER, ids={}) is None, "it kept no decisions: there were none"
    section = policy_section(Facts(funds=(), partners=(), spending=(), cells=()), LINES)
    assert {"share_said", "share_booked", "policies"}.isdisjoint(section)
    assert section["share_policy_permille"] is None


def test_the_policies_of_the_months_are_named_with_their_days() -> None:
    share_policy(permille=50, from_day=date(2026, 10, 5))
    share_policy(permille=0, from_day=date(2026, 11, 20))
    share_policy(permille=30, from_day=date(2026, 12, 1))
    found = read_share(**NOVEMBER, ids=last_ids())
    assert found == {
        "said": 0,
        "policies": [
            {"permille": 50, "from": "2026-10-05", "until": "2026-11-19"},
            {"permille": 0, "from": "2026-11-20", "until": "2026-11-30"},
        ],
    }


def test_what_was_booked_stands_beside_what_was_said_and_what_is_kept() -> None:
    funds = (
        FundSums(code="WARM-NIGHT", received=200_00, share=10_00),
        FundSums(code="GENERAL", received=100_00, share=5_00),
        FundSums(code="ADMIN", share_received=13_00),
    )
    share = {"said": 15_00, "policies": [{"permille": 50, "from": "2026-11-22", "until": None}]}
    section = policy_section(Facts(funds=funds, partners=(), spending=(), cells=(), share=share), LINES)
    assert (section["share_booked"], section["share_said"], section["share"]) == (15_00, 15_00, 13_00)
    assert (section["share_policy_permille"], section["share_permille"]) == (50, 43)


@pytest.fixture
def autumn(books: Giving) -> Giving:
    """Six gifts to one need and five to the common fund, each told of a twentieth; half of one went back within days."""
    policy = share_policy(permille=50, from_day=date(2026, 10, 1))
    gifts = [books.give(100_00, fund=fund, policy=policy) for fund in ("WARM-NIGHT",) * 6 + ("GENERAL",) * 5]
    give_back(gifts[0], 50_00, at=OCTOBER_NOON)
    close_period(period=OCTOBER, now=NOVEMBER_16)
    return books


def said_by(report: Report, *, at: datetime) -> dict[str, Any]:
    assert operations.build_report(report_id=report.pk, now=at) is ReportState.DRAFT
    report.refresh_from_db()
    said: dict[str, Any] = json.loads(bytes(report.content or b""))
    return said


def test_a_campaign_holds_its_own_part_of_the_share_against_what_was_said(autumn: Giving, ada: User) -> None:
    operations.define_campaign(
        code="warm", name_pl="Ciepło", name_en="Warmth", first_period=OCTOBER, last_period=OCTOBER,
        funds=["WARM-NIGHT"], actor=ada, reason="the board asked", now=NOVEMBER_16,
    )  # fmt: skip
    asked = operations.request_report(
        kind=ReportKind.CAMPAIGN, campaign="warm", actor=ada, reason="it is over", now=NOVEMBER_16
    )
    policy = said_by(asked, at=NOVEMBER_16)["policy"]
    assert (policy["share_said"], policy["share_booked"], policy["share"]) == (30_00, 30_00, None)
    assert policy["policies"] == [{"permille": 50, "from": "2026-10-01", "until": None}]


def test_the_gifts_of_a_year_hold_the_share_against_what_was_said_less_what_went_back(
    autumn: Giving, ada: User
) -> None:
    january = datetime(2027, 1, 16, 5, 0, tzinfo=UTC)
    asked = operations.request_report(
        kind=ReportKind.COHORT, period=2026, actor=ada, reason="a donor asked", now=january
    )
    said = said_by(asked, at=january)
    policy = said["policy"]
    assert (policy["share_said"], policy["share_booked"], policy["share"]) == (55_00, 55_00, 52_50)
    assert said["lines"]["running_costs"] == said["cohorts"][0]["running"] == 52_50
