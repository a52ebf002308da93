"""Gifts by hand: asked for on the day, given by a link, left out, and never taken by themselves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from donors.models import Mail, MailState
from donors.operations.queue_mail import read_mail
from payments.models import Charge, ChargeOutcome, Donation, MonthlyGift, MonthlyOccasion, UnmatchedPayment
from payments.monthly_states import Interval, MonthlyKind, MonthlyState, OccasionState
from payments.operations import settle
from payments.operations.monthly import occasions
from payments.operations.monthly.occasion_links import OccasionClosed, give_occasion, skip_occasion
from payments.operations.monthly.occasions import ask_if_due, lapse_occasions, make_occasions
from payments.provider import ProviderUnavailable
from payments.queries.monthly_dates import SKIP_LASTS, due_instant
from payments.queries.occasions import OccasionPage, occasion_page
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.monthly import make_monthly
from tests.factories.payments import deliver_all
from tests.factories.time import NOW
from tests.integration.payments.test_races import at_once
from tests.support.database import CommittedDatabase

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = datetime(2026, 12, 1, 10, tzinfo=UTC)


def by_hand(**given) -> MonthlyGift:
    return make_monthly(kind=MonthlyKind.BY_HAND, **given)


def walk(*, start: datetime, days: int, step: timedelta = HOUR) -> None:
    now = start
    while now <= start + timedelta(days=days):
        make_occasions(now=now)
        now += step


def asked_days() -> list[str]:
    return [day.isoformat() for day in MonthlyOccasion.objects.order_by("due_on").values_list("due_on", flat=True)]


def states() -> list[str]:
    return list(MonthlyOccasion.objects.order_by("due_on").values_list("state", flat=True))


def last_mail() -> dict:
    return read_mail(Mail.objects.filter(kind="occasion").order_by("pk").last())[1]


def token_of_mail() -> str:
    return last_mail()["give_url"].split("/")[-2]


def page(token: str, now: datetime = DUE) -> OccasionPage:
    found = occasion_page(token=token, now=now)
    assert found is not None
    return found


@pytest.fixture
def token(db: None) -> str:
    """The link of the mail of the first due date."""
    by_hand()
    make_occasions(now=DUE)
    return token_of_mail()


class TestAsking:
    pytestmark = pytest.mark.django_db

    def test_nothing_before_the_day_and_one_mail_on_it(self) -> None:
        gift = by_hand(cover_fee=True)
        assert make_occasions(now=DUE - timedelta(seconds=1)) == 0
        assert make_occasions(now=DUE) == 1
        for hour in range(30):
            make_occasions(now=DUE + hour * HOUR)
        assert (asked_days(), states()) == (["2026-12-01"], [OccasionState.ASKED])
        mail = last_mail()
        assert Mail.objects.filter(kind="occasion").count() == 1
        assert (mail["sum_minor"], mail["due_on"]) == (gift.terms.get().gross_minor, "2026-12-01")
        assert mail["lines"] == [{"title": "Ciepła noc", "quantity": 1, "unit_minor": 5_000}]
        assert [mail[f"{name}_url"].split("/")[-3] for name in ("give", "skip", "stop")] == ["give", "skip", "stop"]
        gift.refresh_from_db()
        assert gift.next_charge_at == datetime(2027, 1, 1, 10, tzinfo=UTC)
        assert not Donation.objects.exists(), "nothing is taken by itself"

    @pytest.mark.parametrize(
        ("day", "start", "expected"),
        [
            (31, "2027-01-15", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
            (30, "2028-01-15", ["2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"]),
            (29, "2027-01-15", ["2027-01-29", "2027-02-28", "2027-03-29", "2027-04-29"]),
            (28, "2027-02-15", ["2027-02-28", "2027-03-28", "2027-04-28", "2027-05-28"]),
        ],
    )
    def test_month_ends_and_summer_time(self, day: int, start: str, expected: list[str]) -> None:
        begins = datetime.fromisoformat(start).replace(tzinfo=UTC)
        by_hand(day=day, now=begins)
        walk(start=begins, days=108, step=6 * HOUR)
        assert asked_days() == expected

    def test_new_years_eve_falls_in_the_old_year(self) -> None:
        begins = datetime(2026, 12, 20, tzinfo=UTC)
        by_hand(day=31, now=begins)
        walk(start=begins, days=14)
        assert asked_days() == ["2026-12-31"]
        assert MonthlyOccasion.objects.get().asked_at == datetime(2026, 12, 31, 10, tzinfo=UTC)

    def test_quarters_keep_their_months(self) -> None:
        begins = datetime(2026, 11, 21, tzinfo=UTC)
        by_hand(day=30, interval=Interval.QUARTER, now=begins)
        walk(start=begins, days=300, step=12 * HOUR)
        assert asked_days() == ["2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30"]

    def test_the_older_question_lapses_when_the_next_is_asked(self) -> None:
        by_hand()
        make_occasions(now=DUE)
        make_occasions(now=datetime(2027, 1, 1, 10, tzinfo=UTC))
        assert states() == [OccasionState.LAPSED, OccasionState.ASKED]
        waiting = Mail.objects.filter(kind="occasion", state=MailState.WAITING)
        assert waiting.count() == 1, "nobody is mailed about a day that has passed"

    def test_after_an_outage_of_months_only_the_last_day_is_asked_for(self) -> None:
        by_hand()
        assert make_occasions(now=datetime(2027, 3, 15, tzinfo=UTC)) == 1
        assert states() == [OccasionState.LAPSED] * 3 + [OccasionState.ASKED]
        assert last_mail()["due_on"] == "2027-03-01"

    def test_a_skip_and_a_pause_leave_days_out(self) -> None:
        gift = by_hand(paused_until=DUE + SKIP_LASTS)
        assert make_occasions(now=DUE) == 0
        assert states() == [OccasionState.SKIPPED]
        assert make_occasions(now=datetime(2027, 1, 1, 10, tzinfo=UTC)) == 1
        MonthlyGift.objects.filter(pk=gift.pk).update(paused_until=datetime(2027, 3, 21, tzinfo=UTC))
        walk(start=datetime(2027, 1, 2, tzinfo=UTC), days=92, step=6 * HOUR)
        assert states()[2:] == [OccasionState.SKIPPED, OccasionState.SKIPPED, OccasionState.ASKED]
        assert Mail.objects.filter(kind="occasion").count() == 2

    def test_a_day_that_waits_is_the_one_that_is_asked_for(self) -> None:
        gift = by_hand()
        terms = gift.terms.get()
        MonthlyOccasion.objects.create(gift=gift, terms=terms, due_on=date(2026, 12, 1))
        MonthlyOccasion.objects.create(gift=gift, terms=terms, due_on=date(2026, 12, 9))
        assert make_occasions(now=DUE) == 1
        assert states() == [OccasionState.ASKED, OccasionState.LAPSED], "the other day was moved away from"

    @pytest.mark.parametrize(
        "given",
        [
            {"state": MonthlyState.CANCELLED},
            {"state": MonthlyState.DRAFT},
            {"kind": MonthlyKind.AUTOMATIC},
        ],
    )
    def test_nobody_else_is_asked(self, given: dict) -> None:
        gift = make_monthly(**{"kind": MonthlyKind.BY_HAND, **given}, next_charge_at=DUE)
        assert make_occasions(now=DUE + DAY) == 0
        assert ask_if_due(gift_id=gift.pk, now=DUE + DAY) is False
        assert not MonthlyOccasion.objects.exists()

    @pytest.mark.parametrize(
        "change", [{"state": MonthlyState.CANCELLED, "cancelled_at": DUE}, {"kind": MonthlyKind.AUTOMATIC}]
    )
    def test_what_was_asked_lapses_with_the_gift(self, change: dict) -> None:
        gift = by_hand()
        make_occasions(now=DUE)
        MonthlyGift.objects.filter(pk=gift.pk).update(**change)
        make_occasions(now=DUE + HOUR)
        assert states() == [OccasionState.LAPSED]
        assert not Mail.objects.filter(kind="occasion", state=MailState.WAITING).exists()
        assert lapse_occasions(gift_id=gift.pk, now=DUE) == 0


@pytest.mark.slow
def test_twenty_at_once_ask_once(committed_db: CommittedDatabase) -> None:
    by_hand()
    answers = at_once(lambda _: make_occasions(now=DUE))
    assert sum(answers) == 1
    assert (MonthlyOccasion.objects.count(), Mail.objects.filter(kind="occasion").count()) == (1, 1)


@pytest.mark.django_db
def test_without_the_gifts_lock_a_day_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: whom no lock keeps waiting asks as well, between the other's looking and writing; then only
    the mail's key stands between the donor and a second mail."""
    gift, real, told = by_hand(), occasions._take_note, []

    def meanwhile(**given: Any) -> object:
        monkeypatch.setattr(occasions, "_take_note", real)
        told.append(ask_if_due(gift_id=gift.pk, now=DUE))  # on the same connection, which no row lock holds back
        MonthlyOccasion.objects.update(state=OccasionState.WAITING)  # as the other still saw it
        return real(**given)

    monkeypatch.setattr(occasions, "_take_note", meanwhile)
    assert [ask_if_due(gift_id=gift.pk, now=DUE), *told] == [True, True]
    assert Mail.objects.filter(kind="occasion").count() == 1


