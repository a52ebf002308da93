"""Telling staff that money waits for them: what could not be placed, and what came back."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext, override

from core.money import format_money
from donors.operations import queue_mail
from payments.models import MatterKind, Refund, RefundState, StaffMatter, UnmatchedPayment

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
    _notice(key=f"unmatched:{unmatched.pk}", title=title, text=text, now=now)


def refunds_to_tell(*, now: datetime) -> list[int]:
    """Ids of refunds that came back of late; told of once. The donor was told that the money was on its way."""
    if not settings.STAFF_EMAIL:
        return []
    recent = Refund.objects.filter(state=RefundState.FAILED, failed_at__gt=now - TELL_WITHIN)
    return list(recent.values_list("pk", flat=True))


def tell_staff_of_refund(*, refund_id: int, now: datetime) -> None:
    """Queue one notice of a refund that came back; as above, it names no person."""
    refund = Refund.objects.select_related("charge").get(pk=refund_id)
    language = settings.LANGUAGE_CODE
    with override(language):
        amount = format_money(refund.amount_minor, currency=refund.charge.currency, language=language)
        title = gettext("A refund came back: %(amount)s") % {"amount": amount}
        text = gettext("The donor's bank did not take it, so the money is with us again. The donor expects it.")
    _notice(key=f"refund_failed:{refund.pk}", title=title, text=text, now=now)


def matters_to_tell(*, now: datetime) -> list[int]:
    """Ids of matters that were opened of late and wait; told of once. Those of a comparison that went wrong are in the
    log, and tried again the next night."""
    if not settings.STAFF_EMAIL:
        return []
    recent = StaffMatter.objects.filter(resolved_at__isnull=True, opened_at__gt=now - TELL_WITHIN)
    return list(recent.exclude(kind=MatterKind.NOT_COMPARED).values_list("pk", flat=True))


def tell_staff_of_matter(*, matter_id: int, now: datetime) -> None:
    """Queue one notice of a matter; as above, it names no person."""
    matter = StaffMatter.objects.get(pk=matter_id)
    language = settings.LANGUAGE_CODE
    with override(language):
        amount = matter.facts.get("amount_minor", matter.facts.get("net_minor"))
        title = str(MatterKind(matter.kind).label)
        if amount is not None:
            currency = str(matter.facts.get("currency", "PLN"))
            title = f"{title}: {format_money(int(amount), currency=currency, language=language)}"
        text = gettext("It waits on the staff's desk, with what to do about it.")
    _notice(key=f"matter:{matter.pk}", title=title, text=text, now=now)


def _notice(*, key: str, title: str, text: str, now: datetime) -> None:
    queue_mail(
        address=settings.STAFF_EMAIL,
        kind="staff_notice",
        key=key,
        language=settings.LANGUAGE_CODE,
        context={"title": title, "text": text},
        now=now,
    )
