"""What running costs had of each year's gifts: their share while it wasn't given back, and what was given to them and spent."""

from payments.models import Donation
from tests.factories.attribution import after_the_window, give_back, lines_grow, spend
from tests.factories.share import share_policy
from tests.factories.time import NOW
from tests.factories.transparency import FEE, Giving
from transparency.attribution.queries import cohorts, last_ids
from transparency.attribution.queries.cohorts import Cohort
from transparency.attribution.queries.shares_back import shares_back

LATER = after_the_window(NOW)
FOREVER = {"upto_entry": 2**62, "last_period": 209912}


def given_with_share(giving: Giving, amount_minor: int = 100_00) -> Donation:
    """A gift whose donor was told that a twentieth pays for running costs."""
    policy = share_policy(permille=50)
    return giving.give(amount_minor, at=NOW, policy=policy)


def the_cohort() -> Cohort:
    (found,) = cohorts(**FOREVER)
    parts = (found.given_back, found.fees, found.running, found.turned_into_help, found.with_partners, found.lost)
    assert found.came_in == sum(parts) + found.waiting
    return found


def test_a_share_given_back_with_its_gift_is_no_running_costs(giving: Giving) -> None:
    gift = given_with_share(giving)
    assert the_cohort().running == 5_00
    give_back(gift, 100_00, at=NOW)
    assert (the_cohort().running, the_cohort().given_back, the_cohort().fees) == (0, 100_00 - FEE, FEE)
    lines_grow(now=LATER)
    assert the_cohort().running == 0, "it never stands on a line"


def test_what_went_back_before_its_gift_stood_in_line_is_counted_once(giving: Giving) -> None:
    give_back(given_with_share(giving), 50_00, at=NOW)
    lines_grow(now=LATER)
    assert (the_cohort().running, the_cohort().given_back) == (2_50, 50_00)
    assert the_cohort().waiting == 50_00 - 2_50 - FEE


def test_what_goes_back_after_its_gift_stood_in_line_takes_its_share_along(giving: Giving) -> None:
    gift = given_with_share(giving)
    giving.give(200_00, fund="GENERAL", at=NOW, policy=gift.share_policy)
    lines_grow(now=LATER)
    give_back(gift, 50_00, at=LATER)
    lines_grow(now=after_the_window(LATER))
    assert (the_cohort().running, the_cohort().given_back, the_cohort().lost) == (12_50, 2_50, 47_50)
    give_back(gift, 0, at=LATER, fails=True)
    assert (the_cohort().running, the_cohort().given_back) == (15_00, 0), "the refund failed: its share came back"


def test_a_later_refund_is_unknown_at_an_earlier_mark_and_in_an_earlier_month(giving: Giving) -> None:
    gift = given_with_share(giving)
    lines_grow(now=LATER)
    kept = last_ids()
    then = cohorts(upto_entry=2**62, last_period=202612, upto=kept)
    late = LATER.replace(year=2027, month=1)
    give_back(gift, 100_00, at=late)
    assert cohorts(upto_entry=2**62, last_period=202612, upto=kept) == then
    assert cohorts(upto_entry=2**62, last_period=202701, upto=kept) != then
    assert shares_back(upto_entry=2**62, last_period=202612, upto=kept) == {}
    assert shares_back(upto_entry=2**62, last_period=202701, upto=kept) == {2026: 5_00}


def test_what_was_given_to_running_costs_and_spent_is_no_help(giving: Giving) -> None:
    giving.give(100_00, fund="ADMIN", at=NOW)
    lines_grow(now=LATER)
    spend(30_00, reference="purchase:server", fund="ADMIN", at=LATER)
    lines_grow(now=after_the_window(LATER))
    assert (the_cohort().running, the_cohort().turned_into_help) == (30_00, 0)
    assert the_cohort().waiting == 70_00 - FEE