@pytest.mark.django_db
class TestThePage:
    def test_it_says_what_is_asked_and_nothing_else(self, token: str) -> None:
        make_monthly(intent_key="another", donor_id=MonthlyGift.objects.get().donor_id)
        shown = page(token)
        assert (shown.sum_minor, shown.due_on, shown.interval) == (5_000, date(2026, 12, 1), Interval.MONTH)
        assert [line.title for line in shown.lines] == ["Ciepła noc"]
        assert (shown.can_give, shown.can_skip, shown.can_stop) == (True, True, True)

    def test_looking_changes_nothing(self, token: str) -> None:
        for _ in range(3):
            page(token)
        assert states() == [OccasionState.ASKED]
        assert not Donation.objects.exists()

    def test_when_the_next_is_due_it_says_that_this_one_has_passed(self, token: str) -> None:
        next_due = datetime(2027, 1, 1, 10, tzinfo=UTC)
        make_occasions(now=next_due)
        shown = page(token, now=next_due)
        assert (shown.state, shown.can_give, shown.can_skip) == (OccasionState.LAPSED, False, False)
        for act in (give_occasion, skip_occasion):
            with pytest.raises(OccasionClosed) as closed:
                act(token=token, now=next_due)
            assert closed.value.state is OccasionState.LAPSED

    def test_a_month_later_it_is_gone(self, token: str) -> None:
        gone = datetime(2027, 2, 1, 10, tzinfo=UTC)
        assert occasion_page(token=token, now=gone - timedelta(seconds=1)) is not None
        assert occasion_page(token=token, now=gone) is None
        assert give_occasion(token=token, now=gone) is None
        assert skip_occasion(token=token, now=gone) is None

    @pytest.mark.parametrize("nonsense", ["", "x" * 43, "../etc"])
    def test_unknown_links_open_nothing(self, nonsense: str) -> None:
        assert occasion_page(token=nonsense, now=NOW) is None
        assert give_occasion(token=nonsense, now=NOW) is None


