"""Promises 4, 5 and 8 for monthly gifts: money comes under a commitment, once for a period, and never after its end."""

from django.db.models import Count, Exists, F, OuterRef, Q

from ledger.audit import Checked, Finding
from payments.models import Charge, ChargeOutcome, Donation, MonthlyAct, MonthlyGift, MonthlySubscription
from payments.monthly_states import ENDED, LIVE, ActState, MonthlyKind, MonthlyState
from payments.promises.intents import PAID_BEFORE_INTENT_BY


def renewal_has_its_commitment() -> Checked:
    """Promise 4: each gift of an invoice belongs to a monthly gift, under terms of its own, committed before it was paid."""
    renewals = Donation.objects.filter(invoice_ref__isnull=False, settled_at__isnull=False)
    loose = renewals.filter(Q(monthly_gift=None) | ~Q(monthly_terms__gift=F("monthly_gift")))
    findings = [Finding(message=f"{row}: a renewal of no monthly gift, or under another's terms") for row in loose]
    early = renewals.filter(monthly_gift__created_at__gt=F("settled_at") + PAID_BEFORE_INTENT_BY)
    findings += [Finding(message=f"{row}: paid before its monthly gift was committed") for row in early]
    return Checked(count=renewals.count(), findings=findings)


def one_gift_per_period() -> Checked:
    """Promise 5: at most one settled donation for a monthly gift and period, none paid after a confirmed end."""
    settled = Donation.objects.filter(monthly_gift__isnull=False, settled_at__isnull=False)
    several = settled.values("monthly_gift_id", "due_on").annotate(gifts=Count("pk")).filter(gifts__gt=1)
    findings = [
        Finding(message=f"monthly_gift:{row['monthly_gift_id']}: {row['gifts']} gifts for {row['due_on']}")
        for row in several.order_by()
    ]
    late = Charge.objects.filter(
        outcome=ChargeOutcome.GIFT,
        donation__monthly_gift__state=MonthlyState.CANCELLED,
        paid_at__gt=F("donation__monthly_gift__cancelled_at"),
    )
    findings += [
        Finding(message=f"donation:{charge.donation_id}: a gift ({charge.ref}) after its monthly gift had ended")
        for charge in late
    ]
    return Checked(count=settled.count(), findings=findings)


def subscription_has_its_gift() -> Checked:
    """Promise 8: a live automatic gift has a living subscription, and one that has ended has none.

    While an act is in the air the one can be ahead of the other.
    """
    acting = MonthlyAct.objects.filter(state__in=(ActState.REQUESTED, ActState.UNKNOWN))
    living = MonthlySubscription.objects.filter(ended_at__isnull=True)
    live = MonthlyGift.objects.filter(kind=MonthlyKind.AUTOMATIC, state__in=LIVE)
    settled = live.filter(~Exists(acting.filter(gift=OuterRef("pk"))))
    without = settled.filter(~Exists(living.filter(gift=OuterRef("pk"), ref=OuterRef("subscription_ref"))))
    findings = [Finding(message=f"{gift} is {gift.state}, and nothing is taken for it") for gift in without]
    left = living.filter(~Exists(acting.filter(gift=OuterRef("gift"))), gift__state__in=ENDED)
    findings += [Finding(message=f"subscription {row.ref} lives, monthly_gift:{row.gift_id} has ended") for row in left]
    return Checked(count=live.count() + living.count(), findings=findings)
