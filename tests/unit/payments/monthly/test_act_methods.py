"""Another way to pay, two gifts made one, an end undone, another way of giving."""

from datetime import UTC, date, datetime, timedelta

import pytest

from donors.models import Mail
from payments.models import MonthlyAct, MonthlyGift, MonthlySubscription
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import ActState, ActVerb, Interval, MonthlyKind, MonthlyState
from payments.operations import FrozenLine
from payments.operations.monthly import (
    By,
    NotNow,
    NotNowReason,
    cancel_monthly,
    keep_method,
    merge_gifts,
    resolve_act,
    restart,
    switch_kind,
    use_other_method,
)
from payments.operations.monthly.follow import follow_subscription
from payments.operations.monthly.merge import join_lines
from payments.queries.monthly import monthly_gift_page
from stripe_sandbox.testing import Client
from tests.factories.donors import make_donor
from tests.factories.monthly import FOREST_EACH_MONTH, NIGHT_EACH_MONTH, make_monthly
from tests.factories.monthly_life import give_monthly
from tests.factories.payments import FALLBACK, make_staff
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

BACK = "https://store.example.org/pl/my-giving/monthly/1/card/back/"
PAGES = {"return_url": BACK, "cancel_url": BACK}


def own(gift: MonthlyGift) -> By:
    return By(donor_id=gift.donor_id)


def newest_page(sandbox: Client) -> str:
    return sandbox.stripe_client().v1.checkout.sessions.list({"limit": 1}).data[0].id


def sums_at_provider(sandbox: Client) -> list[tuple[str, int]]:
    found = sandbox.stripe_client().v1.subscriptions.list({"status": "all"}).data
    return sorted((each.status, each["items"].data[0].price.unit_amount or 0) for each in found)


