"""The share for running costs in a report: which policies it names, and what it does not know."""

from datetime import date

import pytest

from ledger.models import Mark
from tests.factories.share import share_policy
from transparency.figures.facts import Facts
from transparency.figures.material import FundSums
from transparency.figures.sections import policy_section
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
