"""The nightly comparison of monthly gifts: our commitments against the provider's subscriptions and renewals."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext, override

from donors.operations import queue_mail
from payments import current_provider
from payments.models import Cursor, Donation, MonthlyAct, MonthlyGift, MonthlySubscription, RenewalTrouble
from payments.monthly_states import ActState, MonthlyState, TroubleState
from payments.operations.monthly.follow import OVER, STATE_OF, apply_subscription
from payments.operations.monthly.invoices import apply_invoice
from payments.provider import InvoiceFacts, InvoiceStatus, ProviderError, SubscriptionFacts

logger = logging.getLogger(__name__)

CURSOR = "monthly_invoices"
OVERLAP = timedelta(days=35)
"""Read again what was made shortly before the last reading: a renewal can be tried for weeks before it is decided."""
BATCH = 100
BEGINNING = datetime.fromisoformat("2020-01-01T00:00:00+00:00")


def compare_monthly(*, now: datetime) -> list[str]:
    """Walk the provider's subscriptions and renewals, apply what differs, and name what can't be explained.

    A hundred to a request and to a statement: what is as it was costs no more than that. Called outside any database
    transaction. Raises ProviderUnavailable, ProviderRefused when a whole list can't be read.
    """
    unexplained = _subscriptions(now=now)
    unexplained += _invoices(now=now)
    _tell_staff(unexplained=unexplained, now=now)
    return unexplained


def _subscriptions(*, now: datetime) -> list[str]:
    unexplained: list[str] = []
    listed = current_provider().list_subscriptions(created_since=BEGINNING)
    while batch := list(islice(listed, BATCH)):
        noted = {
            row.ref: row
            for row in MonthlySubscription.objects.select_related("gift").filter(ref__in=[each.ref for each in batch])
        }
        for facts in batch:
            row = noted.get(facts.ref)
            if row is not None and _agrees(row=row, facts=facts, now=now):
                continue
            gift = apply_subscription(facts=facts, now=now)
            if facts.status in OVER:
                continue
            if gift is None:
                unexplained.append(f"subscription {facts.ref}: it lives, and no monthly gift of ours is behind it")
            else:
                unexplained += _lives_on(gift_id=gift.pk, facts=facts)
    return unexplained


def _agrees(*, row: MonthlySubscription, facts: SubscriptionFacts, now: datetime) -> bool:
    """Whether everything that a notice could have told of is known already."""
    gift = row.gift
    if facts.status in OVER:
        return (row.ended_at is not None and gift.subscription_ref != facts.ref) or gift.state == STATE_OF[facts.status]
    return (
        gift.subscription_ref == facts.ref
        and row.ended_at is None
        and row.anchor_at == facts.anchor_at
        and gift.state == STATE_OF[facts.status]
        and _ahead(gift.paused_until, now) == (_ahead(facts.resumes_at, now) if facts.paused else None)
        and (facts.method is None or (gift.method_ref, gift.method_expires) == (facts.method.ref, facts.method.expires))
    )


def _ahead(instant: datetime | None, now: datetime) -> datetime | None:
    return instant if instant is not None and instant > now else None


def _lives_on(*, gift_id: int, facts: SubscriptionFacts) -> list[str]:
    """A subscription that takes money though its gift has ended, or goes on by another one."""
    gift = MonthlyGift.objects.get(pk=gift_id)
    if gift.state == MonthlyState.CANCELLED:
        return [f"subscription {facts.ref}: it lives, but monthly gift {gift_id} has ended"]
    acting = MonthlyAct.objects.filter(gift=gift, state__in=(ActState.REQUESTED, ActState.UNKNOWN)).exists()
    if gift.subscription_ref != facts.ref and not acting:
        return [f"subscription {facts.ref}: it lives beside the one that monthly gift {gift_id} is paid by"]
    return []


def _invoices(*, now: datetime) -> list[str]:
    cursor = Cursor.objects.filter(name=CURSOR).first()
    since = cursor.moved_at - OVERLAP if cursor is not None else BEGINNING
    unexplained: list[str] = []
    listed = current_provider().list_invoices(created_since=since)
    while batch := list(islice(listed, BATCH)):
        for ref in _to_look_at(batch):
            try:
                apply_invoice(ref=ref, now=now)
            except ProviderError as error:
                unexplained.append(f"invoice {ref}: {error.kind.value}")
    Cursor.objects.update_or_create(name=CURSOR, defaults={"moved_at": now})
    return unexplained


def _to_look_at(batch: Iterable[InvoiceFacts]) -> list[str]:
    """Those that say something which nothing of ours says yet."""
    of_money = [facts for facts in batch if facts.amount_due_minor > 0]
    refs = [facts.ref for facts in of_money]
    settled = set(
        Donation.objects.filter(invoice_ref__in=refs, settled_at__isnull=False).values_list("invoice_ref", flat=True)
    )
    open_trouble = ~Q(state__in=(TroubleState.MENDED, TroubleState.DROPPED))
    troubled = set(
        RenewalTrouble.objects.filter(open_trouble, invoice_ref__in=refs).values_list("invoice_ref", flat=True)
    )
    wanted = []
    for facts in of_money:
        unheard_of = facts.ref not in settled and facts.status is InvoiceStatus.PAID
        failed = facts.status is InvoiceStatus.OPEN and facts.attempts > 0
        over = facts.ref in troubled and facts.status is not InvoiceStatus.OPEN
        if unheard_of or over or (failed and facts.ref not in troubled):
            wanted.append(facts.ref)
    return wanted


def _tell_staff(*, unexplained: list[str], now: datetime) -> None:
    """One notice a day, which names objects and no person."""
    if not unexplained or not settings.STAFF_EMAIL:
        return
    language = settings.LANGUAGE_CODE
    with override(language):
        title = gettext("Monthly gifts and the payment provider differ")
    queue_mail(
        address=settings.STAFF_EMAIL,
        kind="staff_notice",
        key=f"monthly_differ:{now.date().isoformat()}",
        language=language,
        context={"title": title, "text": "\n".join(unexplained[:50])},
        now=now,
    )
