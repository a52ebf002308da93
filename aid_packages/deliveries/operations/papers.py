"""Putting bought goods on another document: theirs was taken back and recorded anew, or a correction says what they cost."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from aid_packages.deliveries.models import Lot, LotPaper
from aid_packages.deliveries.operations.lots import hold_document, require_on_document
from aid_packages.deliveries.operations.notes import hold_lots, note
from aid_packages.deliveries.operations.refusals import AlreadyTakenBack
from aid_packages.deliveries.queries.papers import Paper, lots_of_family, papers_of
from aid_packages.deliveries.queries.stock import stock_of
from aid_packages.deliveries.weeks import booked_period
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
    document = hold_document(document_id=document_id)
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
    return _put(lot, asked, before=paper, actor=actor, reason=reason, request_key=request_key, now=now)


@transaction.atomic
def cost_after_correction(
    *, document_id: int, costs: Mapping[int, int], actor: User, reason: str, request_key: str, now: datetime
) -> list[LotPaper]:
    """Says what the lots of a corrected invoice cost after its newest correction, lot by lot, in grosze.

    From then on they stand on the correction. The same request key again gives the same rows. Raises NoDocument,
    CorrectedSince, PaperStands (a lot of another invoice, or one that stands there already), AlreadyTakenBack (a lot),
    OverDocument (all lots together), OtherFund, NotPositive, RequestKeyReused, ReasonMissing.
    """
    reason = require_reason(reason)
    for cost in costs.values():
        require_positive(amount_minor=cost)
    document = hold_document(document_id=document_id)
    hold_lots(lot_ids=costs)
    keys = {lot_id: f"{request_key}:{lot_id}" for lot_id in costs}
    asked = {lot_id: {"lot_id": lot_id, "document_id": document_id, "cost_minor": costs[lot_id]} for lot_id in costs}
    standing = {row.lot_id: row for row in LotPaper.objects.filter(request_key__in=keys.values())}
    if standing:
        for lot_id, row in standing.items():
            same_or_refuse(row, request_key=request_key, **asked[lot_id])
        return list(standing.values())
    lots = Lot.objects.in_bulk(list(costs))
    papers, stock = lots_of_family(document_id=document_id), stock_of(lot_ids=costs)
    together = sum(costs.values())
    for lot_id, lot in lots.items():
        paper = papers.get(lot_id)
        if paper is None or not (paper.is_corrected or paper.is_taken_back):
            raise PaperStands
        if not stock[lot_id].procured:
            raise AlreadyTakenBack(subject=str(lot))
        require_on_document(document, fund_code=lot.fund_code, cost_minor=together, besides=costs)
    shared = {"actor": actor, "reason": reason, "now": now}
    return [_put(lots[pk], asked[pk], before=papers[pk], request_key=keys[pk], **shared) for pk in sorted(costs)]


def _put(
    lot: Lot, asked: dict[str, int], *, before: Paper, actor: User, reason: str, request_key: str, now: datetime
) -> LotPaper:
    made = LotPaper.objects.create(**asked, week=lot.week, period=booked_period(lot.week), request_key=request_key)
    facts = {"document": made.document_id, "before": before.document_id, "cost_minor": made.cost_minor}
    note(subject=str(lot), act="lot.put_on_document", actor=actor, reason=reason, now=now, **facts)
    return made
