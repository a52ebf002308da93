"""Each act on a monthly gift, from the donor's wish to what the provider says afterwards."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from core.models import TrailEntry
from core.money import AmountError
from core.trail import ReasonMissing
from donors.models import Mail
from donors.operations.queue_mail import read_mail
from payments.models import Donation, MonthlyAct, MonthlyGift, MonthlySubscription
from payments.monthly_states import ActState, ActVerb, CancelReason, Interval, MonthlyKind, MonthlyState, ReceiptPolicy
from payments.operations import FrozenLine, TotalChanged
from payments.operations.monthly import (
    Acted,
    ActKeyReused,
    By,
    NotNow,
    NotNowReason,
    cancel_monthly,
    change_terms,
    choose_language,
    choose_receipts,
    pause,
    resolve_act,
    resume,
    settle_monthly,
    skip_next,
)
from payments.promises.monthly_acts import acts_have_a_trail
from payments.queries.monthly import monthly_gift_page
from stripe_sandbox.testing import Client
from tests.factories.donors import make_donor
from tests.factories.monthly import FOREST_EACH_MONTH, NIGHT_EACH_MONTH, make_act, make_monthly
from tests.factories.monthly_life import begin_monthly, give_monthly, move_clock
from tests.factories.payments import FALLBACK, make_staff
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

MORE = FrozenLine(title="Ciepła noc", fund_code="WARM-NIGHT", unit_minor=8_000, quantity=1, fallback=FALLBACK)


def own(gift: MonthlyGift) -> By:
    return By(donor_id=gift.donor_id)


def mailed(acted: Acted) -> dict:
    _, context = read_mail(Mail.objects.get(key=f"monthly_act:{acted.act_id}"))
    return context


def live_through(sandbox: Client, gift: MonthlyGift, *, to: datetime) -> list[tuple[date, int]]:
    """Move the provider's clock, follow it, and say which gifts there are now."""
    move_clock(sandbox, to=to)
    for ref in MonthlySubscription.objects.filter(gift=gift).values_list("ref", flat=True):
        from payments.operations.monthly.invoices import apply_invoices_of

        apply_invoices_of(subscription_ref=ref, now=to)
    settle_monthly(gift_id=gift.pk, now=to)
    gift.refresh_from_db()
    found = Donation.objects.filter(monthly_gift=gift, settled_at__isnull=False).order_by("due_on")
    return list(found.values_list("due_on", "gross_minor"))


