"""What a donor is shown of monthly gifts: sums, dates, state, and what can be done."""

from datetime import date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from payments.models import MonthlyGift
from payments.monthly_states import ActState, ActVerb, Interval, MonthlyKind, MonthlyState, TroubleState
from payments.queries.gifts import gift_of, gifts_of
from payments.queries.monthly import (
    Standing,
    act_page,
    monthly_gift_for_staff,
    monthly_gift_page,
    monthly_gifts_for_staff,
    monthly_gifts_of,
)
from payments.queries.monthly_dates import SKIP_LASTS
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.donors import make_donor
from tests.factories.monthly import (
    FOREST_EACH_MONTH,
    NIGHT_EACH_MONTH,
    make_act,
    make_monthly,
    make_terms,
    make_trouble,
)
from tests.factories.monthly_life import give_monthly
from tests.factories.payments import begin, give, make_staff
from tests.factories.time import NOW

pytestmark = pytest.mark.django_db


def row_of(gift: MonthlyGift, now: datetime = NOW):
    page = monthly_gift_page(gift_id=gift.pk, donor_id=gift.donor_id, now=now)
    assert page is not None
    return page.row


def test_a_gift_is_shown_with_its_next_three_dates() -> None:
    gift = make_monthly(lines=[NIGHT_EACH_MONTH, FOREST_EACH_MONTH], day=31)
    row = row_of(gift)
    assert (row.sum_minor, row.interval, row.day) == (8_000, Interval.MONTH, 31)
    assert row.titles == ("Ciepła noc", "Las")
    assert row.next_dates == (date(2026, 11, 30), date(2026, 12, 30), date(2027, 1, 30))
    assert row.standing is Standing.TAKEN
    assert (row.method_kind, row.method_expires) == ("card", 203012)


def test_terms_that_no_act_confirmed_never_count() -> None:
    gift = make_monthly()
    dearer = make_terms(gift=gift, lines=[FOREST_EACH_MONTH], interval=Interval.YEAR)
    act = make_act(gift=gift, state=ActState.UNKNOWN, terms=dearer)
    assert (row_of(gift).sum_minor, row_of(gift).interval) == (5_000, Interval.MONTH)
    act.state, act.told = ActState.REFUSED, None
    act.save()
    assert row_of(gift).sum_minor == 5_000
    confirmed = make_act(gift=gift, terms=make_terms(gift=gift, lines=[FOREST_EACH_MONTH]))
    assert row_of(gift).sum_minor == 3_000
    make_act(gift=gift, verb=ActVerb.SKIP)
    assert row_of(gift).terms_version == confirmed.terms.version


def test_a_pause_moves_the_dates_and_says_until_when() -> None:
    gift = make_monthly(paused_until=datetime.fromisoformat("2027-01-21T00:00+00:00"))
    make_act(gift=gift, verb=ActVerb.PAUSE)
    row = row_of(gift)
    assert (row.paused_until, row.skipped_on, row.standing) == (date(2027, 1, 21), None, Standing.PAUSED)
    assert row.next_dates[0] == date(2027, 2, 1)
    assert ActVerb.RESUME in row.can
    assert ActVerb.SKIP not in row.can
    over = row_of(gift, datetime.fromisoformat("2027-01-21T00:00:01+00:00"))
    assert (over.paused_until, over.standing) == (None, Standing.TAKEN)


def test_a_pause_without_an_end_has_no_dates_and_can_be_ended() -> None:
    row = row_of(make_monthly(next_charge_at=None))
    assert (row.next_dates, row.standing) == ((), Standing.PAUSED)
    assert ActVerb.RESUME in row.can


def test_an_anchor_that_lies_before_the_first_gift_tells_no_earlier_day() -> None:
    anchor = datetime.fromisoformat("2027-01-31T10:00+00:00")
    first_at = datetime.fromisoformat("2027-02-28T09:59:59+00:00")
    gift = make_monthly(day=31, anchor_at=anchor, next_charge_at=first_at)
    assert row_of(gift).next_dates == (date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30))


@pytest.mark.parametrize("kind", list(MonthlyKind))
def test_a_skip_names_the_gift_that_is_left_out(kind: MonthlyKind) -> None:
    due = datetime.fromisoformat("2026-12-01T10:00+00:00")
    gift = make_monthly(kind=kind, paused_until=due + SKIP_LASTS)
    make_act(gift=gift, verb=ActVerb.SKIP)
    row = row_of(gift)
    assert (row.skipped_on, row.paused_until, row.standing) == (date(2026, 12, 1), None, Standing.SKIPPED)
    assert row.next_dates == (date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1))


def test_a_gift_by_hand_keeps_its_own_calendar() -> None:
    gift = make_monthly(kind=MonthlyKind.BY_HAND, day=31, interval=Interval.QUARTER)
    row = row_of(gift)
    assert row.next_dates == (date(2026, 11, 30), date(2027, 2, 28), date(2027, 5, 31))
    assert row.standing is Standing.ASKED
    assert ActVerb.USE_METHOD not in row.can


@pytest.mark.parametrize(
    ("state", "standing", "can"),
    [
        (MonthlyState.CHECKOUT_OPEN, Standing.BEING_SET_UP, {ActVerb.CANCEL}),
        (MonthlyState.EXPIRED, Standing.NEVER_BEGAN, {ActVerb.RESTART}),
        (MonthlyState.CANCELLED, Standing.ENDED, {ActVerb.RESTART}),
    ],
)
def test_what_is_not_live_has_no_dates(state: MonthlyState, standing: Standing, can: set[ActVerb]) -> None:
    row = row_of(make_monthly(state=state))
    assert (row.next_dates, row.standing, row.can) == ((), standing, can)