def test_another_card_is_used_from_now_on(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    url = use_other_method(gift_id=gift.pk, by=own(gift), request_key="form", now=NOW, **PAGES)
    assert url == use_other_method(gift_id=gift.pk, by=own(gift), request_key="form", now=NOW, **PAGES)
    assert keep_method(gift_id=gift.pk, now=NOW) is None
    page = newest_page(sandbox)
    sandbox.setup(page, card="5555555555554444", exp="05/31")
    acted = keep_method(gift_id=gift.pk, now=NOW)
    assert acted is not None
    assert acted.state is ActState.CONFIRMED
    assert keep_method(ref=page, now=NOW) == acted
    before = gift.method_ref
    gift.refresh_from_db()
    assert gift.method_ref != before
    assert gift.method_expires == 203105
    assert Mail.objects.filter(key=f"monthly_act:{acted.act_id}").count() == 1


def test_a_gift_that_stopped_for_want_of_a_card_goes_on_with_the_new_one(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    api, ref = sandbox.stripe_client().v1, gift.subscription_ref or ""
    stops_at = NOW + timedelta(days=3)
    stops = {"end_behavior": {"missing_payment_method": "pause"}}
    api.subscriptions.update(
        ref, {"trial_end": int(stops_at.timestamp()), "trial_settings": stops, "proration_behavior": "none"}
    )
    api.payment_methods.detach(gift.method_ref)
    sandbox.advance(days=4)
    later = NOW + timedelta(days=4)
    follow_subscription(ref=ref, now=later)
    gift.refresh_from_db()
    assert (gift.state, gift.next_charge_at) == (MonthlyState.PAUSED, None)
    use_other_method(gift_id=gift.pk, by=own(gift), request_key="form", now=later, **PAGES)
    sandbox.setup(newest_page(sandbox), card="5555555555554444", exp="05/31")
    sandbox.fault("error", method="POST", path="*/resume", status=500, when="after")
    acted = keep_method(gift_id=gift.pk, now=later)
    assert acted is not None
    assert acted.act_id is not None
    assert resolve_act(act_id=acted.act_id, now=later + timedelta(hours=1)) is ActState.CONFIRMED
    gift.refresh_from_db()
    assert (gift.state, api.subscriptions.retrieve(ref).status) == (MonthlyState.ACTIVE, "active")
    assert gift.next_charge_at is not None
    assert warsaw_day(gift.next_charge_at) == date(2026, 12, 24), "on the days it had, nothing for those that passed"
    assert len(api.charges.list().data) == 1


def test_a_card_is_the_donors_alone_to_give(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    with pytest.raises(NotNow) as refused:
        use_other_method(
            gift_id=gift.pk, by=By(staff=make_staff(), reason="dzwoniła"), request_key="f", now=NOW, **PAGES
        )
    assert refused.value.reason is NotNowReason.DONOR_ONLY


def test_a_card_given_for_a_gift_that_has_ended_meanwhile_begins_nothing(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    use_other_method(gift_id=gift.pk, by=own(gift), request_key="form", now=NOW, **PAGES)
    page = newest_page(sandbox)
    cancel_monthly(gift_id=gift.pk, by=own(gift), request_key="end", now=NOW)
    sandbox.setup(page)
    assert keep_method(ref=page, now=NOW) is None
    assert sums_at_provider(sandbox) == [("canceled", 5_000)]


def test_a_page_of_nobody_keeps_nothing(sandbox: Client) -> None:
    give_monthly(sandbox=sandbox)
    assert keep_method(ref=newest_page(sandbox), now=NOW) is None
    assert keep_method(now=NOW) is None


def test_two_gifts_become_one(sandbox: Client) -> None:
    keep = give_monthly(sandbox=sandbox)
    end = give_monthly(sandbox=sandbox, intent_key="second", donor_id=keep.donor_id, lines=[FOREST_EACH_MONTH])
    acted = merge_gifts(keep_id=keep.pk, end_id=end.pk, by=own(keep), request_key="form", now=NOW)
    assert acted.told is not None
    assert acted.told.sum_minor == 8_000
    assert sums_at_provider(sandbox) == [("active", 8_000), ("canceled", 3_000)]
    assert merge_gifts(keep_id=keep.pk, end_id=end.pk, by=own(keep), request_key="form", now=NOW) == acted
    verbs = MonthlyAct.objects.order_by("pk").values_list("gift_id", "verb", "state")
    assert list(verbs) == [(keep.pk, "merge", "confirmed"), (end.pk, "cancel", "confirmed")]
    kinds = Mail.objects.filter(key__startswith="monthly_act").values_list("kind", flat=True)
    assert sorted(kinds) == ["monthly_changed", "monthly_ended"]


@pytest.mark.parametrize("broken", ["DELETE", "POST"])
def test_a_merge_that_breaks_off_never_takes_more(sandbox: Client, broken: str) -> None:
    keep = give_monthly(sandbox=sandbox)
    end = give_monthly(sandbox=sandbox, intent_key="second", donor_id=keep.donor_id, lines=[FOREST_EACH_MONTH])
    sandbox.fault("timeout", method=broken, path="*subscriptions/*", when="before", seconds=0.05, times=None)
    acted = merge_gifts(keep_id=keep.pk, end_id=end.pk, by=own(keep), request_key="form", now=NOW)
    assert acted.state is ActState.UNKNOWN
    ended = "active" if broken == "DELETE" else "canceled"
    assert sums_at_provider(sandbox) == sorted([("active", 5_000), (ended, 3_000)])
    sandbox.clear_faults()
    assert acted.act_id is not None
    assert resolve_act(act_id=acted.act_id, now=NOW) is ActState.CONFIRMED
    assert sums_at_provider(sandbox) == [("active", 8_000), ("canceled", 3_000)]


def test_only_gifts_of_one_donor_given_equally_often_are_joined() -> None:
    keep = make_monthly()
    yearly = make_monthly(intent_key="yearly", donor_id=keep.donor_id, interval=Interval.YEAR)
    anothers = make_monthly(intent_key="other", donor_id=make_donor(email="kto.inny@poczta.example.org"))
    with pytest.raises(NotNow) as refused:
        merge_gifts(keep_id=keep.pk, end_id=yearly.pk, by=own(keep), request_key="f", now=NOW)
    assert refused.value.reason is NotNowReason.OTHER_INTERVAL
    for gift in (anothers, keep):
        with pytest.raises(MonthlyGift.DoesNotExist):
            merge_gifts(keep_id=keep.pk, end_id=gift.pk, by=own(keep), request_key="f", now=NOW)
    assert not MonthlyAct.objects.exists()


def test_lines_are_joined_without_losing_a_grosz() -> None:
    package = FrozenLine(title="Zestaw", fund_code="FOREST", unit_minor=2_000, quantity=2, fallback=FALLBACK)
    joined = join_lines([NIGHT_EACH_MONTH, package], [NIGHT_EACH_MONTH, package, FOREST_EACH_MONTH])
    assert [(line.title, line.unit_minor, line.quantity) for line in joined] == [
        ("Ciepła noc", 10_000, 1),
        ("Zestaw", 2_000, 4),
        ("Las", 3_000, 1),
    ]


def test_an_ended_gift_goes_on_with_the_card_that_was_kept(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    cancel_monthly(gift_id=gift.pk, by=own(gift), request_key="end", now=NOW)
    acted = restart(gift_id=gift.pk, by=own(gift), request_key="again", now=NOW, **PAGES)
    assert acted.state is ActState.CONFIRMED
    assert acted.told is not None
    assert acted.told.next_dates == (date(2026, 12, 21), date(2027, 1, 21), date(2027, 2, 21))
    gift.refresh_from_db()
    assert (gift.cancelled_at, gift.cancel_reason) == (None, "")
    assert gift.state in (MonthlyState.TRIALING, MonthlyState.ACTIVE)
    assert [status for status, _ in sums_at_provider(sandbox)] == ["canceled", "trialing"]
    assert len(sandbox.stripe_client().v1.charges.list().data) == 1
    assert MonthlySubscription.objects.filter(gift=gift).count() == 2


def test_without_a_usable_card_the_donor_is_asked_for_one(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    cancel_monthly(gift_id=gift.pk, by=own(gift), request_key="end", now=NOW)
    sandbox.stripe_client().v1.payment_methods.detach(gift.method_ref)
    with pytest.raises(NotNow) as refused:
        restart(gift_id=gift.pk, by=By(staff=make_staff(), reason="prosiła"), request_key="desk", now=NOW, **PAGES)
    assert refused.value.reason is NotNowReason.DONOR_ONLY
    asked = restart(gift_id=gift.pk, by=own(gift), request_key="again", now=NOW, **PAGES)
    assert (asked.act_id, asked.told) == (None, None)
    assert asked.url
    sandbox.setup(newest_page(sandbox))
    acted = keep_method(gift_id=gift.pk, now=NOW)
    assert acted is not None
    assert acted.state is ActState.CONFIRMED
    page = monthly_gift_page(gift_id=gift.pk, donor_id=gift.donor_id, now=NOW)
    assert page is not None
    assert page.row.next_dates[0] == date(2026, 12, 21)


def test_from_a_card_to_a_mail_each_time_and_back(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    acted = switch_kind(
        gift_id=gift.pk, kind=MonthlyKind.BY_HAND, by=own(gift), request_key="by hand", now=NOW, **PAGES
    )
    assert acted.told is not None
    assert acted.told.next_dates[0] == date(2026, 12, 21)
    gift.refresh_from_db()
    assert (gift.kind, gift.state, gift.subscription_ref) == (MonthlyKind.BY_HAND, MonthlyState.ACTIVE, None)
    assert sums_at_provider(sandbox) == [("canceled", 5_000)]
    with pytest.raises(NotNow):
        switch_kind(gift_id=gift.pk, kind=MonthlyKind.BY_HAND, by=own(gift), request_key="x", now=NOW, **PAGES)
    back = switch_kind(
        gift_id=gift.pk, kind=MonthlyKind.AUTOMATIC, by=own(gift), request_key="by itself", now=NOW, **PAGES
    )
    assert back.state is ActState.CONFIRMED
    assert back.told is not None
    assert back.told.next_dates[0] == date(2026, 12, 21)
    assert [status for status, _ in sums_at_provider(sandbox)] == ["canceled", "trialing"]


def test_a_gift_by_hand_needs_a_card_to_go_by_itself(sandbox: Client) -> None:
    gift = make_monthly(kind=MonthlyKind.BY_HAND, day=5)
    asked = switch_kind(gift_id=gift.pk, kind=MonthlyKind.AUTOMATIC, by=own(gift), request_key="f", now=NOW, **PAGES)
    assert asked.url
    gift.refresh_from_db()
    assert gift.kind == MonthlyKind.BY_HAND
    sandbox.setup(newest_page(sandbox))
    acted = keep_method(gift_id=gift.pk, now=NOW)
    assert acted is not None
    assert acted.told is not None
    assert acted.told.next_dates[0] == date(2026, 12, 5)
    gift.refresh_from_db()
    assert (gift.kind, bool(gift.subscription_ref)) == (MonthlyKind.AUTOMATIC, True)


def test_a_gift_by_hand_begins_again_on_its_next_day() -> None:
    gift = make_monthly(kind=MonthlyKind.BY_HAND, day=5)
    cancel_monthly(gift_id=gift.pk, by=own(gift), request_key="end", now=NOW)
    acted = restart(gift_id=gift.pk, by=own(gift), request_key="again", now=NOW, **PAGES)
    assert acted.told is not None
    assert (acted.told.state, acted.told.next_dates[0]) == (MonthlyState.ACTIVE, date(2026, 12, 5))
    gift.refresh_from_db()
    assert gift.next_charge_at == datetime(2026, 12, 5, 10, tzinfo=UTC)
    assert MonthlyAct.objects.filter(verb=ActVerb.RESTART, state=ActState.CONFIRMED).count() == 1
