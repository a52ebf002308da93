"""A new subscription in the old one's place: wherever it breaks off, no period is charged twice and none is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest

from payments.models import Donation, MonthlyGift, MonthlySubscription
from payments.monthly_states import ActState, MonthlyState
from payments.operations.monthly import (
    By,
    NotNow,
    NotNowReason,
    change_terms,
    follow_subscription,
    resolve_act,
    settle_monthly,
)
from payments.operations.monthly.doing import KEY_REMEMBERED_FOR
from payments.operations.monthly.invoices import apply_invoices_of
from payments.queries.monthly import monthly_gift_page
from payments.queries.monthly_dates import first_at_or_after
from stripe_sandbox.testing import Client
from tests.factories.monthly_life import give_monthly, move_clock
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

SUBSCRIPTIONS = "*subscriptions"
ONE_SUBSCRIPTION = "*subscriptions/*"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider's own client asks again under the same key, and mostly gets its answer then: here it doesn't."""
    monkeypatch.setattr("stripe.HTTPClient._should_retry", lambda *_, **__: False)


def another_day(gift: MonthlyGift, now: datetime = NOW):
    return change_terms(gift_id=gift.pk, by=By(donor_id=gift.donor_id), request_key="form", day=5, now=now)


def days_given(sandbox: Client, gift: MonthlyGift, *, until: datetime) -> list[date]:
    """The clock moves, every notice comes: the periods that were given for, which are all that was taken."""
    move_clock(sandbox, to=until)
    for subscription in sandbox.stripe_client().v1.subscriptions.list({"status": "all"}).data:
        follow_subscription(ref=subscription.id, now=until)
    for ref in MonthlySubscription.objects.filter(gift=gift).values_list("ref", flat=True):
        apply_invoices_of(subscription_ref=ref, now=until)
    settle_monthly(gift_id=gift.pk, now=until)
    days = Donation.objects.filter(monthly_gift=gift, settled_at__isnull=False).order_by("due_on")
    found = list(days.values_list("due_on", flat=True))
    assert len(sandbox.stripe_client().v1.charges.list({"limit": 100}).data) == len(found)
    return found


