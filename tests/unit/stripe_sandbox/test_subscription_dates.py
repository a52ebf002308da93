"""When a subscription is billed: counted from its anchor, whatever the months are like."""

import pytest
import stripe

from stripe_sandbox import calendar_months
from stripe_sandbox.testing import Client
from tests.unit.stripe_sandbox.giving import DAY, Giver, day, item_of, second


def billed(giver: Giver, subscription: stripe.Subscription) -> list[str]:
    """The days on which the periods of its invoices began, those of nothing left out."""
    return [day(each.lines.data[0].period.start) for each in giver.invoices(subscription) if each.total]


@pytest.mark.parametrize(
    ("start", "interval", "count", "days"),
    [
        ("2027-01-31", "month", 1, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        ("2028-01-29", "month", 1, ["2028-01-29", "2028-02-29", "2028-03-29", "2028-04-29", "2028-05-29"]),
        ("2027-01-30", "month", 1, ["2027-01-30", "2027-02-28", "2027-03-30", "2027-04-30", "2027-05-30"]),
        ("2026-11-30", "month", 3, ["2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30", "2027-11-30"]),
        ("2028-02-29", "year", 1, ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        ("2027-12-31", "week", 1, ["2027-12-31", "2028-01-07", "2028-01-14", "2028-01-21", "2028-01-28"]),
        ("2027-02-26", "day", 1, ["2027-02-26", "2027-02-27", "2027-02-28", "2027-03-01", "2027-03-02"]),
    ],
)
def test_periods_are_counted_from_the_anchor(sandbox: Client, start: str, interval: str, count: int, days: list[str]):
    giver = Giver(sandbox, start=f"{start} 10:00")
    subscription = giver.subscribe(giver.price(interval=interval, count=count))
    sandbox.advance(to=second(f"{days[-1]} 12:00"))
    assert billed(giver, subscription) == days
    assert subscription.billing_cycle_anchor == second(f"{start} 10:00")
    ends = [day(each.lines.data[0].period.end) for each in giver.invoices(subscription)]
    assert ends[:-1] == days[1:]


@pytest.mark.parametrize(
    ("start", "day_of_month", "days"),
    [
        ("2026-11-21 12:00", 31, ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"]),
        ("2026-11-21 12:00", 21, ["2026-12-21", "2027-01-21", "2027-02-21", "2027-03-21", "2027-04-21"]),
        ("2026-11-21 09:00", 21, ["2026-11-21", "2026-12-21", "2027-01-21", "2027-02-21", "2027-03-21"]),
        ("2026-12-31 23:30", 1, ["2027-01-01", "2027-02-01", "2027-03-01", "2027-04-01", "2027-05-01"]),
        ("2027-01-31 12:00", 29, ["2027-02-28", "2027-03-29", "2027-04-29", "2027-05-29", "2027-06-29"]),
    ],
)
def test_a_chosen_day_begins_when_it_comes(sandbox: Client, start: str, day_of_month: int, days: list[str]):
    giver = Giver(sandbox, start=start)
    subscription = giver.anchored(day_of_month)
    assert subscription.status == "active"
    assert (giver.invoices(subscription), subscription.latest_invoice) == ([], None)
    assert giver.api.v1.charges.list().data == []
    assert day(item_of(subscription).current_period_end) == days[0]
    assert subscription.billing_cycle_anchor_config.day_of_month == day_of_month
    sandbox.advance(to=second(f"{days[-1]} 12:00"))
    assert billed(giver, subscription) == days


def test_a_chosen_day_needs_no_prorations(sandbox: Client):
    giver = Giver(sandbox)
    with pytest.raises(stripe.APIError) as caught:
        giver.subscribe(billing_cycle_anchor_config={"day_of_month": 3})
    assert caught.value.http_status == 501
    assert "does not prorate" in str(caught.value)
    for config in ({"day_of_month": 32}, {"day_of_month": 3, "hour": 24}):
        with pytest.raises(stripe.InvalidRequestError, match="must be between"):
            giver.subscribe(billing_cycle_anchor_config=config, proration_behavior="none")


@pytest.mark.parametrize(
    ("first", "day_of_month", "days"),
    [
        ("2027-04-30", 31, ["2027-04-30", "2027-05-31", "2027-06-30"]),
        ("2027-02-10", 10, ["2027-02-10", "2027-03-10", "2027-04-10"]),
    ],
)
def test_a_trial_until_just_before_a_chosen_day_begins_it_any_time_ahead(
    sandbox: Client, first: str, day_of_month: int, days: list[str]
):
    giver = Giver(sandbox, start="2027-01-20 12:00")
    subscription = giver.anchored(day_of_month, trial_end=second(f"{first} 10:00") - 1)
    assert (subscription.status, day(subscription.billing_cycle_anchor)) == ("trialing", first)
    sandbox.advance(to=second(f"{first} 10:00") - 1)
    assert giver.now_of(subscription).status == "active"
    assert day(item_of(giver.now_of(subscription)).current_period_end) == first
    sandbox.advance(to=second(f"{days[-1]} 12:00"))
    assert billed(giver, subscription) == days
    assert len(giver.api.v1.charges.list().data) == 3


def test_an_anchor_can_be_an_instant_before_the_next_natural_date(sandbox: Client):
    giver = Giver(sandbox, start="2027-01-15 10:00")
    anchor = second("2027-02-03 10:00")
    subscription = giver.subscribe(billing_cycle_anchor=anchor, proration_behavior="none")
    sandbox.advance(to=second("2027-03-03 12:00"))
    assert billed(giver, subscription) == ["2027-02-03", "2027-03-03"]
    with pytest.raises(stripe.InvalidRequestError, match="natural billing date"):
        giver.subscribe(billing_cycle_anchor=second("2027-06-01 10:00"), proration_behavior="none")


def test_the_next_date_is_the_first_after_an_instant():
    anchor = second("2027-01-31 10:00")
    for years in (0, 7):
        instant = anchor + years * 1461 * DAY // 4
        found = calendar_months.next_after(anchor, instant, "month")
        later = [calendar_months.after(anchor, number, "month") for number in range(100)]
        assert found == min(each for each in later if each > instant)
    assert calendar_months.next_after(anchor, anchor - 1, "month") == anchor
    assert calendar_months.next_after(anchor, anchor - 40 * DAY, "month") == second("2026-12-31 10:00")
