"""Correcting statements that a later refund, a lost dispute or a refund that came back has made untrue."""

from datetime import datetime

from django.db.models import F, OuterRef, Q, Subquery

from payments.models import Statement, StatementLine
from payments.operations.statements.mail import tell
from payments.operations.statements.write import NothingGiven, yearly_statement
from payments.states import DonationState

MOST_AT_ONCE = 500


def correct_statements(*, now: datetime) -> int:
    """Make the next revision of every statement whose gifts changed since, and mail it. Says how many.

    Called daily; what is over MOST_AT_ONCE waits for the next day. May run twice: a current statement is left alone.
    """
    corrected = 0
    for statement in _untrue()[:MOST_AT_ONCE]:
        try:
            newest = yearly_statement(
                donor_id=statement.donor_id,
                donee_code=statement.donee.code,
                year=statement.year,
                currency=statement.currency,
                now=now,
            )
        except NothingGiven:
            continue
        if newest.pk != statement.pk:
            tell(statement=newest, is_correction=True, now=now)
            corrected += 1
    return corrected


def _untrue() -> list[Statement]:
    """Newest revisions that count a gift at another net than it has now. Gifts added later wait until they are asked for."""
    newest = (
        Statement.objects.filter(
            donor=OuterRef("donor"), donee=OuterRef("donee"), year=OuterRef("year"), currency=OuterRef("currency")
        )
        .order_by("-revision")
        .values("pk")[:1]
    )
    is_lost = Q(donation__state=DonationState.LOST)
    changed = StatementLine.objects.filter(
        (~is_lost & ~Q(refunded_minor=F("donation__refunded_minor")))
        | (is_lost & Q(refunded_minor__lt=F("gross_minor")))
    )
    rows = Statement.objects.filter(
        pk=Subquery(newest), pk__in=changed.values("statement"), donor__erased_at__isnull=True
    )
    return list(rows.select_related("donee", "donor").order_by("pk"))
