"""Following the provider: what it says of a subscription is what our monthly gift is, whichever way we hear of it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from payments import current_provider
from payments.models import Donation, MonthlyAct, MonthlyGift, MonthlySubscription, RenewalTrouble
from payments.monthly_calendar import charge_times, warsaw_day
from payments.monthly_states import LIVE, NOT_BEGUN, ActState, Interval, MonthlyKind, MonthlyState
from payments.operations.asking import outside_database_transaction
from payments.operations.book_charge import WrongMode
from payments.operations.monthly.checkout import keep_page, obtain_page
from payments.operations.monthly.first_mail import write_end_mail, write_first_mail
from payments.operations.monthly.moves import lock_gift, move_monthly
from payments.operations.monthly.trouble import drop_troubles
from payments.provider import (
    CheckoutFacts,
    CheckoutStatus,
    ProviderRefused,
    Recurrence,
    SubscriptionFacts,
    SubscriptionStatus,
)

STATE_OF: dict[SubscriptionStatus, MonthlyState] = {
    SubscriptionStatus.INCOMPLETE: MonthlyState.INCOMPLETE,
    SubscriptionStatus.INCOMPLETE_EXPIRED: MonthlyState.INCOMPLETE_EXPIRED,
    SubscriptionStatus.TRIALING: MonthlyState.TRIALING,
    SubscriptionStatus.ACTIVE: MonthlyState.ACTIVE,
    SubscriptionStatus.PAST_DUE: MonthlyState.PAST_DUE,
    SubscriptionStatus.UNPAID: MonthlyState.UNPAID,
    SubscriptionStatus.CANCELLED: MonthlyState.CANCELLED,
    SubscriptionStatus.PAUSED: MonthlyState.PAUSED,
}
INTERVAL_OF: dict[Recurrence, Interval] = {
    Recurrence.MONTH: Interval.MONTH,
    Recurrence.QUARTER: Interval.QUARTER,
    Recurrence.YEAR: Interval.YEAR,
}
OVER = (SubscriptionStatus.CANCELLED, SubscriptionStatus.INCOMPLETE_EXPIRED)
MISSED_FOR = timedelta(days=3)
"""How long a charge that nothing is known of is still looked for by the sweeper."""
TAKES = frozenset({MonthlyState.TRIALING, MonthlyState.ACTIVE, MonthlyState.PAST_DUE})
"""States in which a next charge is to come."""
GAVE_UP = {MonthlyState.PAST_DUE: "failed", MonthlyState.UNPAID: "failed"}
"""What an end is called in the mail, by the state before; otherwise the mail gives no reason."""


def settle_monthly(*, gift_id: int, now: datetime) -> MonthlyState:
    """Fetch the page, the subscription and its renewals anew, and apply what they say. The webhook, the return page and
    the sweeper share it. Called outside any database transaction; may run any number of times, also at once.

    Raises ProviderUnavailable, ProviderRefused, MonthlyGift.DoesNotExist.
    """
    outside_database_transaction()
    gift = MonthlyGift.objects.get(pk=gift_id)
    if gift.state == MonthlyState.DRAFT and gift.kind == MonthlyKind.AUTOMATIC:
        try:
            gift = obtain_page(gift_id=gift_id, now=now)
        except ProviderRefused:
            gift.refresh_from_db()
    if gift.subscription_ref is None and gift.checkout_ref is not None:
        _settle_page(gift=gift, facts=current_provider().fetch_checkout(ref=gift.checkout_ref), now=now)
        gift.refresh_from_db()
    elif gift.subscription_ref is not None:
        apply_subscription(facts=current_provider().fetch_subscription(ref=gift.subscription_ref), now=now)
    _apply_renewals(gift=gift, now=now)
    MonthlyGift.objects.filter(pk=gift_id).update(looked_at=now)
    return MonthlyState(MonthlyGift.objects.values_list("state", flat=True).get(pk=gift_id))


def settle_page(*, facts: CheckoutFacts, now: datetime) -> str:
    """Apply a page that begins a monthly gift, heard of by a notice. Answers "", or why there was nothing to do."""
    gift = gift_named(ref=facts.monthly_ref)
    if gift is None:
        return "a page that no monthly gift of ours opened"
    _settle_page(gift=gift, facts=facts, now=now)
    if facts.subscription_ref:
        gift.refresh_from_db()
        _apply_renewals(gift=gift, now=now)
    return ""


def _settle_page(*, gift: MonthlyGift, facts: CheckoutFacts, now: datetime) -> None:
    if facts.subscription_ref:
        subscription = current_provider().fetch_subscription(ref=facts.subscription_ref)
        _note_page(gift=gift, facts=facts, now=now)
        apply_subscription(facts=subscription, now=now)
        return
    _note_page(gift=gift, facts=facts, now=now)


def _note_page(*, gift: MonthlyGift, facts: CheckoutFacts, now: datetime) -> None:
    with transaction.atomic():
        locked = lock_gift(gift_id=gift.pk)
        keep_page(gift=locked, facts=facts)
        unused = locked.subscription_ref is None and not facts.subscription_ref and facts.ref == locked.checkout_ref
        if unused and facts.status is CheckoutStatus.EXPIRED and locked.state in NOT_BEGUN:
            move_monthly(gift=locked, to_state=MonthlyState.EXPIRED, because="page expired", now=now)
        elif unused and facts.status is CheckoutStatus.OPEN and locked.state == MonthlyState.DRAFT:
            # the notice was faster than the provider's answer to our own request
            move_monthly(gift=locked, to_state=MonthlyState.CHECKOUT_OPEN, because="page opened", now=now)
        locked.save(update_fields=["checkout_ref", "checkout_url", "checkout_expires_at", "state"])


def _apply_renewals(*, gift: MonthlyGift, now: datetime) -> None:
    """Apply the renewals of the subscription in force that made no donation yet and could."""
    from payments.operations.monthly.invoices import apply_invoices_of  # the two follow each other

    if gift.subscription_ref is not None:
        apply_invoices_of(subscription_ref=gift.subscription_ref, now=now)


def follow_subscription(*, ref: str, now: datetime) -> MonthlyState | None:
    """Fetch a subscription and apply it, and its newest renewal if nothing stands for that yet. None when it is not ours.

    Called outside any database transaction. Raises ProviderUnavailable, ProviderRefused.
    """
    from payments.operations.monthly.invoices import apply_invoice  # the two follow each other

    outside_database_transaction()
    facts = current_provider().fetch_subscription(ref=ref)
    gift = apply_subscription(facts=facts, now=now)
    if gift is None:
        return None
    if facts.latest_invoice_ref and not _stands(gift=gift, facts=facts):
        apply_invoice(ref=facts.latest_invoice_ref, now=now)
    return MonthlyState(MonthlyGift.objects.values_list("state", flat=True).get(pk=gift.pk))


def _stands(*, gift: MonthlyGift, facts: SubscriptionFacts) -> bool:
    """Whether the newest renewal is a donation already, so that it needn't be asked for."""
    made = Donation.objects.filter(monthly_gift=gift, settled_at__isnull=False)
    return made.filter(invoice_ref=facts.latest_invoice_ref).exists()


