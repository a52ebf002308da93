"""Telling staff that money waits for them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext, override

from core.money import format_money
from donors.operations import queue_mail
from payments.models import UnmatchedPayment

TELL_WITHIN = timedelta(days=1)


def unmatched_to_tell(*, now: datetime) -> list[int]:
    """Ids of payments that can't be placed and were found of late; told of once, whoever asks how often."""
    if not settings.STAFF_EMAIL:
        return []
    recent = UnmatchedPayment.objects.filter(resolved_at__isnull=True, found_at__gt=now - TELL_WITHIN)
    return list(recent.values_list("pk", flat=True))


def tell_staff(*, unmatched_id: int, now: datetime) -> None:
    """Queue one notice; its key makes a second one nothing. It names no person, only a sum and why it waits."""
    unmatched = UnmatchedPayment.objects.select_related("charge").get(pk=unmatched_id)
    language = settings.LANGUAGE_CODE
    with override(language):
        amount = format_money(unmatched.charge.amount_minor, currency=unmatched.charge.currency, language=language)
        title = gettext("A payment waits to be placed: %(amount)s") % {"amount": amount}
        text = gettext("Reason: %(reason)s. It can be sent back on the staff's desk.") % {
            "reason": unmatched.get_reason_display()
        }
    queue_mail(
        address=settings.STAFF_EMAIL,
        kind="staff_notice",
        key=f"unmatched:{unmatched.pk}",
        language=language,
        context={"title": title, "text": text},
        now=now,
    )
