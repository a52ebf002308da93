"""Which period of a monthly gift a payment may be for: one settled donation each, none after a confirmed end."""

from datetime import date, datetime

from payments.models import ChargeOutcome, Donation, MonthlyGift, UnmatchedReason
from payments.monthly_states import MonthlyKind, MonthlyState


def lock_gift_of(*, donation_id: int) -> None:
    """Lock the monthly gift that a donation belongs to, if any; before the donation's own row, in every path."""
    gift_id = Donation.objects.filter(pk=donation_id).values_list("monthly_gift_id", flat=True).first()
    if gift_id is not None:
        list(MonthlyGift.objects.select_for_update().filter(pk=gift_id).values_list("pk"))


def period_is_taken(*, gift_id: int, due_on: date, besides: int | None) -> bool:
    """Whether another donation than `besides` is already the gift of this period. Called with the monthly gift locked.

    One whose worth is not known yet (a foreign charge) has taken it too.
    """
    others = Donation.objects.filter(monthly_gift_id=gift_id, due_on=due_on, charges__outcome=ChargeOutcome.GIFT)
    return others.exclude(pk=besides).exists() if besides is not None else others.exists()


def why_not_this_period(*, donation: Donation, paid_at: datetime) -> UnmatchedReason | None:
    """None when a donation that was paid at `paid_at` may be its monthly gift's; also for one that has no such gift.

    Of an automatic gift the subscription that made the invoice says when it ended, which is asked before.
    """
    if donation.monthly_gift_id is None or donation.due_on is None:
        return None
    gift = MonthlyGift.objects.get(pk=donation.monthly_gift_id)
    ended = gift.cancelled_at if gift.state == MonthlyState.CANCELLED and gift.kind == MonthlyKind.BY_HAND else None
    if ended is not None and paid_at > ended:
        return UnmatchedReason.AFTER_CANCELLATION
    if period_is_taken(gift_id=gift.pk, due_on=donation.due_on, besides=donation.pk):
        return UnmatchedReason.SECOND_CHARGE
    return None
