"""What reports ask about spending. Every row hangs on a ledger entry: the same mark gives the same answer for ever."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from ledger.models import Mark


@dataclass(frozen=True)
class SpendingRow:
    """What was turned into help, with documents or by a final grant. `partner_code` is empty for ourselves.

    The sum in grosze; negative where more was taken back in these months than was accepted.
    """

    fund_code: str
    partner_code: str
    region_code: str
    grade: str
    """A value of EvidenceGrade."""
    accepted_minor: int
    documents: int
    """Documents with a part in this row, less those taken back; one that is split counts in each, a grant in none."""


@dataclass(frozen=True)
class WithPartner:
    """What a partner has received from a fund and not yet accounted for, in grosze."""

    partner_code: str
    fund_code: str
    unsettled_minor: int


_SPENDING = """
SELECT fund_code, partner_code, region_code, grade, sum(amount_minor)::bigint,
       count(DISTINCT document_id) - count(DISTINCT taken_back_id)
  FROM (
        SELECT split.allocation_id, document.grade, split.amount_minor, document.entry_id, document.id AS document_id,
               NULL::bigint AS taken_back_id
          FROM aid_packages_documentsplit split
          JOIN aid_packages_spendingdocument document ON document.id = split.document_id
         WHERE document.entry_id IS NOT NULL
        UNION ALL
        SELECT split.allocation_id, document.grade, -split.amount_minor, reversal.entry_id, NULL, document.id
          FROM aid_packages_spendingreversal reversal
          JOIN aid_packages_spendingdocument document ON document.id = reversal.document_id
          JOIN aid_packages_documentsplit split ON split.document_id = document.id
         WHERE reversal.entry_id IS NOT NULL
        UNION ALL
        SELECT allocation_id, grade, amount_minor, entry_id, NULL, NULL FROM aid_packages_grant
        UNION ALL
        SELECT given.allocation_id, given.grade, -given.amount_minor, reversal.entry_id, NULL, NULL
          FROM aid_packages_spendingreversal reversal
          JOIN aid_packages_grant given ON given.id = reversal.grant_id
         WHERE reversal.entry_id IS NOT NULL
       ) spent
  JOIN ledger_journalentry entry ON entry.id = spent.entry_id
  JOIN LATERAL (
        SELECT allocation.fund_code, coalesce(partner.code, '') AS partner_code, region.code AS region_code
          FROM aid_packages_allocation allocation
          JOIN aid_packages_region region ON region.id = allocation.region_id
          LEFT JOIN aid_packages_partner partner ON partner.id = allocation.partner_id
         WHERE allocation.id = spent.allocation_id
       ) place ON true
 WHERE entry.id <= %(last_entry_id)s AND entry.period BETWEEN %(first_period)s AND %(last_period)s
 GROUP BY 1, 2, 3, 4
HAVING sum(amount_minor) <> 0 OR count(DISTINCT document_id) <> count(DISTINCT taken_back_id)
 ORDER BY 1, 2, 3, 4
"""

_WITH_PARTNERS = """
SELECT partner.code, allocation.fund_code, sum(moved.amount_minor)::bigint
  FROM (
        SELECT allocation_id, amount_minor, entry_id FROM aid_packages_advance
        UNION ALL
        SELECT allocation_id, -amount_minor, entry_id FROM aid_packages_advancereturn
        UNION ALL
        SELECT split.allocation_id, -split.amount_minor, document.entry_id
          FROM aid_packages_documentsplit split
          JOIN aid_packages_spendingdocument document ON document.id = split.document_id
         WHERE document.settles = 'advance' AND document.entry_id IS NOT NULL
        UNION ALL
        SELECT split.allocation_id, split.amount_minor, reversal.entry_id
          FROM aid_packages_spendingreversal reversal
          JOIN aid_packages_spendingdocument document ON document.id = reversal.document_id
          JOIN aid_packages_documentsplit split ON split.document_id = document.id
         WHERE document.settles = 'advance' AND reversal.entry_id IS NOT NULL
       ) moved
  JOIN aid_packages_allocation allocation ON allocation.id = moved.allocation_id
  JOIN aid_packages_partner partner ON partner.id = allocation.partner_id
 WHERE moved.entry_id <= %(last_entry_id)s
 GROUP BY 1, 2
HAVING sum(moved.amount_minor) <> 0
 ORDER BY 1, 2
"""

_COMMITTED = """
SELECT fund.code, sum(posting.amount_minor)::bigint
  FROM ledger_posting posting
  JOIN ledger_account account ON account.id = posting.account_id AND account.use = 'encumbered'
  JOIN ledger_fund fund ON fund.id = account.fund_id
 WHERE posting.entry_id <= %(last_entry_id)s
 GROUP BY 1
HAVING sum(posting.amount_minor) <> 0
 ORDER BY 1
"""

_NO_MARK = 2**62


def spending_rows(*, first_period: int, last_period: int, mark: Mark | None = None) -> list[SpendingRow]:
    """Accepted documents and grants booked in the periods, less what was taken back in them. One query.

    By fund, partner, region and grade.
    """
    rows = _rows(_SPENDING, mark, first_period=first_period, last_period=last_period)
    return [SpendingRow(*row) for row in rows]


def with_partners(*, mark: Mark | None = None) -> list[WithPartner]:
    """Unsettled advances by partner and fund, all periods up to the mark. One query."""
    return [WithPartner(*row) for row in _rows(_WITH_PARTNERS, mark)]


def committed(*, mark: Mark | None = None) -> dict[str, int]:
    """Fund code -> grosze set aside for approved allocations and not used up, unsettled advances included."""
    return dict(_rows(_COMMITTED, mark))


def _rows(sql: str, mark: Mark | None, **facts: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"last_entry_id": mark.last_entry_id if mark else _NO_MARK, **facts})
        return list(cursor.fetchall())
