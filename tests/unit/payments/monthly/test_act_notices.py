"""What the provider tells afterwards of an act changes nothing of what the act has confirmed, in whatever order it comes."""

import random
from collections.abc import Callable

import pytest

from donors.models import Mail
from payments import operations
from payments.models import Donation, MonthlyAct, MonthlyGift, UnmatchedPayment
from payments.monthly_states import ActState, MonthlyKind
from payments.operations.monthly import (
    By,
    cancel_monthly,
    change_terms,
    keep_method,
    merge_gifts,
    pause,
    restart,
    skip_next,
    switch_kind,
    use_other_method,
)
from stripe_sandbox.testing import Client
from tests.factories.monthly import FOREST_EACH_MONTH
from tests.factories.monthly_life import give_monthly
from tests.factories.payments import deliver, events_of
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

PAGES = {"return_url": "https://store.example.org/pl/back/", "cancel_url": "https://store.example.org/pl/back/"}


def by(gift: MonthlyGift) -> By:
    return By(donor_id=gift.donor_id)


def another_sum(sandbox: Client, gift: MonthlyGift) -> None:
    change_terms(gift_id=gift.pk, by=by(gift), request_key="sum", lines=[FOREST_EACH_MONTH], now=NOW)


def another_day(sandbox: Client, gift: MonthlyGift) -> None:
    change_terms(gift_id=gift.pk, by=by(gift), request_key="day", day=5, now=NOW)


def skip(sandbox: Client, gift: MonthlyGift) -> None:
    skip_next(gift_id=gift.pk, by=by(gift), request_key="skip", now=NOW)


def rest(sandbox: Client, gift: MonthlyGift) -> None:
    pause(gift_id=gift.pk, months=3, by=by(gift), request_key="rest", now=NOW)


def end(sandbox: Client, gift: MonthlyGift) -> None:
    cancel_monthly(gift_id=gift.pk, by=by(gift), request_key="end", now=NOW)


def begin_again(sandbox: Client, gift: MonthlyGift) -> None:
    end(sandbox, gift)
    restart(gift_id=gift.pk, by=by(gift), request_key="again", now=NOW, **PAGES)


def by_hand(sandbox: Client, gift: MonthlyGift) -> None:
    switch_kind(gift_id=gift.pk, kind=MonthlyKind.BY_HAND, by=by(gift), request_key="by hand", now=NOW, **PAGES)


def by_hand_and_back(sandbox: Client, gift: MonthlyGift) -> None:
    by_hand(sandbox, gift)
    switch_kind(gift_id=gift.pk, kind=MonthlyKind.AUTOMATIC, by=by(gift), request_key="back", now=NOW, **PAGES)


def another_card(sandbox: Client, gift: MonthlyGift) -> None:
    use_other_method(gift_id=gift.pk, by=by(gift), request_key="card", now=NOW, **PAGES)
    sandbox.setup(sandbox.stripe_client().v1.checkout.sessions.list({"limit": 1}).data[0].id)
    keep_method(gift_id=gift.pk, now=NOW)


def join(sandbox: Client, gift: MonthlyGift) -> None:
    other = give_monthly(sandbox=sandbox, intent_key="second", donor_id=gift.donor_id, lines=[FOREST_EACH_MONTH])
    merge_gifts(keep_id=gift.pk, end_id=other.pk, by=by(gift), request_key="join", now=NOW)


ACTS = [another_sum, another_day, skip, rest, end, begin_again, by_hand, by_hand_and_back, another_card, join]


def as_it_stands() -> list[tuple[object, ...]]:
    fields = ("pk", "kind", "state", "subscription_ref", "checkout_ref", "paused_until", "next_charge_at")
    more = ("cancelled_at", "method_ref", "method_expires", "customer_ref")
    return list(MonthlyGift.objects.order_by("pk").values_list(*fields, *more))


@pytest.mark.parametrize("act", ACTS)
def test_notices_in_any_order_change_nothing(sandbox: Client, act: Callable[[Client, MonthlyGift], None]) -> None:
    act(sandbox, give_monthly(sandbox=sandbox))
    assert set(MonthlyAct.objects.values_list("state", flat=True)) == {ActState.CONFIRMED}
    before, mails = as_it_stands(), Mail.objects.count()
    gifts = Donation.objects.count()
    events = events_of(sandbox) * 2
    random.Random(act.__name__).shuffle(events)
    for event in events:
        received = deliver(sandbox=sandbox, event=event, now=NOW)
        operations.process_event(event_id=received.event_id, now=NOW)
    assert as_it_stands() == before
    assert (Mail.objects.count(), Donation.objects.count(), UnmatchedPayment.objects.count()) == (mails, gifts, 0)