@pytest.mark.parametrize(
    ("method", "path", "nth"),
    [("POST", ONE_SUBSCRIPTION, 1), ("POST", SUBSCRIPTIONS, 1), ("DELETE", ONE_SUBSCRIPTION, 1)],
    ids=["the guard", "the new one", "the end of the old one"],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_wherever_it_breaks_off_it_is_brought_to_its_end(
    sandbox: Client, method: str, path: str, nth: int, when: str
) -> None:
    gift = give_monthly(sandbox=sandbox)
    sandbox.fault("timeout", method=method, path=path, when=when, seconds=0.05, nth=nth, times=None)
    acted = another_day(gift)
    assert acted.state is ActState.UNKNOWN
    assert acted.act_id is not None
    sandbox.clear_faults()
    # what the provider tells of half of it must not be taken for the whole
    for subscription in sandbox.stripe_client().v1.subscriptions.list({"status": "all"}).data:
        follow_subscription(ref=subscription.id, now=LATER)
    gift.refresh_from_db()
    assert gift.state != MonthlyState.CANCELLED
    assert resolve_act(act_id=acted.act_id, now=LATER) is ActState.CONFIRMED
    gift.refresh_from_db()
    assert gift.state != MonthlyState.CANCELLED
    live = sandbox.stripe_client().v1.subscriptions.list({}).data
    assert [subscription.id for subscription in live] == [gift.subscription_ref]
    assert days_given(sandbox, gift, until=datetime(2027, 2, 6, tzinfo=UTC)) == [
        date(2026, 11, 21),
        date(2027, 1, 5),
        date(2027, 2, 5),
    ]


@pytest.mark.parametrize("path", ["new", "end"])
def test_even_if_nobody_comes_to_finish_it_nothing_is_charged_twice(sandbox: Client, path: str) -> None:
    gift = give_monthly(sandbox=sandbox)
    method, where = ("POST", SUBSCRIPTIONS) if path == "new" else ("DELETE", ONE_SUBSCRIPTION)
    sandbox.fault("timeout", method=method, path=where, when="after", seconds=0.05, times=None)
    if path == "end":
        sandbox.clear_faults()
        sandbox.fault("timeout", method=method, path=where, when="before", seconds=0.05, times=None)
    assert another_day(gift).state is ActState.UNKNOWN
    assert days_given(sandbox, gift, until=datetime(2027, 1, 6, tzinfo=UTC)) == [date(2026, 11, 21), date(2027, 1, 5)]


def test_without_the_guard_both_would_charge(sandbox: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the old one is not told to wait, nobody ends it, and two gifts are taken for one period."""
    gift = give_monthly(sandbox=sandbox)
    monkeypatch.setattr("payments.operations.monthly.replace.pause", lambda **_: None)
    sandbox.fault("timeout", method="DELETE", path=ONE_SUBSCRIPTION, when="before", seconds=0.05, times=None)
    assert another_day(gift).state is ActState.UNKNOWN
    move_clock(sandbox, to=datetime(2027, 1, 6, tzinfo=UTC))
    assert len(sandbox.stripe_client().v1.charges.list({"limit": 100}).data) == 3


def test_a_no_to_the_new_one_leaves_the_old_one_as_it_was(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    sandbox.fault("error", method="POST", path=SUBSCRIPTIONS, status=400)
    acted = another_day(gift)
    assert acted.state is ActState.REFUSED
    before = gift.subscription_ref
    gift.refresh_from_db()
    assert gift.subscription_ref == before
    page = monthly_gift_page(gift_id=gift.pk, donor_id=gift.donor_id, now=NOW)
    assert page is not None
    assert page.row.day == NOW.day
    assert days_given(sandbox, gift, until=datetime(2026, 12, 22, tzinfo=UTC)) == [
        date(2026, 11, 21),
        date(2026, 12, 21),
    ]


def test_a_new_one_that_never_came_gives_the_old_one_back(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    sandbox.fault("timeout", method="POST", path=SUBSCRIPTIONS, when="before", seconds=0.05, times=None)
    acted = another_day(gift)
    sandbox.clear_faults()
    assert acted.act_id is not None
    assert resolve_act(act_id=acted.act_id, now=NOW + KEY_REMEMBERED_FOR + timedelta(hours=1)) is ActState.REFUSED
    assert days_given(sandbox, gift, until=datetime(2026, 12, 22, tzinfo=UTC)) == [
        date(2026, 11, 21),
        date(2026, 12, 21),
    ]


def test_an_old_one_that_was_not_told_to_wait_in_time_stays(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    evening = datetime(2026, 12, 20, 20, 0, tzinfo=UTC)
    move_clock(sandbox, to=evening)
    sandbox.fault("timeout", method="POST", path=ONE_SUBSCRIPTION, when="before", seconds=0.05, times=None)
    acted = another_day(gift, evening)
    sandbox.clear_faults()
    assert acted.act_id is not None
    taken = datetime(2026, 12, 21, 12, 30, tzinfo=UTC)
    move_clock(sandbox, to=taken)
    assert resolve_act(act_id=acted.act_id, now=taken) is ActState.REFUSED
    assert days_given(sandbox, gift, until=datetime(2027, 1, 22, tzinfo=UTC)) == [
        date(2026, 11, 21),
        date(2026, 12, 21),
        date(2027, 1, 21),
    ]


def test_a_failed_renewal_is_not_swept_away_by_another_day(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    MonthlyGift.objects.filter(pk=gift.pk).update(state=MonthlyState.PAST_DUE)
    with pytest.raises(NotNow) as refused:
        another_day(gift)
    assert refused.value.reason is NotNowReason.MEND_FIRST


@pytest.mark.parametrize(
    ("day", "due", "expected"),
    [
        (25, "2026-12-21T12:00", "2026-12-25"),
        (21, "2026-12-21T12:00", "2026-12-21"),
        (20, "2026-12-21T12:00", "2027-01-20"),
        (31, "2027-02-28T10:00", "2027-02-28"),
        (30, "2027-01-31T09:59:59", "2027-02-28"),
    ],
)
def test_the_first_charge_is_never_earlier_than_what_was_due(day: int, due: str, expected: str) -> None:
    due_at = datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert first_at_or_after(day=day, due_at=due_at, now=NOW).date().isoformat() == expected
