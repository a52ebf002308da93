"""Giving more by a link: exactly what was offered, once, and nothing else."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from core.models import TrailEntry
from core.money import MAX_GIFT, AmountError
from core.trail import ReasonMissing
from donors.models import Mail
from donors.operations.queue_mail import read_mail
from payments.fee import cover_fee_for
from payments.models import MonthlyAct, MonthlyGift, ScopedLink
from payments.monthly_states import ActState, Interval, LinkPurpose, MonthlyKind, MonthlyState
from payments.operations.monthly import (
    Acted,
    GiftChanged,
    NotNow,
    accept_upgrade,
    cancel_monthly,
    change_terms,
    give_occasion,
    merge_by_link,
    offer_upgrade,
    settle_monthly,
    undo_first,
)
from payments.operations.monthly import upgrade as upgrading
from payments.operations.monthly.acts import By
from payments.queries.links import open_link
from payments.queries.monthly_links import UpgradePage, mend_page, merge_page, undo_page, upgrade_page
from payments.queries.monthly_terms import terms_of
from stripe_sandbox.testing import Client
from tests.factories.monthly import FOREST_EACH_MONTH, NIGHT_EACH_MONTH, make_monthly
from tests.factories.monthly_life import give_monthly, move_clock
from tests.factories.payments import make_staff
from tests.factories.time import NOW
from tests.integration.payments.test_races import at_once
from tests.support.database import CommittedDatabase

TEN_ZLOTY = 1_000
MONTH = timedelta(days=31)


def offer(gift: MonthlyGift, add_minor: int = TEN_ZLOTY, **given: Any) -> str:
    """The token of the mail's link."""
    staff = given.pop("by", None) or By(staff=make_staff(f"ada-{uuid.uuid4().hex[:8]}"), reason="kampania zimowa")
    offer_upgrade(
        **{"gift_id": gift.pk, "add_minor": add_minor, "by": staff, "request_key": "winter", "now": NOW, **given}
    )
    mail = Mail.objects.filter(kind="upgrade_offer").order_by("pk").last()
    assert mail is not None
    return read_mail(mail)[1]["url"].split("/")[-2]


def by_hand(**given: Any) -> MonthlyGift:
    return make_monthly(kind=MonthlyKind.BY_HAND, **given)


def page(token: str) -> UpgradePage:
    found = upgrade_page(token=token, now=NOW)
    assert found is not None
    return found


def sums(gift: MonthlyGift) -> list[tuple[str, int]]:
    return [(line.fund_code, line.unit_minor) for line in terms_of(gift_id=gift.pk).lines.order_by("position")]


@pytest.mark.django_db
class TestOffering:
    def test_the_mail_the_trail_and_the_link(self) -> None:
        gift = by_hand()
        token = offer(gift)
        context = read_mail(Mail.objects.get(kind="upgrade_offer"))[1]
        assert (context["add_minor"], context["sum_minor"], context["interval"]) == (1_000, 6_000, "month")
        assert Mail.objects.get(kind="upgrade_offer").topic == "upgrade_offers", "who wants none of these gets none"
        entry = TrailEntry.objects.get(act="monthly.offer")
        assert (entry.subject, entry.reason, entry.facts["add_minor"]) == (f"{gift}", "kampania zimowa", 1_000)
        link = open_link(token=token, purpose=LinkPurpose.UPGRADE, now=NOW + timedelta(days=30, seconds=-1))
        assert link is not None
        assert open_link(token=token, purpose=LinkPurpose.UPGRADE, now=NOW + timedelta(days=30)) is None

    def test_the_same_request_is_one_offer(self) -> None:
        gift = by_hand()
        staff = By(staff=make_staff(), reason="kampania")
        asked = [
            offer_upgrade(gift_id=gift.pk, add_minor=1_000, by=staff, request_key="form", now=NOW) for _ in range(2)
        ]
        assert asked == [True, False]
        assert (Mail.objects.count(), TrailEntry.objects.count(), ScopedLink.objects.count()) == (1, 1, 1)

    @pytest.mark.parametrize("add_minor", [0, -1, -5_000])
    def test_nobody_is_asked_to_give_less(self, add_minor: int) -> None:
        with pytest.raises(ValueError, match="positive"):
            offer(by_hand(), add_minor=add_minor)
        assert not ScopedLink.objects.exists()

    def test_only_staff_with_a_reason(self) -> None:
        gift = by_hand()
        with pytest.raises(ValueError, match="staff"):
            offer(gift, by=By(donor_id=gift.donor_id))
        with pytest.raises(ReasonMissing):
            offer(gift, by=By(staff=make_staff(), reason="  "))
        assert not Mail.objects.exists()

    def test_not_beyond_the_limit_and_not_for_an_ended_gift(self) -> None:
        with pytest.raises(AmountError):
            offer(by_hand(), add_minor=MAX_GIFT)
        with pytest.raises(NotNow):
            offer(by_hand(intent_key="ended", state=MonthlyState.CANCELLED))


