"""Stopping from the first mail, joining two gifts from the second one's, and stopping from a day's mail."""

from datetime import UTC, datetime, timedelta

import pytest

from core.models import TrailEntry
from donors.models import Mail
from donors.operations.queue_mail import read_mail
from payments.models import Donation, MonthlyAct, MonthlyGift, MonthlyOccasion
from payments.monthly_states import (
    ActState,
    CancelReason,
    Interval,
    MonthlyKind,
    MonthlyState,
    OccasionState,
)
from payments.operations.monthly import (
    NotNow,
    cancel_monthly,
    change_terms,
    give_occasion,
    merge_by_link,
    resolve_act,
    stop_by_link,
    undo_first,
)
from payments.operations.monthly.acts import By
from payments.operations.monthly.links import merge_url, undo_url
from payments.operations.monthly.occasions import make_occasions
from payments.queries.monthly_links import MergePage, UndoPage, merge_page, undo_page
from payments.queries.monthly_terms import terms_of
from payments.states import DonationState
from stripe_sandbox.testing import Client
from tests.factories.monthly import FOREST_EACH_MONTH, make_act, make_monthly
from tests.factories.monthly_life import give_monthly, move_clock
from tests.factories.payments import deliver_all
from tests.factories.time import NOW
from tests.integration.payments.test_races import at_once
from tests.support.database import CommittedDatabase

SOON = NOW + timedelta(hours=3)
DUE = datetime(2026, 12, 1, 10, tzinfo=UTC)


def undo_token(gift: MonthlyGift) -> str:
    return undo_url(gift=gift, now=NOW).split("/")[-2]


def page(token: str) -> UndoPage:
    found = undo_page(token=token, now=SOON)
    assert found is not None
    return found


@pytest.mark.django_db
@pytest.mark.money
class TestUndo:
    def test_one_button_stops_it_and_what_was_given_stays(self, sandbox: Client) -> None:
        gift = give_monthly(sandbox=sandbox)
        mail = read_mail(Mail.objects.get(kind="monthly_started"))[1]
        token = mail["undo_url"].split("/")[-2]
        shown = page(token)
        assert (shown.can_undo, shown.gift.sum_minor, shown.gift.live) == (True, 5_000, True)
        assert [given.sum_minor for given in shown.given] == [5_000]
        done = undo_first(token=token, now=SOON)
        assert done is not None
        assert done.state is ActState.CONFIRMED
        gift.refresh_from_db()
        assert (gift.state, gift.cancel_reason) == (MonthlyState.CANCELLED, CancelReason.NOT_MEANT)
        assert Donation.objects.get().state == DonationState.SETTLED
        assert read_mail(Mail.objects.get(kind="monthly_ended"))[1]["reason"] == "undone"
        after = page(token)
        assert after.act is not None
        assert (after.can_undo, after.gift.live, after.act.state) == (False, False, ActState.CONFIRMED)
        move_clock(sandbox, to=NOW + timedelta(days=70))
        deliver_all(sandbox=sandbox, now=NOW + timedelta(days=70))
        assert Donation.objects.count() == 1, "nothing was taken after it"

    def test_again_is_the_same_end(self, sandbox: Client) -> None:
        gift = give_monthly(sandbox=sandbox)
        token = undo_token(gift)
        assert undo_first(token=token, now=SOON) == undo_first(token=token, now=SOON)
        assert MonthlyAct.objects.count() == 1
        assert Mail.objects.filter(kind="monthly_ended").count() == 1

    def test_a_gift_that_has_ended_already_is_no_error(self, sandbox: Client) -> None:
        gift = give_monthly(sandbox=sandbox)
        token = undo_token(gift)
        cancel_monthly(gift_id=gift.pk, by=By(donor_id=gift.donor_id), request_key="own", now=SOON)
        assert not page(token).can_undo
        done = undo_first(token=token, now=SOON)
        assert done is not None
        assert done.state is ActState.CONFIRMED
        assert Mail.objects.filter(kind="monthly_ended").count() == 1

    def test_no_answer_is_said_to_be_in_doubt_and_found_out(self, sandbox: Client) -> None:
        gift = give_monthly(sandbox=sandbox)
        token = undo_token(gift)
        sandbox.fault("error", method="DELETE", path="*subscriptions*", status=500, when="after", times=None)
        done = undo_first(token=token, now=SOON)
        assert done is not None
        assert done.state is ActState.UNKNOWN
        shown = page(token)
        assert shown.act is not None
        assert (shown.act.state, shown.can_undo) == (ActState.UNKNOWN, False)
        sandbox.clear_faults()
        assert resolve_act(act_id=done.act_id, now=SOON + timedelta(minutes=3)) is ActState.CONFIRMED
        assert page(token).gift.state is MonthlyState.CANCELLED

    def test_what_was_refused_can_be_asked_again(self, sandbox: Client) -> None:
        gift = give_monthly(sandbox=sandbox)
        token = undo_token(gift)
        sandbox.fault("error", method="DELETE", path="*subscriptions*", status=400, when="before", times=1)
        refused = undo_first(token=token, now=SOON)
        assert refused is not None
        assert refused.state is ActState.REFUSED
        assert page(token).can_undo
        done = undo_first(token=token, now=SOON)
        assert done is not None
        assert (done.state, done.act_id != refused.act_id) == (ActState.CONFIRMED, True)

    def test_after_fourteen_days_it_is_gone(self) -> None:
        token = undo_token(make_monthly())
        late = NOW + timedelta(days=14)
        assert undo_page(token=token, now=late) is None
        assert undo_first(token=token, now=late) is None
        assert MonthlyGift.objects.get().state == MonthlyState.ACTIVE

    def test_while_another_act_is_in_the_air_it_waits(self) -> None:
        gift = make_monthly(kind=MonthlyKind.BY_HAND)
        make_act(gift=gift, state=ActState.REQUESTED)
        assert not page(undo_token(gift)).can_undo
        with pytest.raises(NotNow):
            undo_first(token=undo_token(gift), now=SOON)


