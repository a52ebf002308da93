"""The due dates of gifts by hand: on the day the donor is asked, and nothing is taken by itself."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from donors.models import MailKind
from donors.operations import cancel_mail, queue_mail
from payments.models import MonthlyGift, MonthlyOccasion, MonthlyTerms
from payments.monthly_calendar import due_days, warsaw_day
from payments.monthly_states import LIVE, Interval, LinkPurpose, MonthlyKind, OccasionState
from payments.operations.monthly.links import make_link
from payments.queries.links import link_url, manage_url
from payments.queries.monthly_dates import due_instant
from payments.queries.monthly_terms import terms_of

OPEN = (OccasionState.WAITING, OccasionState.ASKED)
MOST_AT_ONCE = 1_000
SAYS_THAT_IT_PASSED_FOR = timedelta(days=31)
"""How long the link of a day that has passed still opens its page, which says so."""


def make_occasions(*, now: datetime) -> int:
    """Ask for every gift by hand whose day has come, and let older questions lapse. Says how many were asked.

    May run at any time and any number of times, also at once: each due date is a row, and its mail goes out once. After
    an outage only the last due date is asked for, since nobody owes the ones before it.
    """
    asked = 0
    due = MonthlyGift.objects.filter(kind=MonthlyKind.BY_HAND, state__in=LIVE, next_charge_at__lte=now)
    for gift_id in list(due.order_by("next_charge_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]):
        asked += ask_if_due(gift_id=gift_id, now=now)
    gone = ~Q(gift__kind=MonthlyKind.BY_HAND) | ~Q(gift__state__in=LIVE)
    for gift_id in set(MonthlyOccasion.objects.filter(gone, state__in=OPEN).values_list("gift_id", flat=True)):
        lapse_occasions(gift_id=gift_id, now=now)
    return asked


def ask_if_due(*, gift_id: int, now: datetime, by_mail: bool = True) -> bool:
    """The same for one gift. Says whether the donor was asked. Not `by_mail` when it has just begun on its very day: then
    its first mail asks."""
    with transaction.atomic():
        found = MonthlyGift.objects.select_for_update().filter(pk=gift_id, kind=MonthlyKind.BY_HAND, state__in=LIVE)
        gift = found.first()
        if gift is None or gift.next_charge_at is None or gift.next_charge_at > now:
            return False
        terms = terms_of(gift_id=gift.pk)
        asked: MonthlyOccasion | None = None
        while gift.next_charge_at is not None and gift.next_charge_at <= now:
            due_at = gift.next_charge_at
            gift.next_charge_at = due_after(due_at=due_at, terms=terms)
            asked = _take_note(gift=gift, terms=terms, due_at=due_at, now=now) or asked
        gift.save(update_fields=["next_charge_at"])
        if asked is not None and asked.state == OccasionState.ASKED:
            if by_mail:
                _ask(occasion=asked, gift=gift, terms=terms, now=now)
            return True
    return False


def lapse_occasions(*, gift_id: int, now: datetime, instead: MonthlyOccasion | None = None) -> int:
    """Let what is still asked lapse: for a newer due date, or all of it when the gift ends or is paid another way.

    Money that is on its way all the same makes it given later. Says how many lapsed.
    """
    waiting = MonthlyOccasion.objects.filter(gift_id=gift_id, state__in=OPEN)
    if instead is not None:
        waiting = waiting.exclude(pk=instead.pk)
    ids = list(waiting.values_list("pk", flat=True))
    for occasion_id in ids:
        cancel_mail(key=_mail_key(occasion_id))
    return MonthlyOccasion.objects.filter(pk__in=ids, state__in=OPEN).update(state=OccasionState.LAPSED, closed_at=now)


def occasion_token(*, occasion: MonthlyOccasion, until: datetime, now: datetime) -> str:
    """The token of the one link of a due date, which can be given for until the next one."""
    return make_link(
        gift_id=occasion.gift_id,
        purpose=LinkPurpose.OCCASION,
        params={"occasion": occasion.pk},
        key=_mail_key(occasion.pk),
        lives_for=until - now + SAYS_THAT_IT_PASSED_FOR,
        now=now,
    )


def due_after(*, due_at: datetime, terms: MonthlyTerms) -> datetime:
    """The due date after one, as an instant."""
    day = warsaw_day(due_at)
    later = due_days(day=terms.day, interval=Interval(terms.interval), first_on=day, after=day, count=1)
    return due_instant(day=later[0])


def _take_note(*, gift: MonthlyGift, terms: MonthlyTerms, due_at: datetime, now: datetime) -> MonthlyOccasion | None:
    """The row of one due date; None if it was dealt with before. What falls into a pause or a skip is left out."""
    rests = gift.paused_until is not None and due_at < gift.paused_until
    occasion, _ = MonthlyOccasion.objects.get_or_create(gift=gift, due_on=warsaw_day(due_at), defaults={"terms": terms})
    if occasion.state != OccasionState.WAITING:
        return None
    occasion.terms = terms
    occasion.state = OccasionState.SKIPPED if rests else OccasionState.ASKED
    occasion.asked_at, occasion.closed_at = (None, now) if rests else (now, None)
    occasion.save(update_fields=["terms", "state", "asked_at", "closed_at"])
    lapse_occasions(gift_id=gift.pk, instead=occasion, now=now)
    return occasion


def _ask(*, occasion: MonthlyOccasion, gift: MonthlyGift, terms: MonthlyTerms, now: datetime) -> None:
    until = gift.next_charge_at or now + timedelta(days=28)
    token = occasion_token(occasion=occasion, until=until, now=now)
    pages = {page: link_url(token=token, page=page, language=gift.language) for page in ("give", "skip", "stop")}
    queue_mail(
        donor_id=gift.donor_id,
        kind=MailKind.OCCASION,
        key=_mail_key(occasion.pk),
        language=gift.language,
        context={
            "sum_minor": terms.gross_minor,
            "currency": gift.currency,
            "cover_fee_minor": terms.cover_fee_minor,
            "lines": [
                {"title": line.title, "quantity": line.quantity, "unit_minor": line.unit_minor}
                for line in terms.lines.all()
            ],
            "due_on": occasion.due_on.isoformat(),
            "manage_url": manage_url(gift=gift),
            **{f"{page}_url": url for page, url in pages.items()},
        },
        now=now,
        lapses_at=until,
    )


def _mail_key(occasion_id: int) -> str:
    return f"occasion:{occasion_id}"