@pytest.mark.django_db
class TestAccepting:
    def test_it_raises_by_exactly_that_in_the_same_fund(self) -> None:
        gift = by_hand(lines=[NIGHT_EACH_MONTH, FOREST_EACH_MONTH])
        token = offer(gift)
        shown = page(token)
        assert (shown.gift.sum_minor, shown.add_minor, shown.sum_after_minor) == (8_000, 1_000, 9_000)
        done = accept_upgrade(token=token, now=NOW)
        assert done is not None
        assert done.told is not None
        assert (done.state, done.told.sum_minor) == (ActState.CONFIRMED, 9_000)
        assert sums(gift) == [("WARM-NIGHT", 5_000), ("FOREST", 3_000), ("WARM-NIGHT", 1_000)]
        assert read_mail(Mail.objects.get(kind="monthly_changed"))[1]["what"] == "upgrade"

    def test_a_second_click_is_the_same_raise(self) -> None:
        gift = by_hand()
        token = offer(gift)
        first, again = accept_upgrade(token=token, now=NOW), accept_upgrade(token=token, now=NOW)
        assert first == again
        assert terms_of(gift_id=gift.pk).gross_minor == 6_000
        shown = page(token)
        assert shown.act is not None
        assert (shown.act.state, shown.can_accept, shown.changed) == (ActState.CONFIRMED, False, False)
        assert ScopedLink.objects.get().used_at == NOW

    def test_a_covered_fee_follows(self) -> None:
        gift = by_hand(cover_fee=True)
        token = offer(gift)
        expected = 6_000 + cover_fee_for(total_minor=6_000)
        assert page(token).sum_after_minor == expected
        accept_upgrade(token=token, now=NOW)
        assert terms_of(gift_id=gift.pk).gross_minor == expected

    def test_looking_changes_nothing(self) -> None:
        gift = by_hand()
        token = offer(gift)
        for _ in range(3):
            assert page(token).can_accept
        assert (MonthlyAct.objects.count(), ScopedLink.objects.get().used_at) == (0, None)

    @pytest.mark.parametrize(
        "change",
        [
            {"lines": [FOREST_EACH_MONTH]},
            {"interval": Interval.YEAR},
            {"day": 9},
            {"cover_fee": True},
        ],
    )
    def test_a_gift_that_was_changed_since_is_left_alone(self, change: dict[str, Any]) -> None:
        gift = by_hand()
        token = offer(gift)
        change_terms(gift_id=gift.pk, by=By(donor_id=gift.donor_id), request_key="own", now=NOW, **change)
        before = sums(gift)
        with pytest.raises(GiftChanged):
            accept_upgrade(token=token, now=NOW)
        assert sums(gift) == before
        shown = page(token)
        assert (shown.changed, shown.can_accept) == (True, False)

    def test_two_offers_don_t_add_up(self) -> None:
        gift = by_hand()
        first, second = offer(gift, request_key="first"), offer(gift, request_key="second")
        accept_upgrade(token=first, now=NOW)
        with pytest.raises(GiftChanged):
            accept_upgrade(token=second, now=NOW)
        assert terms_of(gift_id=gift.pk).gross_minor == 6_000

    def test_an_ended_gift_stays_ended(self) -> None:
        gift = by_hand()
        token = offer(gift)
        cancel_monthly(gift_id=gift.pk, by=By(donor_id=gift.donor_id), request_key="end", now=NOW)
        assert not page(token).can_accept
        with pytest.raises(NotNow):
            accept_upgrade(token=token, now=NOW)

    def test_it_opens_nothing_else_and_nothing_else_opens_it(self) -> None:
        gift = by_hand()
        token = offer(gift)
        for ask in (undo_page, merge_page, mend_page, undo_first, merge_by_link, give_occasion):
            assert ask(token=token, now=NOW) is None
        assert accept_upgrade(token="unknown", now=NOW) is None
        assert accept_upgrade(token=token, now=NOW + timedelta(days=30)) is None
        assert MonthlyGift.objects.get().state == MonthlyState.ACTIVE


@pytest.mark.django_db
@pytest.mark.money
def test_the_provider_takes_the_raised_sum_from_the_next_month_on(sandbox: Client) -> None:
    gift = give_monthly(sandbox=sandbox)
    done = accept_upgrade(token=offer(gift), now=NOW)
    assert done is not None
    assert done.told is not None
    assert (done.state, done.told.sum_minor) == (ActState.CONFIRMED, 6_000)
    move_clock(sandbox, to=NOW + MONTH)
    settle_monthly(gift_id=gift.pk, now=NOW + MONTH)
    assert [donation.gross_minor for donation in gift.donations.order_by("due_on")] == [5_000, 6_000]


def raises(token: str) -> list[object]:
    def click(_: int) -> object:
        try:
            return accept_upgrade(token=token, now=NOW)
        except (NotNow, GiftChanged) as error:
            return error

    return at_once(click)


@pytest.mark.slow
def test_twenty_clicks_raise_once(committed_db: CommittedDatabase) -> None:
    gift = by_hand()
    answers = raises(offer(gift))
    assert all(isinstance(answer, Acted) for answer in answers)
    assert MonthlyAct.objects.count() == 1
    assert terms_of(gift_id=gift.pk).gross_minor == 6_000


@pytest.mark.slow
def test_without_request_key_and_version_each_click_would_raise(
    committed_db: CommittedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a new key for each click, and the version not looked at."""
    gift = by_hand()
    token = offer(gift)
    monkeypatch.setattr(upgrading, "act_of_link", lambda **_: (uuid.uuid4().hex, None))
    raise_terms = upgrading._raise_terms

    def blindly(*, gift: MonthlyGift, terms_id: int, **given: Any) -> Any:
        return raise_terms(gift=gift, terms_id=terms_of(gift_id=gift.pk).pk, **given)

    monkeypatch.setattr(upgrading, "_raise_terms", blindly)
    raises(token)
    accept_upgrade(token=token, now=NOW)
    assert terms_of(gift_id=gift.pk).gross_minor > 6_000