def gift_named(*, ref: str) -> MonthlyGift | None:
    """The monthly gift that a provider's object names by our own id."""
    if not (ref.isascii() and ref.isdigit()) or len(ref) > 18:
        return None
    return MonthlyGift.objects.filter(pk=int(ref)).first()


def gift_of_subscription(*, monthly_ref: str, subscription_ref: str) -> MonthlyGift | None:
    """The gift that a subscription serves or served: as it says itself, or as we noted."""
    named = gift_named(ref=monthly_ref)
    if named is not None:
        return named
    if not subscription_ref:
        return None
    noted = MonthlySubscription.objects.select_related("gift").filter(ref=subscription_ref).first()
    return noted.gift if noted else MonthlyGift.objects.filter(subscription_ref=subscription_ref).first()


def apply_subscription(*, facts: SubscriptionFacts, now: datetime) -> MonthlyGift | None:
    """Apply what was fetched of a subscription, in one database transaction. None when it is not ours.

    The provider's present state wins, whatever ours was. Only the subscription in force decides where the gift stands; of
    another one only its dates are noted, so that its late money is known for what it is. Raises WrongMode.
    """
    found = gift_of_subscription(monthly_ref=facts.monthly_ref, subscription_ref=facts.ref)
    if found is None:
        return None
    if facts.livemode is not settings.STRIPE_LIVEMODE:
        raise WrongMode(charge_ref=facts.ref)
    with transaction.atomic():
        gift = lock_gift(gift_id=found.pk)
        acting = MonthlyAct.objects.filter(gift=gift, state__in=(ActState.REQUESTED, ActState.UNKNOWN)).exists()
        _note_subscription(gift=gift, facts=facts)
        if _is_in_force(gift=gift, facts=facts, acting=acting):
            _mirror(gift=gift, facts=facts, acting=acting, now=now)
    return gift


def mirror_subscription(*, gift: MonthlyGift, facts: SubscriptionFacts, now: datetime) -> None:
    """Take over what was read back of the subscription that is in force after an act. Called in the database transaction
    that closes the act and holds the gift's row lock; mails are the act's own business."""
    _note_subscription(gift=gift, facts=facts)
    _mirror(gift=gift, facts=facts, acting=True, now=now)


