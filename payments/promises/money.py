"""Promises 3 and 18 of payouts and disputes: arrived once, the sum of their parts, and answered by somebody."""

from django.db.models import CharField, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat

from core.models import TrailEntry
from ledger.accounts import BANK_IN_TRANSIT
from ledger.audit import Checked, Finding
from ledger.models import EntryKind, Posting
from payments.models import Dispute, DisputeAct, MatterKind, Payout, PayoutState, StaffMatter
from payments.models.dispute import NOT_DECIDED

PARTS = Coalesce(Sum("parts__movement__net_minor"), 0)


def payouts_are_their_parts() -> Checked:
    """A payout whose parts are known is their sum, or stands in the staff's queue; what is on its way is what the books
    say is on its way."""
    known = Payout.objects.filter(reconciled_at__isnull=False).annotate(
        parts_minor=PARTS, subject=Concat(Value("payout:"), "ref")
    )
    queued = StaffMatter.objects.filter(kind=MatterKind.PAYOUT_DIFFERS, subject=OuterRef("subject"))
    silent = known.exclude(parts_minor=F("amount_minor")).filter(~Exists(queued))
    findings = [
        Finding(message=f"{row}: {row.amount_minor} was paid out, its parts are {row.parts_minor}, and nobody is told")
        for row in silent
    ]
    sent = Payout.objects.filter(movement__isnull=False)
    moving = sent.filter(state__in=[PayoutState.PENDING, PayoutState.IN_TRANSIT])
    back = sent.filter(state__in=[PayoutState.FAILED, PayoutState.CANCELLED], failure_movement=None)
    expected = sum(-sent for sent in (moving | back).values_list("movement__amount_minor", flat=True))
    on_the_way = Posting.objects.filter(
        Q(entry__reference__startswith="payout:")
        | Q(entry__reference__startswith="payout-paid:")
        | Q(entry__reference__startswith="payout-returned:"),
        account__code=BANK_IN_TRANSIT,
        entry__kind__in=[EntryKind.PAYOUT, EntryKind.REVERSAL],
    )
    if Payout.objects.exists():
        booked = int(on_the_way.filter(_of_known_payouts()).aggregate(total=Sum("amount_minor"))["total"] or 0)
        if booked != expected:
            findings.append(Finding(message=f"payouts on their way are {expected}, the books say {booked}"))
    return Checked(count=known.count(), findings=findings)


def _of_known_payouts() -> Q:
    """Entries of payouts whose row is here: a movement can be booked a moment before its payout is fetched."""
    references: list[str] = []
    rows = Payout.objects.values_list("ref", "movement__ref", "failure_movement__ref")
    for ref, movement, failure in rows:
        references += [f"payout-paid:{ref}", f"payout-returned:{ref}", f"payout:{movement}", f"payout:{failure}"]
    return Q(entry__reference__in=references)


def disputes_are_counted() -> Checked:
    """What a bank holds of a disputed charge is what was booked of it; one that is not decided stands in the queue."""
    booked = Dispute.objects.annotate(net=Coalesce(Sum("movements__booked_minor"), 0))
    wrong = booked.filter(charge__currency="PLN").exclude(Q(taken_minor=-F("net")) | Q(taken_minor=0, net__gte=0))
    findings = [Finding(message=f"{row}: the bank holds {row.taken_minor}, booked is {-row.net}") for row in wrong]
    subject = Concat(Value("dispute:"), Cast("pk", CharField()))
    waiting = Dispute.objects.filter(state__in=NOT_DECIDED).annotate(subject=subject)
    queued = StaffMatter.objects.filter(kind=MatterKind.DISPUTE, subject=OuterRef("subject"))
    findings += [Finding(message=f"{row}: not decided, and nobody is told") for row in waiting.filter(~Exists(queued))]
    return Checked(count=booked.count(), findings=findings)


def acts_on_money_have_a_trail() -> Checked:
    """Promise 18: each answer to a bank, each loss accepted and each matter closed by somebody stands in the trail."""
    noted = TrailEntry.objects.annotate(of=KT("facts__act")).filter(
        act__startswith="dispute_", actor=OuterRef("actor"), of=OuterRef("number")
    )
    acts = DisputeAct.objects.annotate(number=Cast("pk", CharField()))
    findings = [Finding(message=f"{act}: no trail of who asked for it") for act in acts.filter(~Exists(noted))]
    closed = StaffMatter.objects.filter(resolved_by__isnull=False).annotate(
        subject_of_trail=Concat(Value("matter:"), Cast("pk", CharField()))
    )
    trail = TrailEntry.objects.filter(actor=OuterRef("resolved_by"), subject=OuterRef("subject_of_trail"))
    findings += [
        Finding(message=f"matter {row.pk}: no trail of who closed it") for row in closed.filter(~Exists(trail))
    ]
    return Checked(count=acts.count() + closed.count(), findings=findings)
