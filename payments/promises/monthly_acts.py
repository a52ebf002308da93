"""Promise 18 for monthly gifts: what staff did on a donor's behalf says who did it, and why."""

from django.db.models import CharField, Exists, OuterRef
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from core.models import TrailEntry
from ledger.audit import Checked, Finding
from payments.models import MonthlyAct
from payments.monthly_states import ActState


def acts_have_a_trail() -> Checked:
    """Each act that is closed stands in the trail, with the same person; one by staff has a reason of theirs."""
    closed = MonthlyAct.objects.filter(state__in=(ActState.CONFIRMED, ActState.REFUSED)).annotate(
        number=Cast("pk", CharField())
    )
    noted = TrailEntry.objects.annotate(of=KT("facts__monthly_act")).filter(of=OuterRef("number"))
    by_staff = noted.filter(actor=OuterRef("actor"))
    without = closed.filter(actor__isnull=False).filter(~Exists(by_staff))
    findings = [Finding(message=f"{act}: no trail of who did it") for act in without]
    unnoted = closed.filter(actor__isnull=True).filter(~Exists(noted.filter(actor__isnull=True)))
    findings += [Finding(message=f"{act}: no trail of it") for act in unnoted]
    return Checked(count=closed.count(), findings=findings)