def test_another_sum_holds_from_the_next_gift_on(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    acted = change_terms(gift_id=gift.pk, by=own(gift), request_key="form", lines=[MORE], now=NOW)
    assert acted.state is ActState.CONFIRMED
    assert acted.told is not None
    assert (acted.told.sum_minor, acted.told.interval) == (8_000, Interval.MONTH)
    assert acted.told.next_dates == (date(2026, 12, 21), date(2027, 1, 21), date(2027, 2, 21))
    page = monthly_gift_page(gift_id=gift.pk, donor_id=gift.donor_id, now=NOW)
    assert page is not None
    assert (page.row.sum_minor, page.row.next_dates) == (8_000, acted.told.next_dates)
    assert (mailed(acted)["what"], mailed(acted)["sum_minor"]) == ("change", 8_000)
    trail = TrailEntry.objects.get(subject=f"monthly_gift:{gift.pk}")
    assert (trail.actor, trail.act, trail.facts["sum_minor"]) == (None, "monthly.change", 8_000)
    assert live_through(sandbox, gift, to=datetime(2026, 12, 22, tzinfo=UTC)) == [
        (date(2026, 11, 21), 5_000),
        (date(2026, 12, 21), 8_000),
    ]


def test_another_need_and_a_covered_fee(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    acted = change_terms(
        gift_id=gift.pk, by=own(gift), request_key="form", lines=[FOREST_EACH_MONTH], cover_fee=True, now=NOW
    )
    assert acted.told is not None
    assert acted.told.sum_minor == 3_000 + 148
    page = monthly_gift_page(gift_id=gift.pk, donor_id=gift.donor_id, now=NOW)
    assert page is not None
    assert page.row.titles == ("Las",)
    live_through(sandbox, gift, to=datetime(2026, 12, 22, tzinfo=UTC))
    assert [line.fund_code for line in Donation.objects.latest("pk").lines.all()] == ["FOREST"]


def test_the_same_key_is_the_same_act_whatever_happens(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    first = change_terms(gift_id=gift.pk, by=own(gift), request_key="form", lines=[MORE], now=NOW)
    assert change_terms(gift_id=gift.pk, by=own(gift), request_key="form", lines=[NIGHT_EACH_MONTH], now=NOW) == first
    with pytest.raises(ActKeyReused):
        skip_next(gift_id=gift.pk, by=own(gift), request_key="form", now=NOW)
    assert (MonthlyAct.objects.count(), Mail.objects.filter(kind="monthly_changed").count()) == (1, 1)


def test_what_can_not_be_changed_commits_nothing(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    tiny = FrozenLine(title="Las", fund_code="FOREST", unit_minor=199, quantity=1, fallback=FALLBACK)
    huge = FrozenLine(title="Las", fund_code="FOREST", unit_minor=5_000_000, quantity=1, fallback=FALLBACK)
    for lines, cover_fee in (([tiny], False), ([huge], True)):
        with pytest.raises(AmountError):
            change_terms(gift_id=gift.pk, by=own(gift), request_key="f", lines=lines, cover_fee=cover_fee, now=NOW)
    with pytest.raises(TotalChanged):
        change_terms(gift_id=gift.pk, by=own(gift), request_key="f", lines=[MORE], expected_total_minor=7_999, now=NOW)
    with pytest.raises(NotNow) as refused:
        change_terms(gift_id=gift.pk, by=own(gift), request_key="f", lines=[NIGHT_EACH_MONTH], now=NOW)
    assert refused.value.reason is NotNowReason.NOTHING_CHANGES
    with pytest.raises(ValueError, match="1 to 31"):
        change_terms(gift_id=gift.pk, by=own(gift), request_key="f", day=32, now=NOW)
    assert not MonthlyAct.objects.exists()


def test_anothers_gift_can_not_be_touched(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    stranger = By(donor_id=make_donor(email="kto.inny@poczta.example.org"))
    with pytest.raises(MonthlyGift.DoesNotExist):
        cancel_monthly(gift_id=gift.pk, by=stranger, request_key="form", now=NOW)
    with pytest.raises(ValueError, match="somebody"):
        cancel_monthly(gift_id=gift.pk, by=By(), request_key="form", now=NOW)
    assert not MonthlyAct.objects.exists()


@pytest.mark.parametrize(
    ("day", "interval", "expected"),
    [
        (25, None, [date(2026, 12, 25), date(2027, 1, 25), date(2027, 2, 25)]),
        (1, None, [date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)]),
        (31, None, [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]),
        (None, Interval.QUARTER, [date(2026, 12, 21), date(2027, 3, 21), date(2027, 6, 21)]),
        (30, Interval.YEAR, [date(2026, 12, 30), date(2027, 12, 30), date(2028, 12, 30)]),
    ],
)
def test_another_day_or_interval_never_charges_a_period_twice(
    sandbox: Client, day: int | None, interval: Interval | None, expected: list[date]
) -> None:
    gift = give_monthly(sandbox=sandbox)
    before = gift.subscription_ref
    acted = change_terms(gift_id=gift.pk, by=own(gift), request_key="form", day=day, interval=interval, now=NOW)
    assert acted.state is ActState.CONFIRMED
    assert acted.told is not None
    assert list(acted.told.next_dates) == expected
    gift.refresh_from_db()
    assert gift.subscription_ref != before
    assert gift.state in (MonthlyState.ACTIVE, MonthlyState.TRIALING)
    assert gift.cancelled_at is None
    assert MonthlySubscription.objects.get(ref=before).ended_at is not None
    page = monthly_gift_page(gift_id=gift.pk, donor_id=gift.donor_id, now=NOW)
    assert page is not None
    assert (list(page.row.next_dates), page.row.paused_until, page.row.skipped_on) == (expected, None, None)
    until = datetime(2027, 6, 30, tzinfo=UTC)
    given = live_through(sandbox, gift, to=until)
    assert [on for on, _ in given[1:]][: len(expected)] == [on for on in expected if on < until.date()]
    taken = sandbox.stripe_client().v1.charges.list({"limit": 100}).data
    assert len(taken) == len(given)


def test_a_skip_leaves_out_one_gift_and_no_more(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    acted = skip_next(gift_id=gift.pk, by=own(gift), request_key="form", now=NOW)
    assert acted.told is not None
    assert (acted.told.skipped_on, acted.told.paused_until) == (date(2026, 12, 21), None)
    assert acted.told.next_dates == (date(2027, 1, 21), date(2027, 2, 21), date(2027, 3, 21))
    with pytest.raises(NotNow) as refused:
        skip_next(gift_id=gift.pk, by=own(gift), request_key="again", now=NOW)
    assert refused.value.reason is NotNowReason.ALREADY_SKIPPED
    assert [on for on, _ in live_through(sandbox, gift, to=datetime(2027, 2, 1, tzinfo=UTC))] == [
        date(2026, 11, 21),
        date(2027, 1, 21),
    ]


def test_just_before_the_charge_it_is_too_late_to_skip(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    late = datetime(2026, 12, 21, 11, 30, tzinfo=UTC)
    move_clock(sandbox, to=late)
    with pytest.raises(NotNow) as refused:
        skip_next(gift_id=gift.pk, by=own(gift), request_key="form", now=late)
    assert refused.value.reason is NotNowReason.TOO_CLOSE
    with pytest.raises(NotNow):
        change_terms(gift_id=gift.pk, by=own(gift), request_key="form", day=3, now=late.replace(hour=1))


def test_in_the_hour_in_which_a_gift_is_taken_nothing_is_changed_but_an_end_is(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    renewal = datetime(2026, 12, 21, 12, 30, tzinfo=UTC)
    move_clock(sandbox, to=renewal)
    with pytest.raises(NotNow) as too_late:
        change_terms(gift_id=gift.pk, by=own(gift), request_key="sum", lines=[MORE], now=renewal)
    assert too_late.value.reason is NotNowReason.TOO_CLOSE
    for act in (skip_next, partial(pause, months=1), partial(change_terms, day=5)):
        with pytest.raises(NotNow):
            act(gift_id=gift.pk, by=own(gift), request_key="other", now=renewal)
    an_hour_later = renewal + timedelta(hours=1)
    assert live_through(sandbox, gift, to=an_hour_later)[-1] == (date(2026, 12, 21), 5_000)
    changed = change_terms(gift_id=gift.pk, by=own(gift), request_key="sum", lines=[MORE], now=an_hour_later)
    assert changed.state is ActState.CONFIRMED
    renewal = datetime(2027, 1, 21, 12, 30, tzinfo=UTC)
    move_clock(sandbox, to=renewal)
    assert cancel_monthly(gift_id=gift.pk, by=own(gift), request_key="end", now=renewal).state is ActState.CONFIRMED
    assert len(live_through(sandbox, gift, to=renewal + timedelta(days=40))) == 2


def test_a_change_in_doubt_waits_until_the_renewal_is_taken(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    before = datetime(2026, 12, 21, 11, 50, tzinfo=UTC)
    move_clock(sandbox, to=before)
    sandbox.fault("timeout", method="POST", path="*subscriptions/*", when="before", seconds=0.05, times=None)
    acted = change_terms(gift_id=gift.pk, by=own(gift), request_key="sum", lines=[MORE], now=before)
    sandbox.clear_faults()
    assert acted.act_id is not None
    meanwhile = datetime(2026, 12, 21, 12, 30, tzinfo=UTC)
    move_clock(sandbox, to=meanwhile)
    assert resolve_act(act_id=acted.act_id, now=meanwhile) is ActState.UNKNOWN
    later = meanwhile + timedelta(hours=1)
    assert live_through(sandbox, gift, to=later)[-1] == (date(2026, 12, 21), 5_000)
    assert resolve_act(act_id=acted.act_id, now=later) is ActState.CONFIRMED
    assert live_through(sandbox, gift, to=datetime(2027, 1, 22, tzinfo=UTC))[-1] == (date(2027, 1, 21), 8_000)


def test_a_pause_ends_by_itself(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    acted = pause(gift_id=gift.pk, months=2, by=own(gift), request_key="form", now=NOW)
    assert acted.told is not None
    assert acted.told.paused_until == date(2027, 1, 21)
    assert acted.told.next_dates == (date(2027, 1, 21), date(2027, 2, 21), date(2027, 3, 21))
    assert mailed(acted)["paused_until"] == "2027-01-21"
    assert [on for on, _ in live_through(sandbox, gift, to=datetime(2027, 3, 1, tzinfo=UTC))] == [
        date(2026, 11, 21),
        date(2027, 1, 21),
        date(2027, 2, 21),
    ]


def test_a_pause_can_be_made_longer_and_ended(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    pause(gift_id=gift.pk, months=1, by=own(gift), request_key="one", now=NOW)
    longer = pause(gift_id=gift.pk, months=12, by=own(gift), request_key="twelve", now=NOW)
    assert longer.told is not None
    assert longer.told.paused_until == date(2027, 11, 21)
    back = resume(gift_id=gift.pk, by=own(gift), request_key="back", now=NOW)
    assert back.told is not None
    assert (back.told.paused_until, back.told.next_dates[0]) == (None, date(2026, 12, 21))
    with pytest.raises(NotNow):
        resume(gift_id=gift.pk, by=own(gift), request_key="again", now=NOW)
    with pytest.raises(ValueError, match="1 to 12"):
        pause(gift_id=gift.pk, months=13, by=own(gift), request_key="too long", now=NOW)


def test_another_day_while_paused_keeps_the_pause(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    pause(gift_id=gift.pk, months=3, by=own(gift), request_key="rest", now=NOW)
    acted = change_terms(gift_id=gift.pk, by=own(gift), request_key="day", day=5, now=NOW)
    assert acted.told is not None
    assert acted.told.paused_until == date(2027, 2, 21)
    assert acted.told.next_dates[0] == date(2027, 3, 5)
    assert [on for on, _ in live_through(sandbox, gift, to=datetime(2027, 3, 6, tzinfo=UTC))] == [
        date(2026, 11, 21),
        date(2027, 3, 5),
    ]


def test_a_skipped_gift_does_not_come_back_on_another_day(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    skip_next(gift_id=gift.pk, by=own(gift), request_key="skip", now=NOW)
    acted = change_terms(gift_id=gift.pk, by=own(gift), request_key="day", day=25, now=NOW)
    assert acted.told is not None
    assert acted.told.next_dates[0] == date(2027, 1, 25)
    assert [on for on, _ in live_through(sandbox, gift, to=datetime(2027, 1, 26, tzinfo=UTC))] == [
        date(2026, 11, 21),
        date(2027, 1, 25),
    ]
    by_hand = make_monthly(intent_key="by hand", kind=MonthlyKind.BY_HAND, day=5, donor_id=gift.donor_id)
    skip_next(gift_id=by_hand.pk, by=own(gift), request_key="skip by hand", now=NOW)
    acted = change_terms(gift_id=by_hand.pk, by=own(gift), request_key="day by hand", day=25, now=NOW)
    assert acted.told is not None
    assert acted.told.next_dates[0] == date(2027, 1, 25)


def test_an_end_is_confirmed_and_final(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    acted = cancel_monthly(gift_id=gift.pk, by=own(gift), request_key="form", why=CancelReason.SAFETY, now=NOW)
    assert acted.told is not None
    assert (acted.told.state, acted.told.next_dates) == (MonthlyState.CANCELLED, ())
    gift.refresh_from_db()
    assert (gift.cancelled_at, gift.cancel_reason) == (NOW, "safety")
    assert Mail.objects.get(key=f"monthly_act:{acted.act_id}").kind == "monthly_ended"
    assert Mail.objects.filter(kind="monthly_ended").count() == 1
    assert "safety" not in str(mailed(acted))
    again = cancel_monthly(gift_id=gift.pk, by=own(gift), request_key="twice", now=NOW)
    assert again == acted
    assert len(live_through(sandbox, gift, to=datetime(2027, 3, 1, tzinfo=UTC))) == 1


def test_an_open_page_is_closed_by_a_cancellation(sandbox: Client) -> None:
    started = begin_monthly()
    gift = MonthlyGift.objects.get(pk=started.gift_id)
    acted = cancel_monthly(gift_id=gift.pk, by=own(gift), request_key="form", now=NOW)
    assert acted.told is not None
    assert acted.told.state is MonthlyState.EXPIRED
    session = sandbox.stripe_client().v1.checkout.sessions.retrieve(gift.checkout_ref or "")
    assert session.status == "expired"


def test_staff_need_a_reason_and_leave_a_trail(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    ada = make_staff("ada")
    with pytest.raises(ReasonMissing):
        skip_next(gift_id=gift.pk, by=By(staff=ada, reason=" "), request_key="form", now=NOW)
    acted = skip_next(gift_id=gift.pk, by=By(staff=ada, reason="poprosiła przez telefon"), request_key="f", now=NOW)
    entry = TrailEntry.objects.get(subject=f"monthly_gift:{gift.pk}")
    assert (entry.actor, entry.act, entry.reason) == (ada, "monthly.skip", "poprosiła przez telefon")
    assert mailed(acted)["what"] == "skip"


def test_an_act_without_a_trail_is_found(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    ada = make_staff("ada")
    skip_next(gift_id=gift.pk, by=By(staff=ada, reason="poprosiła"), request_key="form", now=NOW)
    assert (acts_have_a_trail().count, list(acts_have_a_trail().findings)) == (1, [])
    silent = make_act(gift=gift, actor=ada, reason="po cichu", noted=False)
    unnoted = make_act(gift=gift, noted=False)
    assert [finding.message.split(": ")[0] for finding in acts_have_a_trail().findings] == [str(silent), str(unnoted)]
    MonthlyAct.objects.filter(pk__in=[silent.pk, unnoted.pk]).delete()


def test_by_hand_our_own_row_is_all_there_is() -> None:
    gift = make_monthly(kind=MonthlyKind.BY_HAND, day=31)
    by = own(gift)
    told = change_terms(gift_id=gift.pk, by=by, request_key="c", lines=[MORE], day=5, now=NOW).told
    assert told is not None
    assert (told.sum_minor, told.next_dates[0]) == (8_000, date(2026, 12, 5))
    told = skip_next(gift_id=gift.pk, by=by, request_key="s", now=NOW).told
    assert told is not None
    assert (told.skipped_on, told.next_dates[0]) == (date(2026, 12, 5), date(2027, 1, 5))
    told = resume(gift_id=gift.pk, by=by, request_key="r", now=NOW).told
    assert told is not None
    assert told.next_dates[0] == date(2026, 12, 5)
    told = pause(gift_id=gift.pk, months=1, by=by, request_key="p", now=NOW).told
    assert told is not None
    assert (told.paused_until, told.next_dates[0]) == (date(2026, 12, 21), date(2027, 1, 5))
    told = cancel_monthly(gift_id=gift.pk, by=by, request_key="e", now=NOW).told
    assert told is not None
    assert told.state is MonthlyState.CANCELLED


def test_receipts_and_language_are_chosen_without_the_provider() -> None:
    gift = make_monthly()
    choose_receipts(gift_id=gift.pk, policy=ReceiptPolicy.YEARLY, by=own(gift), now=NOW)
    choose_language(gift_id=gift.pk, language="en", by=own(gift), now=NOW)
    choose_language(gift_id=gift.pk, language="en", by=own(gift), now=NOW)
    gift.refresh_from_db()
    assert (gift.receipt_policy, gift.language) == ("yearly", "en")
    assert TrailEntry.objects.filter(subject=f"monthly_gift:{gift.pk}").count() == 2
    with pytest.raises(ValueError, match="xx"):
        choose_language(gift_id=gift.pk, language="xx", by=own(gift), now=NOW)


def test_one_act_at_a_time(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    MonthlyAct.objects.create(gift=gift, verb=ActVerb.MEND, request_key="elsewhere", requested_at=NOW)
    with pytest.raises(NotNow) as refused:
        skip_next(gift_id=gift.pk, by=own(gift), request_key="form", now=NOW)
    assert refused.value.reason is NotNowReason.BUSY
