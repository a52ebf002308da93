"""Promise 18: what staff did with money says who did it, and why."""

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from core.models import TrailEntry
from ledger.audit import Checked, Finding
from payments.models import Refund


def refunds_have_a_trail() -> Checked:
    """Each refund that somebody of the staff asked for stands in the trail, with the same person and sum."""
    own = Refund.objects.filter(actor__isnull=False).annotate(
        number=Cast("pk", CharField()), sum=Cast("amount_minor", CharField())
    )
    noted = TrailEntry.objects.annotate(of=KT("facts__refund"), noted_minor=KT("facts__amount_minor")).filter(
        act="refund", actor=OuterRef("actor"), of=OuterRef("number"), noted_minor=OuterRef("sum")
    )
    findings = [Finding(message=f"{refund}: no trail of who asked for it") for refund in own.filter(~Exists(noted))]
    without = Refund.objects.filter(Q(actor__isnull=True) & ~Q(request_key__startswith="provider:"))
    findings += [Finding(message=f"{refund}: asked for by nobody") for refund in without]
    return Checked(count=own.count(), findings=findings)
