"""On which document a lot stands, and which lots stand on one that was taken back, or corrected since."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Coalesce

from aid_packages.deliveries.queries.rows import Upto, fetch, texts
from aid_packages.models import SpendingDocument
from ledger.models import Mark

_NO_LIMIT = 2**62


@dataclass(frozen=True)
class Paper:
    """The document that a lot of bought goods stands on now, and the lot's part of its total, in grosze."""

    lot_id: int
    document_id: int
    cost_minor: int
    is_taken_back: bool
    is_corrected: bool
    """Whether a correction of it was accepted since: the lot's cost after it is still to be said."""


@dataclass(frozen=True)
class WithoutDocument:
    """Bought goods whose document was taken back, or corrected since: what they cost has to be put right.

    Until then no report counts it, or counts it as it was before the correction.
    """

    lot_id: int
    name: dict[str, str]
    units: int
    document_id: int
    number: str
    """The document's."""
    cost_minor: int
    """In grosze."""
    entry_id: int
    """The ledger entry that took the document back, or booked the correction."""
    is_corrected: bool
    """Whether it was corrected; else it was taken back."""


# The corrections of a document, or of what it corrects, that were booked after it and count still.
_CORRECTED_SINCE = """
    SELECT max(correction.entry_id) AS entry_id
      FROM aid_packages_spendingdocument correction
     WHERE correction.corrects_id = coalesce(document.corrects_id, document.id)
       AND correction.entry_id > document.entry_id AND correction.entry_id <= %(last_entry)s
       AND NOT EXISTS (SELECT FROM aid_packages_spendingreversal gone
                        WHERE gone.document_id = correction.id AND gone.entry_id <= %(last_entry)s)
"""
_PAPERS = f"""
SELECT lot.id, document.id, coalesce(later.cost_minor, lot.cost_minor), document.state = 'reversed',
       since.entry_id IS NOT NULL
  FROM deliveries_lot lot
  LEFT JOIN LATERAL (
        SELECT document_id, cost_minor FROM deliveries_lotpaper WHERE lot_id = lot.id ORDER BY id DESC LIMIT 1
       ) later ON true
  JOIN aid_packages_spendingdocument document ON document.id = coalesce(later.document_id, lot.document_id)
 CROSS JOIN LATERAL ({_CORRECTED_SINCE}) since
 WHERE lot.origin = 'bought' AND lot.id = ANY(%(lot_ids)s)
 ORDER BY lot.id
"""  # noqa: S608 -- put together from the constant above

_WITHOUT = f"""
SELECT lot.id, item.title, lot.units, document.id, document.number, coalesce(later.cost_minor, lot.cost_minor),
       coalesce(reversal.entry_id, since.entry_id), reversal.entry_id IS NULL
  FROM deliveries_lot lot
  JOIN deliveries_aiditem item ON item.id = lot.item_id
  LEFT JOIN LATERAL (
        SELECT document_id, cost_minor FROM deliveries_lotpaper
         WHERE lot_id = lot.id AND id <= %(lot_paper)s ORDER BY id DESC LIMIT 1
       ) later ON true
  JOIN aid_packages_spendingdocument document ON document.id = coalesce(later.document_id, lot.document_id)
  LEFT JOIN aid_packages_spendingreversal reversal
    ON reversal.document_id = document.id AND reversal.entry_id <= %(last_entry)s
 CROSS JOIN LATERAL ({_CORRECTED_SINCE}) since
 WHERE lot.origin = 'bought' AND lot.id <= %(lot)s AND lot.period <= %(last)s
   AND coalesce(reversal.entry_id, since.entry_id) IS NOT NULL
   AND NOT EXISTS (SELECT FROM deliveries_stockmove back
                    WHERE back.lot_id = lot.id AND back.target = 'outside' AND back.id <= %(stock_move)s)
 ORDER BY lot.id
"""  # noqa: S608 -- put together from the constant above

_LOTS_ON = """
SELECT lot.id
  FROM deliveries_lot lot
 WHERE (lot.document_id = ANY(%(document_ids)s)
        OR lot.id IN (SELECT lot_id FROM deliveries_lotpaper WHERE document_id = ANY(%(document_ids)s)))
   AND NOT EXISTS (SELECT FROM deliveries_stockmove back WHERE back.lot_id = lot.id AND back.target = 'outside')
 ORDER BY lot.id
"""


def papers_of(*, lot_ids: Iterable[int]) -> dict[int, Paper]:
    """Lot id -> the document it stands on now, for lots that were bought. One query."""
    return {row[0]: Paper(*row) for row in fetch(_PAPERS, {"lot_ids": list(lot_ids), "last_entry": _NO_LIMIT})}


def lots_on(*, document_id: int) -> list[int]:
    """The lots that ever stood on a document, by id, those taken back apart. One query."""
    return _lots_on([document_id])


def lots_of_family(*, document_id: int) -> dict[int, Paper]:
    """The lots that stand on a document, or on one of the same invoice's corrections, with that paper. Three queries."""
    own = SpendingDocument.objects.filter(pk=document_id)
    whole = own.values_list(Coalesce("corrects_id", "pk"), flat=True)[:1]
    family = set(SpendingDocument.objects.filter(Q(pk__in=whole) | Q(corrects__in=whole)).values_list("pk", flat=True))
    papers = papers_of(lot_ids=_lots_on(sorted(family)))
    return {lot_id: paper for lot_id, paper in papers.items() if paper.document_id in family}


def _lots_on(document_ids: list[int]) -> list[int]:
    return [lot_id for (lot_id,) in fetch(_LOTS_ON, {"document_ids": document_ids})]


def without_document(
    *, last_period: int | None = None, mark: Mark | None = None, upto: Upto | None = None
) -> list[WithoutDocument]:
    """Lots of the months up to `last_period` whose document was taken back or corrected, at a mark or now. One query."""
    facts = {
        "last": last_period or _NO_LIMIT,
        "last_entry": mark.last_entry_id if mark else _NO_LIMIT,
        **{name: _NO_LIMIT if upto is None else upto.get(name, 0) for name in ("lot", "lot_paper", "stock_move")},
    }
    return [
        WithoutDocument(lot, texts(title), units, document, number, cost, entry, corrected)
        for lot, title, units, document, number, cost, entry, corrected in fetch(_WITHOUT, facts)
    ]