def _note_subscription(*, gift: MonthlyGift, facts: SubscriptionFacts) -> None:
    present: dict[str, str | datetime | None] = {
        "customer_ref": facts.customer_ref,
        "anchor_at": facts.anchor_at,
    }
    if facts.status in OVER:
        present["ended_at"] = facts.ended_at or facts.cancelled_at
    MonthlySubscription.objects.update_or_create(
        ref=facts.ref,
        defaults=present,
        create_defaults={"gift": gift, "began_at": facts.created_at, **present},
    )


def _is_in_force(*, gift: MonthlyGift, facts: SubscriptionFacts, acting: bool) -> bool:
    """Whether this subscription is the gift's means now. While an act is in the air, which one it is is the act's to say:
    its first half can be heard of before its second is done.

    An end that was confirmed stays: facts fetched before it can come after it, and the donor was told. What lives on all
    the same is named by the nightly comparison.
    """
    over = facts.status in OVER
    if gift.state == MonthlyState.CANCELLED and not over:
        return False
    if gift.subscription_ref == facts.ref:
        return True
    if acting or gift.kind != MonthlyKind.AUTOMATIC:
        return False
    if gift.subscription_ref is None:
        return not over or gift.state in NOT_BEGUN
    before = MonthlySubscription.objects.filter(ref=gift.subscription_ref).first()
    return not over and before is not None and before.ended_at is not None


def _mirror(*, gift: MonthlyGift, facts: SubscriptionFacts, acting: bool, now: datetime) -> None:
    before = MonthlyState(gift.state)
    state = STATE_OF[facts.status]
    gift.subscription_ref, gift.customer_ref = facts.ref, facts.customer_ref
    if facts.method is not None:
        gift.method_ref, gift.method_kind = facts.method.ref, facts.method.kind[:24]
        gift.method_expires = facts.method.expires
    gift.paused_until = _paused_until(gift=gift, facts=facts, now=now)
    gift.next_charge_at = _next_charge_at(gift=gift, facts=facts, state=state, now=now)
    over = state is MonthlyState.CANCELLED
    gift.cancelled_at = (facts.ended_at or facts.cancelled_at or now) if over else None
    if gift.began_at is None and state in LIVE:
        gift.began_at = facts.created_at
    moved = move_monthly(gift=gift, to_state=state, because=f"provider: {facts.status.value}", now=now)
    gift.looked_at = now
    gift.save()
    if state in LIVE and before not in LIVE and before is not MonthlyState.CANCELLED:
        write_first_mail(gift=gift, now=now)
    if over and moved:
        drop_troubles(gift=gift, now=now)
        if not acting and before in LIVE:
            write_end_mail(gift=gift, reason=GAVE_UP.get(before, ""), now=now)


def _paused_until(*, gift: MonthlyGift, facts: SubscriptionFacts, now: datetime) -> datetime | None:
    """The end of the pause; one that is over stays noted, since it says which charges were left out."""
    if facts.paused:
        return facts.resumes_at
    return gift.paused_until if gift.paused_until is not None and gift.paused_until <= now else None


def _next_charge_at(
    *, gift: MonthlyGift, facts: SubscriptionFacts, state: MonthlyState, now: datetime
) -> datetime | None:
    """The next charge, by the provider's own anchor; after a trial or a pause, the first one then.

    The one of the present period stays the next one for some days while nothing is known of it, so that a renewal whose
    notice never came is looked for. None while nothing is to come: ended, unpaid, or paused without an end.
    """
    if state not in TAKES or facts.cancel_at_period_end or (facts.paused and facts.resumes_at is None):
        return None
    if _is_missing(gift=gift, facts=facts, now=now):
        return facts.period_start
    after = max([now, *(at for at in (facts.trial_end, facts.resumes_at if facts.paused else None) if at)])
    return charge_times(anchor_at=facts.anchor_at, interval=INTERVAL_OF[facts.recurrence], after=after, count=1)[0]


def _is_missing(*, gift: MonthlyGift, facts: SubscriptionFacts, now: datetime) -> bool:
    """Whether the present period began with a charge of which we know neither that it was made nor that it failed."""
    begun = facts.period_start
    if facts.paused or not now - MISSED_FOR < begun <= now or (facts.trial_end and begun <= facts.trial_end):
        return False
    if gift.paused_until is not None and begun < gift.paused_until:
        return False
    just_before = begun - timedelta(seconds=1)
    times = charge_times(anchor_at=facts.anchor_at, interval=INTERVAL_OF[facts.recurrence], after=just_before, count=1)
    if times[0] != begun:
        return False  # the time before the first charge, for which nothing is taken
    due_on = warsaw_day(begun)
    made = Donation.objects.filter(monthly_gift=gift, due_on=due_on, settled_at__isnull=False)
    return not made.exists() and not RenewalTrouble.objects.filter(gift=gift, due_on=due_on).exists()