@pytest.mark.django_db
@pytest.mark.money
class TestGiving:
    def test_a_given_day(self, sandbox: Client, token: str) -> None:
        sandbox.clock(now=int(DUE.timestamp()), stopped=True)
        started = give_occasion(token=token, now=DUE)
        again = give_occasion(token=token, now=DUE)
        assert started is not None
        assert started == again
        assert started.checkout_url
        donation = Donation.objects.get()
        assert (donation.gross_minor, donation.due_on) == (5_000, date(2026, 12, 1))
        assert donation.success_url.endswith(f"/pl/thank-you/{started.token}/")
        assert token not in donation.cancel_url, "the link stays in the mail"
        sandbox.pay(donation.checkout_ref or "", blik="123456")
        assert settle(donation_id=donation.pk, now=DUE) is DonationState.SETTLED
        shown = page(token)
        assert (shown.state, shown.can_give, shown.can_skip) == (OccasionState.GIVEN, False, False)
        assert shown.thank_you_token == started.token
        with pytest.raises(OccasionClosed) as closed:
            give_occasion(token=token, now=DUE)
        assert closed.value.state is OccasionState.GIVEN
        assert closed.value.given is not None
        with pytest.raises(OccasionClosed):
            skip_occasion(token=token, now=DUE)

    def test_a_page_that_died_is_followed_by_another_one(self, sandbox: Client, token: str) -> None:
        first = give_occasion(token=token, now=NOW)
        assert first is not None
        sandbox.stripe_client().v1.checkout.sessions.expire(Donation.objects.get().checkout_ref or "")
        second = give_occasion(token=token, now=NOW)
        assert second is not None
        assert first.donation_id != second.donation_id
        assert MonthlyOccasion.objects.get().attempts == 2
        sandbox.pay(Donation.objects.get(pk=second.donation_id).checkout_ref or "")
        deliver_all(sandbox=sandbox)
        assert states() == [OccasionState.GIVEN]

    def test_a_payment_on_its_way_is_followed_by_none(self, sandbox: Client, token: str) -> None:
        started = give_occasion(token=token, now=NOW)
        assert started is not None
        sandbox.pay(Donation.objects.get().checkout_ref or "", p24="ing", outcome="later", then="succeed")
        with pytest.raises(OccasionClosed) as closed:
            give_occasion(token=token, now=NOW)
        assert closed.value.state is OccasionState.ASKED
        assert closed.value.given is not None
        assert closed.value.given.state is DonationState.PROCESSING
        assert (page(token).on_its_way, page(token).can_give, page(token).can_skip) == (True, False, False)
        with pytest.raises(OccasionClosed):
            skip_occasion(token=token, now=NOW)
        sandbox.release("bank_answers")
        deliver_all(sandbox=sandbox)
        assert states() == [OccasionState.GIVEN]
        assert Donation.objects.count() == 1

    def test_money_that_comes_after_the_day_has_passed_is_still_its_gift(self, sandbox: Client, token: str) -> None:
        started = give_occasion(token=token, now=NOW)
        assert started is not None
        sandbox.pay(Donation.objects.get().checkout_ref or "", p24="ing", outcome="later", then="succeed")
        make_occasions(now=datetime(2027, 1, 1, 10, tzinfo=UTC))
        assert states() == [OccasionState.LAPSED, OccasionState.ASKED]
        sandbox.release("bank_answers")
        deliver_all(sandbox=sandbox)
        assert states() == [OccasionState.GIVEN, OccasionState.ASKED]

    def test_a_second_payment_of_a_day_waits_for_staff(self, sandbox: Client, token: str) -> None:
        give_occasion(token=token, now=NOW)
        first = Donation.objects.get()
        sandbox.stripe_client().v1.checkout.sessions.expire(first.checkout_ref or "")
        give_occasion(token=token, now=NOW)
        second = Donation.objects.exclude(pk=first.pk).get()
        sandbox.pay(second.checkout_ref or "")
        settle(donation_id=second.pk, now=NOW)
        sandbox.pay(first.checkout_ref or "", though_closed=True)
        deliver_all(sandbox=sandbox)
        assert list(Charge.objects.order_by("pk").values_list("outcome", flat=True)) == [
            ChargeOutcome.GIFT,
            ChargeOutcome.UNMATCHED,
        ]
        assert UnmatchedPayment.objects.get().charge.donation_id == first.pk

    def test_a_page_whose_opening_is_in_doubt_says_so_and_is_one(self, sandbox: Client, token: str) -> None:
        sandbox.fault("timeout", method="POST", path="*checkout/sessions*", when="before", times=None)
        with pytest.raises(ProviderUnavailable):
            give_occasion(token=token, now=NOW)
        sandbox.clear_faults()
        started = give_occasion(token=token, now=NOW + timedelta(minutes=3))
        assert started is not None
        assert started.checkout_url
        assert Donation.objects.count() == 1