@pytest.mark.slow
@pytest.mark.money
def test_twenty_clicks_end_once(committed_db: CommittedDatabase, sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    token = undo_token(gift)

    def click(_: int) -> object:
        try:
            return undo_first(token=token, now=SOON)
        except NotNow as error:
            return error

    at_once(click)
    assert MonthlyAct.objects.count() == 1
    assert Mail.objects.filter(kind="monthly_ended").count() == 1


@pytest.mark.django_db
class TestStoppingFromADaysMail:
    def test_it_ends_the_gift_and_closes_the_day(self) -> None:
        gift = make_monthly(kind=MonthlyKind.BY_HAND)
        make_occasions(now=DUE)
        token = read_mail(Mail.objects.get(kind="occasion"))[1]["stop_url"].split("/")[-2]
        done = stop_by_link(token=token, why=CancelReason.MONEY, now=DUE)
        assert done == stop_by_link(token=token, why=None, now=DUE)
        gift.refresh_from_db()
        assert (gift.state, gift.cancel_reason) == (MonthlyState.CANCELLED, CancelReason.MONEY)
        assert MonthlyOccasion.objects.get().state == OccasionState.LAPSED
        assert TrailEntry.objects.get(act="monthly.cancel").actor is None
        assert make_occasions(now=DUE + timedelta(days=40)) == 0
        assert stop_by_link(token=token, why=None, now=DUE + timedelta(days=63)) is None

    def test_it_does_nothing_to_other_links(self) -> None:
        gift = make_monthly(kind=MonthlyKind.BY_HAND)
        assert stop_by_link(token=undo_token(gift), why=None, now=NOW) is None
        assert give_occasion(token=undo_token(gift), now=NOW) is None


@pytest.mark.django_db
class TestMerge:
    def make_two(self, **given) -> tuple[MonthlyGift, MonthlyGift, str]:
        kind = MonthlyKind.BY_HAND
        keep = make_monthly(kind=kind)
        end = make_monthly(kind=kind, intent_key="second", donor_id=keep.donor_id, **given)
        return keep, end, merge_url(gift=end, keep_gift_id=keep.pk, now=NOW).split("/")[-2]

    def page(self, token: str) -> MergePage:
        found = merge_page(token=token, now=SOON)
        assert found is not None
        return found

    def test_the_first_is_raised_by_the_second_which_ends(self) -> None:
        keep, end, token = self.make_two(lines=[FOREST_EACH_MONTH])
        shown = self.page(token)
        assert (shown.keep.sum_minor, shown.end.sum_minor, shown.sum_after_minor) == (5_000, 3_000, 8_000)
        assert shown.can_merge
        done = merge_by_link(token=token, now=SOON)
        assert done is not None
        assert done.state is ActState.CONFIRMED
        assert terms_of(gift_id=keep.pk).gross_minor == 8_000
        end.refresh_from_db()
        assert end.state == MonthlyState.CANCELLED
        assert merge_by_link(token=token, now=SOON) == done
        assert terms_of(gift_id=keep.pk).gross_minor == 8_000
        after = self.page(token)
        assert after.act is not None
        assert (after.can_merge, after.act.state, after.sum_after_minor) == (False, ActState.CONFIRMED, 8_000)

    def test_gifts_that_come_unequally_often_are_not_joined(self) -> None:
        keep, _, token = self.make_two(interval=Interval.YEAR)
        assert not self.page(token).can_merge
        with pytest.raises(NotNow):
            merge_by_link(token=token, now=SOON)
        assert terms_of(gift_id=keep.pk).gross_minor == 5_000

    def test_an_ended_one_is_not_joined(self) -> None:
        keep, _, token = self.make_two()
        cancel_monthly(gift_id=keep.pk, by=By(donor_id=keep.donor_id), request_key="own", now=SOON)
        assert not self.page(token).can_merge
        with pytest.raises(NotNow):
            merge_by_link(token=token, now=SOON)

    def test_a_change_since_is_joined_as_it_stands_and_shown(self) -> None:
        keep, _, token = self.make_two()
        change_terms(
            gift_id=keep.pk, by=By(donor_id=keep.donor_id), request_key="own", lines=[FOREST_EACH_MONTH], now=NOW
        )
        assert self.page(token).sum_after_minor == 8_000

    def test_after_its_time_it_is_gone(self) -> None:
        _, end, token = self.make_two()
        late = NOW + timedelta(days=14)
        assert merge_page(token=token, now=late) is None
        assert merge_by_link(token=token, now=late) is None
        end.refresh_from_db()
        assert end.state == MonthlyState.ACTIVE
