"""The next dates of a monthly gift, as people are told them: Warsaw days, computed from the provider's own anchor."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from payments.models import MonthlyGift, MonthlySubscription, MonthlyTerms
from payments.monthly_calendar import charge_times, due_days, first_charge_at, warsaw_day
from payments.monthly_states import LIVE, Interval, MonthlyKind
from payments.monthly_told import DATES_TOLD
from payments.provider import FIRST_HOUR_UTC

ALMOST = timedelta(minutes=1)
"""The provider's figure of the next charge may stand a second before it."""
SKIP_LASTS = timedelta(hours=12)
"""A skip is a pause that ends this long after the gift that it leaves out."""


def due_instant(*, day: date) -> datetime:
    """The instant that stands for a due day of a gift by hand."""
    return datetime.combine(day, time(FIRST_HOUR_UTC, tzinfo=UTC))


def first_at_or_after(*, day: int, due_at: datetime, now: datetime) -> datetime:
    """The first `day` of a month at or after the date on which the gift is due anyway: never earlier than was told.
    So a gift whose day is changed begins on it."""
    start_of_day = datetime.combine(due_at.astimezone(UTC).date(), time(tzinfo=UTC))
    return first_charge_at(day=day, after=max(now, start_of_day - timedelta(seconds=1)))


def next_times(
    *, gift: MonthlyGift, terms: MonthlyTerms, anchor_at: datetime | None, now: datetime, count: int = DATES_TOLD
) -> list[datetime]:
    """The next `count` instants at which `gift` is taken, or asked for; none unless it is live, and none while the
    provider says that nothing is to come (not paid, or paused without an end). A pause is left out.

    `anchor_at` is that of the subscription in force; a gift by hand counts from its own next day.
    """
    if gift.state not in LIVE:
        return []
    after = now if gift.paused_until is None else max(now, gift.paused_until)
    interval = Interval(terms.interval)
    if gift.kind == MonthlyKind.BY_HAND:
        begins = gift.next_charge_at or first_charge_at(day=terms.day, after=now)
        yesterday = warsaw_day(after) - timedelta(days=1)
        days = due_days(day=terms.day, interval=interval, first_on=warsaw_day(begins), after=yesterday, count=count + 1)
        paused = gift.paused_until is not None and gift.paused_until > now
        later = [due_instant(day=day) for day in days if not paused or due_instant(day=day) >= after]
        return later[:count]
    if anchor_at is None or gift.next_charge_at is None:
        return []
    if gift.next_charge_at > after:
        # the anchor may lie before the first gift, in a month that has the chosen day
        after = gift.next_charge_at - ALMOST
    return charge_times(anchor_at=anchor_at, interval=interval, after=after, count=count)


def next_dates(
    *, gift: MonthlyGift, terms: MonthlyTerms, anchor_at: datetime | None, now: datetime, count: int = DATES_TOLD
) -> tuple[date, ...]:
    """The same as days in Warsaw."""
    times = next_times(gift=gift, terms=terms, anchor_at=anchor_at, now=now, count=count)
    return tuple(warsaw_day(at) for at in times)


def anchors_of(*, gifts: Iterable[MonthlyGift]) -> dict[int, datetime]:
    """Gift -> the anchor of its subscription in force. One statement."""
    ref_by_gift = {gift.pk: gift.subscription_ref for gift in gifts if gift.subscription_ref}
    rows = MonthlySubscription.objects.filter(ref__in=ref_by_gift.values())
    return dict(rows.values_list("gift_id", "anchor_at"))


def anchor_of(*, gift: MonthlyGift) -> datetime | None:
    """The anchor of one gift's subscription in force."""
    return anchors_of(gifts=[gift]).get(gift.pk)


def skipped_day(*, paused_until: datetime) -> date:
    """The day of the gift that a skip until then leaves out."""
    return warsaw_day(paused_until - SKIP_LASTS)