@pytest.mark.django_db
class TestLeavingOut:
    def test_a_day_left_out_once(self, token: str) -> None:
        assert skip_occasion(token=token, now=DUE) is OccasionState.SKIPPED
        assert skip_occasion(token=token, now=DUE) is OccasionState.SKIPPED
        assert states() == [OccasionState.SKIPPED]
        with pytest.raises(OccasionClosed) as closed:
            give_occasion(token=token, now=DUE)
        assert closed.value.state is OccasionState.SKIPPED
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM core_trailentry WHERE act = 'monthly.skip'")
            assert cursor.fetchone() == (1,)
        assert make_occasions(now=datetime(2027, 1, 1, 10, tzinfo=UTC)) == 1, "the next is asked for as ever"

    def test_its_open_page_is_closed_first(self, sandbox: Client, token: str) -> None:
        give_occasion(token=token, now=NOW)
        assert skip_occasion(token=token, now=NOW) is OccasionState.SKIPPED
        donation = Donation.objects.get()
        assert donation.state == DonationState.CANCELLED
        session = sandbox.stripe_client().v1.checkout.sessions.retrieve(donation.checkout_ref or "")
        assert session.status == "expired"

    def test_a_day_can_not_be_left_out_once_it_is_paid(self, sandbox: Client, token: str) -> None:
        give_occasion(token=token, now=NOW)
        sandbox.pay(Donation.objects.get().checkout_ref or "")
        with pytest.raises(OccasionClosed) as closed:
            skip_occasion(token=token, now=NOW)
        assert closed.value.state is OccasionState.GIVEN

    def test_the_days_of_an_ended_gift_are_closed(self, token: str) -> None:
        MonthlyGift.objects.update(state=MonthlyState.CANCELLED, cancelled_at=DUE)
        assert (page(token).can_give, page(token).can_stop) == (False, False)
        with pytest.raises(OccasionClosed) as closed:
            give_occasion(token=token, now=DUE)
        assert closed.value.state is OccasionState.LAPSED


@pytest.mark.slow
@pytest.mark.money
def test_twenty_clicks_open_one_page(committed_db: CommittedDatabase, sandbox: Client) -> None:
    by_hand()
    make_occasions(now=DUE)
    token = token_of_mail()
    answers = at_once(lambda _: give_occasion(token=token, now=NOW))
    assert len({answer.checkout_url for answer in answers if answer}) == 1
    sandbox.stripe_client().v1.checkout.sessions.expire(Donation.objects.get().checkout_ref or "")
    settle(donation_id=Donation.objects.get().pk, now=NOW)
    at_once(lambda _: give_occasion(token=token, now=NOW))
    assert (Donation.objects.count(), MonthlyOccasion.objects.get().attempts) == (2, 2)


def test_days_of_the_calendar_are_warsaws() -> None:
    assert due_instant(day=date(2027, 3, 28)) == datetime(2027, 3, 28, 10, tzinfo=UTC)
