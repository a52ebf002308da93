"""The mails of a monthly gift's beginning and of an end that nobody asked us for."""

from datetime import datetime

from donors.models import MailKind
from donors.operations import keep_while_it_comes, queue_mail
from payments.models import MonthlyGift, MonthlyTerms
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import MonthlyKind
from payments.operations.monthly.links import merge_url, undo_url
from payments.queries.links import manage_url
from payments.queries.monthly_dates import anchor_of, next_dates
from payments.queries.monthly_start import live_commitment
from payments.queries.monthly_terms import terms_of


def write_first_mail(*, gift: MonthlyGift, now: datetime, give_url: str = "") -> None:
    """Queue the mail that a monthly gift has begun, once, in the database transaction that notes it.

    It says sum, interval and the next three days, and holds the link that undoes it; of a gift by hand that is due today
    also `give_url`, which opens its payment. Where the donor already gives to the
    same need, it asks whether the two should be one: here and not on the page, since a visitor who types somebody's
    address must not learn that it gives.
    """
    keep_while_it_comes(gift=gift.intent_key)  # its receipts name who set it up, whoever types that address later
    terms = terms_of(gift_id=gift.pk)
    lines = sorted(terms.lines.all(), key=lambda line: line.position)
    context = {
        "sum_minor": terms.gross_minor,
        "currency": gift.currency,
        "cover_fee_minor": terms.cover_fee_minor,
        "interval": terms.interval,
        "lines": [{"title": line.title, "quantity": line.quantity, "unit_minor": line.unit_minor} for line in lines],
        "next_dates": _dates(gift=gift, terms=terms, now=now),
        "undo_url": undo_url(gift=gift, now=now),
        "manage_url": manage_url(gift=gift),
    }
    if gift.kind == MonthlyKind.BY_HAND:
        context["by_hand"] = True
    if give_url:
        context["give_url"] = give_url
    other = live_commitment(donor_id=gift.donor_id, fund_codes=[line.fund_code for line in lines], besides=gift.pk)
    if other is not None:
        context["merge_url"] = merge_url(gift=gift, keep_gift_id=other, now=now)
    queue_mail(
        donor_id=gift.donor_id,
        kind=MailKind.MONTHLY_STARTED,
        key=f"monthly_started:{gift.pk}",
        language=gift.language,
        context=context,
        now=now,
    )


def write_end_mail(*, gift: MonthlyGift, reason: str, now: datetime) -> None:
    """Queue the mail that a monthly gift has ended, for an end that the donor did not ask us for."""
    ended_at = gift.cancelled_at or now
    queue_mail(
        donor_id=gift.donor_id,
        kind=MailKind.MONTHLY_ENDED,
        key=f"monthly_ended:{gift.pk}:{ended_at.isoformat()}",
        language=gift.language,
        context={
            "reason": reason,
            "manage_url": manage_url(gift=gift),
            "sum_minor": terms_of(gift_id=gift.pk).gross_minor,
            "currency": gift.currency,
            "ended_on": warsaw_day(ended_at).isoformat(),
        },
        now=now,
    )


def _dates(*, gift: MonthlyGift, terms: MonthlyTerms, now: datetime) -> list[str]:
    return [day.isoformat() for day in next_dates(gift=gift, terms=terms, anchor_at=anchor_of(gift=gift), now=now)]
