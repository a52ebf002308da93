"""What the donor is told is what happens: through two years of acts, each gift is taken on the day shown, and no other."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from payments.models import Donation, MonthlyGift, MonthlySubscription
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import ActState, ActVerb, Interval, MonthlyKind, MonthlyState
from payments.operations.monthly import (
    Acted,
    By,
    NotNow,
    NotNowReason,
    cancel_monthly,
    change_terms,
    pause,
    restart,
    resume,
    settle_monthly,
    skip_next,
)
from payments.operations.monthly.invoices import apply_invoices_of
from payments.queries.monthly import MonthlyRow, monthly_gift_page
from stripe_sandbox.testing import Client
from tests.factories.monthly import FOREST_EACH_MONTH, NIGHT_EACH_MONTH
from tests.factories.monthly_life import give_monthly, move_clock
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.slow]

PAGES = {"return_url": "https://store.example.org/pl/back/", "cancel_url": "https://store.example.org/pl/back/"}
STEPS = 24


class Life:
    """One gift, its donor's whims, and a clock that moves from one told day to the next."""

    def __init__(self, sandbox: Client, seed: str) -> None:
        self.sandbox, self.chance, self.now, self.number = sandbox, random.Random(seed), NOW, 0
        self.refused: set[NotNowReason] = set()
        self.gift = give_monthly(sandbox=sandbox, day=self.chance.choice([1, 15, 21, 29, 30, 31]))

    def shown(self) -> MonthlyRow:
        page = monthly_gift_page(gift_id=self.gift.pk, donor_id=self.gift.donor_id, now=self.now)
        assert page is not None
        return page.row

    def act(self) -> None:
        """One thing that the page offers, or nothing."""
        offered = sorted(self.shown().can & set(self.acts()))
        verb = self.chance.choice([None, *offered])
        if verb is None:
            return
        self.number += 1
        try:
            acted = self.acts()[verb]({"gift_id": self.gift.pk, "by": By(donor_id=self.gift.donor_id)})
        except NotNow as refused:
            self.refused.add(refused.reason)
            return
        assert acted.state is ActState.CONFIRMED
        assert acted.told is not None
        row = self.shown()
        assert (row.sum_minor, row.interval, row.next_dates) == (
            acted.told.sum_minor,
            acted.told.interval,
            acted.told.next_dates,
        )
        assert (row.paused_until, row.skipped_on) == (acted.told.paused_until, acted.told.skipped_on)

    def acts(self) -> dict[ActVerb, Callable[[dict], Acted]]:
        more = {"request_key": f"act-{self.number}", "now": self.now}
        lines = self.chance.choice([None, [FOREST_EACH_MONTH], [NIGHT_EACH_MONTH]])
        day, interval = self.chance.choice([None, 1, 29, 31]), self.chance.choice([None, None, *Interval])
        return {
            ActVerb.CHANGE: lambda who: change_terms(**who, **more, lines=lines, day=day, interval=interval),
            ActVerb.SKIP: lambda who: skip_next(**who, **more),
            ActVerb.PAUSE: lambda who: pause(**who, **more, months=self.chance.randint(1, 12)),
            ActVerb.RESUME: lambda who: resume(**who, **more),
            ActVerb.CANCEL: lambda who: cancel_monthly(**who, **more),
            ActVerb.RESTART: lambda who: restart(**who, **more, **PAGES),
        }

    def move(self, to: datetime) -> None:
        """The clock moves, and every renewal until then is followed."""
        self.now = to
        move_clock(self.sandbox, to=to)
        for ref in MonthlySubscription.objects.filter(gift=self.gift).values_list("ref", flat=True):
            apply_invoices_of(subscription_ref=ref, now=to)
        settle_monthly(gift_id=self.gift.pk, now=to)
        self.gift = MonthlyGift.objects.get(pk=self.gift.pk)

    def given(self) -> list[tuple[object, int]]:
        found = Donation.objects.filter(monthly_gift=self.gift, settled_at__isnull=False).order_by("due_on")
        rows = list(found.values_list("due_on", "gross_minor"))
        assert len(self.sandbox.stripe_client().v1.charges.list({"limit": 100}).data) == len(rows)
        return rows


@pytest.mark.parametrize("seed", ["Zofia", "Jan", "Bronka"])
def test_each_gift_falls_where_it_was_told(sandbox: Client, seed: str) -> None:
    life = Life(sandbox, seed)
    for _ in range(STEPS):
        life.act()
        row, before = life.shown(), life.given()
        assert row.kind is MonthlyKind.AUTOMATIC
        if not row.next_dates:
            assert row.state is MonthlyState.CANCELLED
            life.move(life.now + timedelta(days=45))
            assert life.given() == before
            continue
        due = row.next_dates[0]
        assert due >= warsaw_day(life.now)
        midnight = datetime(due.year, due.month, due.day, tzinfo=UTC)
        if midnight > life.now:
            life.move(midnight)
            assert life.given() == before
        life.move(midnight + timedelta(days=1))
        assert life.given() == [*before, (due, row.sum_minor)]
    assert life.refused <= {NotNowReason.NOTHING_CHANGES, NotNowReason.TOO_CLOSE}
    assert life.number > STEPS // 2
