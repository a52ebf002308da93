"""Gifts step onto their funds' lines, and spending takes from their start."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.models import LinedUpGift, WaitingGift
from tests.factories.attribution import (
    after_the_window,
    collect,
    lines_grow,
    open_with,
    places_on,
    redirect,
    spend,
    taken_from,
    undo,
)
from tests.factories.transparency import FEE, OCTOBER_NOON, Giving
from transparency.attribution.models import LineBatch, LineSegment
from transparency.attribution.operations import bring_up_to_date
from transparency.attribution.queries import cohorts, counted_in, gift_attribution, last_ids
from transparency.attribution.share_kind import ShareKind

LATER = after_the_window(OCTOBER_NOON)


def test_openings_come_first_then_gifts_in_the_order_in_which_they_settled(giving: Giving) -> None:
    late = giving.give(10_000)
    early = giving.give(7_000, at=OCTOBER_NOON - timedelta(days=1))
    cash = collect(2_000, reference="cash:box")
    opened = open_with(3_000, reference="opening:forest")
    lines_grow(now=LATER)
    assert cash < opened
    assert places_on("WARM-NIGHT") == [
        (0, 3_000, None),
        (3_000, 2_000, None),
        (5_000, 7_000 - FEE, early.pk),
        (12_000 - FEE, 10_000 - FEE, late.pk),
    ]


def test_a_gift_steps_on_when_its_window_is_over_and_not_before(giving: Giving) -> None:
    gift = giving.give(5_000)
    assert lines_grow(now=OCTOBER_NOON + timedelta(days=14)).gifts == 0
    assert not LinedUpGift.objects.exists()
    assert lines_grow(now=LATER).gifts == 1
    assert LinedUpGift.objects.get().donation_id == gift.pk


def test_a_gift_that_settles_in_the_past_after_later_ones_were_lined_up_still_steps_on(giving: Giving) -> None:
    first = giving.give(5_000)
    lines_grow(now=LATER)
    backdated = giving.give(3_000, at=OCTOBER_NOON - timedelta(days=3))
    assert lines_grow(now=LATER).gifts == 1
    assert places_on("WARM-NIGHT") == [(0, 5_000 - FEE, first.pk), (5_000 - FEE, 3_000 - FEE, backdated.pk)]


def test_a_gift_waits_from_settling_until_it_stands_on_a_line(giving: Giving) -> None:
    gift = giving.give(5_000)
    assert [(row.donation_id, row.settled_at) for row in WaitingGift.objects.all()] == [(gift.pk, OCTOBER_NOON)]
    gift.refresh_from_db()
    gift.save()
    assert WaitingGift.objects.count() == 1, "what is saved again waits no second time"
    lines_grow(now=LATER)
    assert not WaitingGift.objects.exists()
    gift.save()
    assert not WaitingGift.objects.exists(), "what stands on a line waits no more"


def test_a_gift_that_waits_by_mistake_is_not_lined_up_twice(giving: Giving) -> None:
    gift = giving.give(5_000)
    lines_grow(now=LATER)
    wrong = WaitingGift.objects.create(donation=gift, settled_at=OCTOBER_NOON)
    assert lines_grow(now=LATER).gifts == 0
    wrong.delete()


def test_lining_up_looks_at_what_waits_and_not_at_all_that_ever_came(giving: Giving) -> None:
    giving.give(5_000)
    lines_grow(now=LATER)
    with CaptureQueriesContext(connection) as queries:
        lines_grow(now=LATER)
    [due] = [query["sql"] for query in queries if "CREATE TEMPORARY TABLE payments_due_now" in query["sql"]]
    assert "FROM payments_waitinggift" in due
    assert "payments_linedupgift" not in due


def test_running_again_changes_nothing(giving: Giving) -> None:
    giving.give(5_000)
    spend(1_000, reference="purchase:tea")
    lines_grow(now=LATER)
    before = (places_on("WARM-NIGHT"), taken_from("WARM-NIGHT"), LineBatch.objects.count())
    assert lines_grow(now=LATER).batches == 0
    assert (places_on("WARM-NIGHT"), taken_from("WARM-NIGHT"), LineBatch.objects.count()) == before


def test_spending_waits_for_the_line_and_takes_on_when_it_grows(giving: Giving) -> None:
    giving.give(5_000)
    spend(8_000, reference="purchase:bags")
    lines_grow(now=LATER)
    assert taken_from("WARM-NIGHT") == [("purchase:bags", 0, 5_000 - FEE)]
    second = giving.give(9_000, at=LATER)
    lines_grow(now=after_the_window(LATER))
    assert taken_from("WARM-NIGHT") == [("purchase:bags", 0, 4_850), ("purchase:bags", 4_850, 3_150)]
    found = gift_attribution(donation_id=second.pk)
    assert found is not None
    assert [(share.kind, share.amount_minor) for share in found.shares] == [(ShareKind.SPENT, 3_150)]
    assert found.waiting_minor == 9_000 - FEE - 3_150


def test_a_reversed_spending_frees_its_place_for_the_next(giving: Giving) -> None:
    giving.give(10_000)
    wrong = spend(3_000, reference="purchase:wrong")
    spend(2_000, reference="purchase:tea")
    lines_grow(now=LATER)
    undo(wrong)
    spend(4_000, reference="purchase:bags")
    lines_grow(now=LATER)
    assert taken_from("WARM-NIGHT") == [
        ("purchase:bags", 0, 3_000),
        ("purchase:tea", 3_000, 2_000),
        ("purchase:bags", 5_000, 1_000),
    ]


def test_a_share_follows_a_redirect_to_where_it_is_spent(giving: Giving) -> None:
    gift = giving.give(10_150)
    redirect(6_000, reference="redirect:season", fund="WARM-NIGHT", to="FOREST")
    spend(1_000, reference="purchase:tea")
    spend(4_000, reference="purchase:area", fund="FOREST")
    lines_grow(now=LATER)
    found = gift_attribution(donation_id=gift.pk)
    assert found is not None
    assert [(share.kind, share.fund_code, share.given_to, share.amount_minor) for share in found.shares] == [
        (ShareKind.REDIRECTED, "FOREST", "WARM-NIGHT", 2_000),
        (ShareKind.SPENT, "FOREST", "WARM-NIGHT", 4_000),
        (ShareKind.SPENT, "WARM-NIGHT", None, 1_000),
    ]
    assert found.waiting == {"WARM-NIGHT": 3_000}
    assert list(counted_in(first_period=202609, last_period=202609)) == [(gift.donor_id, gift.pk, [("FOREST", 5_000)])]


def test_a_reversed_redirect_takes_back_what_is_left_of_it(giving: Giving) -> None:
    gift = giving.give(10_150)
    others = giving.give(5_150, fund="FOREST", at=OCTOBER_NOON - timedelta(days=1))
    wrong = redirect(6_000, reference="redirect:wrong", fund="WARM-NIGHT", to="FOREST")
    lines_grow(now=LATER)
    undo(wrong)
    spend(5_000, reference="purchase:area", fund="FOREST")
    lines_grow(now=LATER)
    kept = gift_attribution(donation_id=others.pk)
    assert kept is not None
    assert [(share.kind, share.amount_minor) for share in kept.shares] == [(ShareKind.SPENT, 5_000)], "theirs stayed"
    back = gift_attribution(donation_id=gift.pk)
    assert back is not None
    assert back.waiting_minor + sum(share.amount_minor for share in back.shares) == 10_000
    assert (back.shares, back.waiting) == ([], {"WARM-NIGHT": 10_000}), "it waits where it was given again"


def test_a_gift_without_a_net_never_stands_on_a_line(giving: Giving) -> None:
    giving.give(FEE)
    lines_grow(now=LATER)
    assert places_on("WARM-NIGHT") == []
    assert not LinedUpGift.objects.exists()


def test_gifts_side_by_side_of_one_month_are_one_segment(giving: Giving) -> None:
    giving.give(5_000)
    giving.give(6_000)
    giving.give(7_000, at=OCTOBER_NOON + timedelta(days=20))
    lines_grow(now=OCTOBER_NOON + timedelta(days=40))
    assert list(LineSegment.objects.order_by("start").values_list("period", "start", "length", "gifts")) == [
        (202610, 0, 11_000 - 2 * FEE, 2),
        (202611, 11_000 - 2 * FEE, 7_000 - FEE, 1),
    ]


def test_many_gifts_are_put_in_batches_that_join(giving: Giving) -> None:
    for _gift in range(5):
        giving.give(1_000)
    assert bring_up_to_date(now=LATER, at_once=2).batches == 3
    assert [start for start, _, _ in places_on("WARM-NIGHT")] == [0, 850, 1_700, 2_550, 3_400]


def test_a_cohort_is_the_same_at_its_mark_whatever_came_since(giving: Giving) -> None:
    giving.give(10_000)
    giving.give(2_000, at=LATER)
    last = spend(4_000, reference="purchase:tea", at=OCTOBER_NOON)
    lines_grow(now=LATER)
    kept = last_ids()
    [then] = cohorts(upto_entry=last, last_period=202610, upto=kept)
    assert (then.year, then.came_in, then.fees, then.turned_into_help) == (2026, 12_000, 2 * FEE, 4_000)
    assert then.waiting == 12_000 - 2 * FEE - 4_000
    undo(last)
    spend(6_000, reference="purchase:bags", at=OCTOBER_NOON)
    lines_grow(now=after_the_window(LATER))
    assert not WaitingGift.objects.exists(), "what waited then stands on the line of a later batch"
    assert cohorts(upto_entry=last, last_period=202610, upto=kept) == [then]
    [now] = cohorts(upto_entry=2**62, last_period=202612)
    assert now.turned_into_help == 6_000
