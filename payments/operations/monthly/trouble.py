"""A renewal that failed: where it stands, and the mail that says what can be done."""

from datetime import datetime

from donors.models import MailKind
from donors.operations import cancel_mail, queue_mail
from payments.models import MonthlyGift, MonthlySubscription, RenewalTrouble, ScopedLink
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import ENDED, TROUBLE_MOVES, LinkPurpose, TroubleState
from payments.operations.monthly.links import MEND_LIVES, make_link
from payments.provider import InvoiceFacts, InvoiceStatus
from payments.queries.links import PAGES, link_url, manage_url

ASKS_THE_DONOR = (TroubleState.RETRYING, TroubleState.ACTION_REQUIRED, TroubleState.FAILED)
FINAL = (TroubleState.MENDED, TroubleState.DROPPED)


def follow_trouble(*, facts: InvoiceFacts, gift: MonthlyGift, now: datetime) -> TroubleState | None:
    """Move the trouble of one renewal to where its facts say it stands, and mail the donor if that asks for something.

    Called inside the caller's database transaction, which holds the gift's row lock, with facts fetched anew, of any
    invoice of the gift: one that never failed gives None and leaves nothing. The same facts twice are one move, and
    older ones that come late are none. Each state is told once for a renewal, and again only when another attempt has
    failed after the link of the mail before has run out: nobody needs a mail a day.
    """
    trouble = RenewalTrouble.objects.select_for_update().filter(invoice_ref=facts.ref).first()
    target = _where(facts=facts, gift=gift)
    news = True
    if trouble is None:
        if target is None or target in FINAL:
            return None
        trouble = _found(facts=facts, gift=gift, state=target, now=now)
    elif trouble.state in FINAL or target is None or (target in ASKS_THE_DONOR and facts.attempts < trouble.attempts):
        return TroubleState(trouble.state)
    else:
        news = target != trouble.state or facts.attempts > trouble.attempts
        _move(trouble=trouble, to_state=target, facts=facts, now=now)
    if news and target in ASKS_THE_DONOR:
        _tell(trouble=trouble, gift=gift, terms_ref=facts.terms_ref, now=now)
    return target


def drop_troubles(*, gift: MonthlyGift, now: datetime) -> int:
    """The gift has ended, so nobody is asked for its renewals any more. Says how many were dropped.

    Called in the database transaction that ends the gift: what is paid for it from then on is no gift.
    """
    waiting = RenewalTrouble.objects.select_for_update().filter(gift=gift, state__in=ASKS_THE_DONOR)
    dropped = list(waiting)
    for trouble in dropped:
        _move(trouble=trouble, to_state=TroubleState.DROPPED, facts=None, now=now)
    return len(dropped)


def _where(*, facts: InvoiceFacts, gift: MonthlyGift) -> TroubleState | None:
    if facts.status is InvoiceStatus.PAID:
        return TroubleState.MENDED
    if facts.status in (InvoiceStatus.VOID, InvoiceStatus.UNCOLLECTIBLE) or gift.state in ENDED:
        return TroubleState.DROPPED
    if facts.status is InvoiceStatus.DRAFT or facts.attempts == 0 or facts.amount_due_minor <= 0:
        return None
    if _is_over(facts.subscription_ref):
        return TroubleState.DROPPED
    if facts.needs_donor:
        return TroubleState.ACTION_REQUIRED
    return TroubleState.FAILED if facts.next_try_at is None else TroubleState.RETRYING


def _is_over(subscription_ref: str) -> bool:
    """Whether money of its renewals is no gift any more: the subscription ended, though the gift may go on."""
    return MonthlySubscription.objects.filter(ref=subscription_ref, ended_at__isnull=False).exists()


def _found(*, facts: InvoiceFacts, gift: MonthlyGift, state: TroubleState, now: datetime) -> RenewalTrouble:
    return RenewalTrouble.objects.create(
        gift=gift,
        invoice_ref=facts.ref,
        state=state,
        amount_minor=facts.amount_due_minor,
        due_on=warsaw_day(facts.period_start),
        attempts=facts.attempts,
        next_try_at=facts.next_try_at,
        found_at=now,
        moved_at=now,
    )


def _move(*, trouble: RenewalTrouble, to_state: TroubleState, facts: InvoiceFacts | None, now: datetime) -> None:
    if facts is not None:
        trouble.attempts = max(trouble.attempts, facts.attempts)
        trouble.next_try_at = facts.next_try_at
    if to_state in TROUBLE_MOVES[TroubleState(trouble.state)]:
        trouble.state, trouble.moved_at = to_state, now
    if to_state in FINAL:
        trouble.next_try_at = None
        for told in ASKS_THE_DONOR:
            for week in range(_week(trouble=trouble, now=now) + 1):
                cancel_mail(key=_mail_key(trouble=trouble, state=told, week=week))
    trouble.save(update_fields=["state", "moved_at", "attempts", "next_try_at"])


def _tell(*, trouble: RenewalTrouble, gift: MonthlyGift, terms_ref: str, now: datetime) -> None:
    state, week = TroubleState(trouble.state), _week(trouble=trouble, now=now)
    key = f"mend:{trouble.pk}:{state.value}:{week}"
    if ScopedLink.objects.filter(key=key).exists():
        return
    token = make_link(
        gift_id=gift.pk,
        purpose=LinkPurpose.MEND,
        params={"trouble": trouble.pk, "terms": terms_ref},
        key=key,
        lives_for=MEND_LIVES,
        now=now,
    )
    queue_mail(
        donor_id=gift.donor_id,
        kind=MailKind.RENEWAL_FAILED,
        key=_mail_key(trouble=trouble, state=state, week=week),
        language=gift.language,
        context={
            "sum_minor": trouble.amount_minor,
            "currency": gift.currency,
            "state": state.value,
            "next_try_on": "" if trouble.next_try_at is None else warsaw_day(trouble.next_try_at).isoformat(),
            "mend_url": link_url(token=token, page=PAGES[LinkPurpose.MEND], language=gift.language),
            "manage_url": manage_url(gift=gift),
        },
        now=now,
        lapses_at=now + MEND_LIVES,
    )


def _week(*, trouble: RenewalTrouble, now: datetime) -> int:
    """How many links' lives have passed since it was found."""
    return max(0, (now - trouble.found_at) // MEND_LIVES)


def _mail_key(*, trouble: RenewalTrouble, state: TroubleState, week: int) -> str:
    return f"renewal_failed:{trouble.pk}:{state.value}:{week}"
