"""Putting bought goods on another document, when theirs was taken back: recorded anew with the sums as corrected."""

from datetime import datetime

from django.db import transaction

from aid_packages.deliveries.models import Lot, LotPaper
from aid_packages.deliveries.operations.lots import require_on_document
from aid_packages.deliveries.operations.notes import hold_lots, note
from aid_packages.deliveries.operations.refusals import AlreadyTakenBack
from aid_packages.deliveries.queries.papers import papers_of
from aid_packages.deliveries.queries.stock import stock_of
from aid_packages.deliveries.weeks import booked_period
from aid_packages.models import SpendingDocument
from aid_packages.operations.refusals import require_positive, require_reason, same_or_refuse
from core.models import User


class PaperStands(ValueError):
    """The lot's document counts, or it was given in kind: nothing is to be put right. Expected: the page may be old."""


@transaction.atomic
def put_on_document(
    *, lot_id: int, document_id: int, cost_minor: int, actor: User, reason: str, request_key: str, now: datetime
) -> LotPaper:
    """Puts a lot whose document was taken back on another accepted one; `cost_minor` is its part of that, in grosze.

    The lot itself, its units and where they went stay as they are. The same request key again gives the same row. Raises
    PaperStands, AlreadyTakenBack (the lot), NoDocument, OtherFund, OverDocument, NotPositive, RequestKeyReused,
    ReasonMissing, Lot.DoesNotExist.
    """
    reason = require_reason(reason)
    require_positive(amount_minor=cost_minor)
    document = SpendingDocument.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    hold_lots(lot_ids=[lot_id])
    lot = Lot.objects.get(pk=lot_id)
    asked = {"lot_id": lot_id, "document_id": document_id, "cost_minor": cost_minor}
    standing = LotPaper.objects.filter(request_key=request_key).first()
    if standing is not None:
        same_or_refuse(standing, request_key=request_key, **asked)
        return standing
    paper = papers_of(lot_ids=[lot_id]).get(lot_id)
    if paper is None or not paper.is_taken_back:
        raise PaperStands
    if not stock_of(lot_ids=[lot_id])[lot_id].procured:
        raise AlreadyTakenBack(subject=str(lot))
    require_on_document(document, fund_code=lot.fund_code, cost_minor=cost_minor)
    made = LotPaper.objects.create(**asked, week=lot.week, period=booked_period(lot.week), request_key=request_key)
    facts = {"document": document_id, "before": paper.document_id, "cost_minor": cost_minor}
    note(subject=str(lot), act="lot.put_on_document", actor=actor, reason=reason, now=now, **facts)
    return made