@pytest.mark.parametrize(
    ("state", "trouble", "standing"),
    [
        (MonthlyState.PAST_DUE, TroubleState.RETRYING, Standing.TRIED_AGAIN),
        (MonthlyState.PAST_DUE, TroubleState.ACTION_REQUIRED, Standing.NEEDS_DONOR),
        (MonthlyState.UNPAID, TroubleState.FAILED, Standing.NOT_PAID),
        (MonthlyState.ACTIVE, TroubleState.MENDED, Standing.TAKEN),
    ],
)
def test_open_trouble_is_told(state: MonthlyState, trouble: TroubleState, standing: Standing) -> None:
    gift = make_monthly(state=state)
    make_trouble(gift=gift, state=trouble, next_try_at=NOW + timedelta(days=3))
    row = row_of(gift)
    assert row.standing is standing
    assert (row.trouble is not None) is (trouble is not TroubleState.MENDED)
    assert (ActVerb.MEND in row.can) is (trouble is not TroubleState.MENDED)
    if row.trouble is not None:
        assert row.trouble.next_try_on == date(2026, 11, 24)


def test_while_an_act_is_in_the_air_nothing_else_can_be_done() -> None:
    gift = make_monthly()
    act = make_act(gift=gift, verb=ActVerb.CANCEL, state=ActState.UNKNOWN)
    row = row_of(gift)
    assert row.can == frozenset()
    assert row.doubt is not None
    assert (row.doubt.act_id, row.doubt.verb) == (act.pk, ActVerb.CANCEL)


def test_anothers_gift_is_not_there() -> None:
    gift = make_monthly()
    act = make_act(gift=gift)
    stranger = make_donor(email="kto.inny@poczta.example.org")
    assert monthly_gift_page(gift_id=gift.pk, donor_id=stranger, now=NOW) is None
    assert monthly_gifts_of(donor_id=stranger, now=NOW) == []
    assert act_page(act_id=act.pk, donor_id=stranger) is None
    assert act_page(act_id=act.pk, donor_id=gift.donor_id) is not None


def test_only_staff_see_who_of_the_staff_acted_and_why() -> None:
    gift = make_monthly()
    make_act(gift=gift, verb=ActVerb.SKIP, actor=make_staff("ada"), reason="poprosiła przez telefon")
    own = monthly_gift_page(gift_id=gift.pk, donor_id=gift.donor_id, now=NOW)
    desk = monthly_gift_for_staff(gift_id=gift.pk, now=NOW)
    assert own is not None
    assert desk is not None
    assert [(act.by_staff, act.actor, act.reason) for act in own.acts] == [(True, "", "")]
    assert [(act.actor, act.reason) for act in desk.acts] == [("ada", "poprosiła przez telefon")]


def test_staff_find_by_what_they_know() -> None:
    calm, troubled = make_monthly(), make_monthly(intent_key="monthly-of-jan", state=MonthlyState.PAST_DUE)
    make_trouble(gift=troubled)
    make_trouble(gift=calm, state=TroubleState.MENDED)
    assert [row.gift_id for row in monthly_gifts_for_staff(now=NOW, in_trouble=True)] == [troubled.pk]
    assert [row.gift_id for row in monthly_gifts_for_staff(now=NOW, in_trouble=False)] == [calm.pk]
    assert [row.gift_id for row in monthly_gifts_for_staff(now=NOW, states=["past_due"])] == [troubled.pk]
    assert [row.gift_id for row in monthly_gifts_for_staff(now=NOW)] == [troubled.pk, calm.pk]


def test_a_longer_list_asks_no_more_of_the_database(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    donor_id = make_donor()
    for number in range(5):
        gift = make_monthly(intent_key=f"monthly-{number}", donor_id=donor_id)
        make_trouble(gift=gift)
        make_act(gift=gift, terms=make_terms(gift=gift))
    with django_assert_num_queries(7):
        assert len(monthly_gifts_of(donor_id=donor_id, now=NOW)) == 5


def test_gifts_of_nobody_and_of_another() -> None:
    assert gifts_of(donor_id=make_donor()) == []
    assert gift_of(donation_id=1, donor_id=make_donor()) is None


def test_every_gift_stands_with_its_receipt_and_asks_no_more_the_more_there_are(
    sandbox: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    donor_id = make_donor()
    once = give(sandbox=sandbox, donor_id=donor_id)
    monthly = give_monthly(sandbox=sandbox, donor_id=donor_id)
    unpaid = begin(intent_key="unpaid", donor_id=donor_id, now=NOW + timedelta(minutes=1))
    give(sandbox=sandbox, intent_key="of another", donor_id=make_donor(email="kto.inny@poczta.example.org"))
    with django_assert_num_queries(3):
        rows = gifts_of(donor_id=donor_id)
    assert rows[0].donation_id == unpaid.donation_id
    assert [(row.state, row.gross_minor, row.monthly_gift_id) for row in rows] == [
        (DonationState.CHECKOUT_OPEN, 37_000, None),
        (DonationState.SETTLED, 5_000, monthly.pk),
        (DonationState.SETTLED, 37_000, None),
    ]
    assert [row.receipt_path is not None for row in rows] == [False, True, True]
    assert rows[1].due_on == rows[1].on == NOW.date()
    found = gift_of(donation_id=once.pk, donor_id=donor_id)
    assert found is not None
    assert found.receipt_token in str(found.receipt_path)
    assert [line.title for line in found.lines] == ["Ciepła noc"]
    page = monthly_gift_page(gift_id=monthly.pk, donor_id=donor_id, now=NOW)
    assert page is not None
    assert [row.donation_id for row in page.gifts] == [rows[1].donation_id]
    assert gift_of(donation_id=once.pk, donor_id=make_donor(email="kto.inny@poczta.example.org")) is None
