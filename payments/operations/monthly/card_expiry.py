"""Cards that expire: their donors are told a month and a week ahead, unless the card's network has renewed it."""

import logging
from datetime import date, datetime, timedelta

from donors.models import MailKind
from donors.operations import queue_mail
from payments.models import MonthlyGift
from payments.monthly_calendar import in_months, warsaw_day
from payments.monthly_states import MonthlyKind, MonthlyState
from payments.operations.asking import outside_database_transaction
from payments.operations.monthly.follow import follow_subscription
from payments.provider import ProviderError
from payments.queries.links import manage_url

logger = logging.getLogger(__name__)

STAGES = (7, 30)
"""Days ahead: the nearer stage first."""
TAKES = (MonthlyState.TRIALING, MonthlyState.ACTIVE, MonthlyState.PAST_DUE)
LONGEST_DAY = 31


def remind_card_expiry(*, now: datetime) -> int:
    """Mail the donors whose card expires within 30, and again within 7 days. Says how many cards it found so.

    Nightly; a night that was missed is made up for by the next. Each card's month and stage is one mail, however often
    this runs. The way to pay is fetched anew first, since networks renew cards by themselves. Paused and ended gifts are
    left alone. Called outside any database transaction.
    """
    outside_database_transaction()
    today = warsaw_day(now)
    found = 0
    for gift_id in _candidates(today=today, now=now):
        try:
            found += _look_and_tell(gift_id=gift_id, today=today, now=now)
        except ProviderError as error:
            logger.warning("card_not_looked_at", extra={"gift": gift_id, "kind": error.kind.value})
    return found


def last_day_of(*, expires: int) -> date:
    """The last day on which a card that says 202612 can be used."""
    first = date(expires // 100, expires % 100, 1)
    return in_months(day=first, months=0, wanted_day=LONGEST_DAY)


def stage_of(*, expires: int, today: date) -> int | None:
    """Which notice is due: 30, 7, or none (too early, or expired)."""
    left = (last_day_of(expires=expires) - today).days
    return next((stage for stage in STAGES if 0 <= left <= stage), None)


def _candidates(*, today: date, now: datetime) -> list[int]:
    later = today + timedelta(days=max(STAGES))
    # a range: from the end of January thirty days lead into March, and the month between counts as well
    first, last = (day.year * 100 + day.month for day in (today, later))
    gifts = MonthlyGift.objects.filter(
        kind=MonthlyKind.AUTOMATIC,
        state__in=TAKES,
        method_expires__range=(first, last),
        subscription_ref__isnull=False,
    ).exclude(paused_until__gt=now)
    return [
        pk
        for pk, expires in gifts.order_by("pk").values_list("pk", "method_expires")
        if stage_of(expires=expires or 0, today=today) is not None
    ]


def _look_and_tell(*, gift_id: int, today: date, now: datetime) -> bool:
    follow_subscription(ref=MonthlyGift.objects.get(pk=gift_id).subscription_ref or "", now=now)
    gift = MonthlyGift.objects.get(pk=gift_id)
    expires = gift.method_expires
    stage = None if expires is None or gift.state not in TAKES else stage_of(expires=expires, today=today)
    if stage is None or expires is None:
        return False
    last = last_day_of(expires=expires)
    queue_mail(
        donor_id=gift.donor_id,
        kind=MailKind.CARD_EXPIRES,
        key=f"card_expires:{gift.pk}:{expires}:{stage}",
        language=gift.language,
        context={
            "expires": f"{expires // 100}-{expires % 100:02}",
            "days": (last - today).days,
            "manage_url": manage_url(gift=gift),
        },
        now=now,
        lapses_at=now + timedelta(days=(last - today).days + 1),
    )
    return True
