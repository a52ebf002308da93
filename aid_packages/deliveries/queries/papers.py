"""On which document a lot stands, and which lots stand on one that was taken back."""

from collections.abc import Iterable
from dataclasses import dataclass

from aid_packages.deliveries.queries.rows import Upto, fetch, texts
from ledger.models import Mark

_NO_LIMIT = 2**62


@dataclass(frozen=True)
class Paper:
    """The document that a lot of bought goods stands on now, and the lot's part of its total, in grosze."""

    lot_id: int
    document_id: int
    cost_minor: int
    is_taken_back: bool


@dataclass(frozen=True)
class WithoutDocument:
    """Bought goods whose document was taken back: what they cost is counted in no report until they stand on another."""

    lot_id: int
    name: dict[str, str]
    units: int
    document_id: int
    number: str
    """The document's."""
    cost_minor: int
    """In grosze."""
    entry_id: int
    """The ledger entry that took the document back."""


_PAPERS = """
SELECT lot.id, coalesce(later.document_id, lot.document_id), coalesce(later.cost_minor, lot.cost_minor),
       EXISTS (SELECT FROM aid_packages_spendingreversal reversal
                WHERE reversal.document_id = coalesce(later.document_id, lot.document_id)
                  AND reversal.entry_id IS NOT NULL)
  FROM deliveries_lot lot
  LEFT JOIN LATERAL (
        SELECT document_id, cost_minor FROM deliveries_lotpaper WHERE lot_id = lot.id ORDER BY id DESC LIMIT 1
       ) later ON true
 WHERE lot.origin = 'bought' AND lot.id = ANY(%(lot_ids)s)
 ORDER BY lot.id
"""

_WITHOUT = """
SELECT lot.id, item.title, lot.units, document.id, document.number, coalesce(later.cost_minor, lot.cost_minor),
       reversal.entry_id
  FROM aid_packages_spendingreversal reversal
  JOIN aid_packages_spendingdocument document ON document.id = reversal.document_id
  JOIN deliveries_lot lot
    ON lot.document_id = document.id
    OR EXISTS (SELECT FROM deliveries_lotpaper paper WHERE paper.lot_id = lot.id AND paper.document_id = document.id)
  JOIN deliveries_aiditem item ON item.id = lot.item_id
  LEFT JOIN LATERAL (
        SELECT document_id, cost_minor FROM deliveries_lotpaper
         WHERE lot_id = lot.id AND id <= %(lot_paper)s ORDER BY id DESC LIMIT 1
       ) later ON true
 WHERE reversal.entry_id <= %(last_entry)s AND lot.id <= %(lot)s AND lot.period <= %(last)s
   AND document.id = coalesce(later.document_id, lot.document_id)
   AND NOT EXISTS (SELECT FROM deliveries_stockmove back
                    WHERE back.lot_id = lot.id AND back.target = 'outside' AND back.id <= %(stock_move)s)
 ORDER BY lot.id
"""

_LOTS_ON = """
SELECT lot.id
  FROM deliveries_lot lot
 WHERE (lot.document_id = %(document_id)s
        OR lot.id IN (SELECT lot_id FROM deliveries_lotpaper WHERE document_id = %(document_id)s))
   AND NOT EXISTS (SELECT FROM deliveries_stockmove back WHERE back.lot_id = lot.id AND back.target = 'outside')
 ORDER BY lot.id
"""


def papers_of(*, lot_ids: Iterable[int]) -> dict[int, Paper]:
    """Lot id -> the document it stands on now, for lots that were bought. One query."""
    return {row[0]: Paper(*row) for row in fetch(_PAPERS, {"lot_ids": list(lot_ids)})}


def lots_on(*, document_id: int) -> list[int]:
    """The lots that ever stood on a document, by id, those taken back apart. One query."""
    found = fetch(_LOTS_ON, {"document_id": document_id})
    return [lot_id for (lot_id,) in found]


def without_document(
    *, last_period: int | None = None, mark: Mark | None = None, upto: Upto | None = None
) -> list[WithoutDocument]:
    """Lots of the months up to `last_period` whose document was taken back, at a mark or now. One query."""
    facts = {
        "last": last_period or _NO_LIMIT,
        "last_entry": mark.last_entry_id if mark else _NO_LIMIT,
        **{name: _NO_LIMIT if upto is None else upto.get(name, 0) for name in ("lot", "lot_paper", "stock_move")},
    }
    return [
        WithoutDocument(lot, texts(title), units, document, number, cost, entry)
        for lot, title, units, document, number, cost, entry in fetch(_WITHOUT, facts)
    ]
