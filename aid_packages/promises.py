"""The promises this room holds, as the ledger's audit checks them: 12, 18 and 19."""

from collections.abc import Callable
from typing import Any

from django.db import connection

from ledger import audit
from ledger.audit import Checked, Finding

# Other decisions on the fund hold its lock, so each sees all before it, in the order of their ids; what arrives without a
# lock (gifts, refunds, fees) counts if the approver's snapshot held it.
_COMMITTED_AS_SEEN = """
SELECT allocation.id, allocation.commitment_entry_id, commitment.reference, allocation.amount_minor,
       allocation.available_seen_minor, seen.available
  FROM aid_packages_allocation allocation
  JOIN ledger_journalentry commitment ON commitment.id = allocation.commitment_entry_id
 CROSS JOIN LATERAL (
        SELECT -coalesce(sum(posting.amount_minor), 0) AS available
          FROM ledger_posting posting
          JOIN ledger_account account ON account.id = posting.account_id AND account.use <> 'reserve'
          JOIN ledger_fund fund ON fund.id = account.fund_id AND fund.code = allocation.fund_code
          JOIN ledger_journalentry entry ON entry.id = posting.entry_id
         WHERE CASE WHEN entry.kind IN ('commitment', 'redirect', 'loss_cover') OR entry.txid = commitment.txid
                    THEN entry.id < commitment.id
                    ELSE pg_visible_in_snapshot(entry.txid, allocation.decision_snapshot::pg_snapshot)
               END
       ) seen
 WHERE allocation.amount_minor > seen.available OR allocation.available_seen_minor <> seen.available
 ORDER BY allocation.id
"""

_SPENT_FOR_ITS_PURPOSE = """
SELECT coalesce(booked.entry_id, documented.entry_id), coalesce(booked.fund_code, documented.fund_code),
       coalesce(booked.amount_minor, 0), coalesce(documented.amount_minor, 0)
  FROM (
        SELECT posting.entry_id, fund.code AS fund_code, sum(posting.amount_minor) AS amount_minor
          FROM ledger_posting posting
          JOIN ledger_account account ON account.id = posting.account_id AND account.use = 'spent'
          JOIN ledger_fund fund ON fund.id = account.fund_id
         WHERE posting.entry_id IN (
                SELECT entry_id FROM aid_packages_spendingdocument WHERE entry_id IS NOT NULL
               )
         GROUP BY 1, 2
       ) booked
  FULL JOIN (
        SELECT document.entry_id, allocation.fund_code, sum(split.amount_minor) AS amount_minor
          FROM aid_packages_documentsplit split
          JOIN aid_packages_spendingdocument document ON document.id = split.document_id
          JOIN aid_packages_allocation allocation ON allocation.id = split.allocation_id
         WHERE document.entry_id IS NOT NULL
         GROUP BY 1, 2
       ) documented USING (entry_id, fund_code)
 WHERE coalesce(booked.amount_minor, 0) <> coalesce(documented.amount_minor, 0)
 ORDER BY 1, 2
"""

_ENVELOPES = """
SELECT allocation.id, allocation.amount_minor, used.advanced, used.returned, used.settled, used.purchased
  FROM aid_packages_allocation allocation
 CROSS JOIN LATERAL (
        SELECT (SELECT coalesce(sum(amount_minor), 0) FROM aid_packages_advance
                 WHERE allocation_id = allocation.id) AS advanced,
               (SELECT coalesce(sum(amount_minor), 0) FROM aid_packages_advancereturn
                 WHERE allocation_id = allocation.id) AS returned,
               (SELECT coalesce(sum(split.amount_minor), 0)
                  FROM aid_packages_documentsplit split
                  JOIN aid_packages_spendingdocument document ON document.id = split.document_id
                 WHERE split.allocation_id = allocation.id AND document.state = 'accepted'
                   AND document.settles = 'advance') AS settled,
               (SELECT coalesce(sum(split.amount_minor), 0)
                  FROM aid_packages_documentsplit split
                  JOIN aid_packages_spendingdocument document ON document.id = split.document_id
                 WHERE split.allocation_id = allocation.id AND document.state = 'accepted'
                   AND document.settles = 'purchase') AS purchased
       ) used
 WHERE used.advanced + used.purchased > allocation.amount_minor
    OR used.settled + used.returned > used.advanced
    OR (allocation.state IN ('drafted', 'rejected') AND used.advanced + used.purchased > 0)
    OR (allocation.state = 'closed' AND used.settled + used.returned <> used.advanced)
 ORDER BY allocation.id
"""

_SET_ASIDE = """
SELECT coalesce(booked.fund_code, known.fund_code), coalesce(booked.amount_minor, 0), coalesce(known.amount_minor, 0)
  FROM (
        SELECT fund.code AS fund_code, sum(balance.amount_minor) AS amount_minor
          FROM ledger_monthlybalance balance
          JOIN ledger_account account ON account.id = balance.account_id AND account.use = 'encumbered'
          JOIN ledger_fund fund ON fund.id = account.fund_id
         GROUP BY 1
       ) booked
  FULL JOIN (
        SELECT fund_code, sum(amount_minor) AS amount_minor
          FROM (
                SELECT fund_code, amount_minor FROM aid_packages_allocation WHERE state = 'approved'
                UNION ALL
                SELECT allocation.fund_code, -split.amount_minor
                  FROM aid_packages_documentsplit split
                  JOIN aid_packages_spendingdocument document ON document.id = split.document_id
                  JOIN aid_packages_allocation allocation ON allocation.id = split.allocation_id
                 WHERE document.state = 'accepted' AND allocation.state = 'approved'
                UNION ALL
                SELECT allocation.fund_code, -returned.amount_minor
                  FROM aid_packages_advancereturn returned
                  JOIN aid_packages_allocation allocation ON allocation.id = returned.allocation_id
                 WHERE allocation.state = 'approved'
               ) parts
         GROUP BY 1
       ) known USING (fund_code)
 WHERE coalesce(booked.amount_minor, 0) <> coalesce(known.amount_minor, 0)
 ORDER BY 1
"""

_OURS = "('commitment', 'release', 'advance', 'settlement', 'return', 'purchase', 'payment', 'grant')"
"""The kinds of entries that only an act of the staff makes."""

_WITHOUT_TRAIL = f"""
SELECT entry.id, entry.reference
  FROM ledger_journalentry entry
  LEFT JOIN (
        SELECT DISTINCT jsonb_array_elements_text(facts -> 'entries')::bigint AS entry_id
          FROM core_trailentry
         WHERE actor_id IS NOT NULL AND jsonb_typeof(facts -> 'entries') = 'array'
       ) told ON told.entry_id = entry.id
 WHERE entry.kind IN {_OURS} AND told.entry_id IS NULL
 ORDER BY entry.id
"""  # noqa: S608 -- the kinds are written above

_APPROVED_BY_PREPARER = """
SELECT 'allocation:' || id FROM aid_packages_allocation WHERE decided_by_id = prepared_by_id
UNION ALL
SELECT 'document:' || id FROM aid_packages_spendingdocument WHERE decided_by_id = recorded_by_id
"""

_DECIDED_BY_MEMBER = """
SELECT 'allocation:' || allocation.id, partner.code
  FROM aid_packages_allocation allocation
  JOIN aid_packages_partner partner ON partner.id = allocation.partner_id
  JOIN aid_packages_partnermember member
       ON member.partner_id = partner.id AND member.user_id = allocation.decided_by_id
      AND member.since <= allocation.decided_at AND coalesce(member.until, 'infinity') >= allocation.decided_at
UNION ALL
SELECT 'document:' || document.id, partner.code
  FROM aid_packages_spendingdocument document
  JOIN aid_packages_allocation allocation ON allocation.id = document.allocation_id
  JOIN aid_packages_partner partner ON partner.id = allocation.partner_id
  JOIN aid_packages_partnermember member
       ON member.partner_id = partner.id AND member.user_id = document.decided_by_id
      AND member.since <= document.decided_at AND coalesce(member.until, 'infinity') >= document.decided_at
 ORDER BY 1
"""


def register() -> None:
    """Hands the checks to the audit."""
    checks: list[tuple[int, str, Callable[[], Checked]]] = [
        (12, "allocations fit the fund as their approver saw it", commitments_fit),
        (12, "spending falls on the funds of its allocations", spending_keeps_its_purpose),
        (12, "no envelope is overdrawn", envelopes_hold),
        (12, "what is set aside is what allocations still hold", set_aside_agrees),
        (18, "every staff act on money has an actor, a reason and a trail", acts_have_a_trail),
        (19, "nobody approves what they prepared", another_person_decided),
        (19, "nobody decides about the money of a partner they belong to", no_member_decided),
    ]
    for number, name, check in checks:
        audit.register(number, name, check)


def commitments_fit() -> Checked:
    """Repeats the sum each approval was based on: decisions before it, and what else the snapshot it saw held."""
    findings = [
        Finding(
            message=f"allocation:{allocation} of {amount} grosze was approved with {available} available"
            f" (the check saw {seen})",
            entry_id=entry,
            reference=reference,
        )
        for allocation, entry, reference, amount, seen, available in _rows(_COMMITTED_AS_SEEN)
    ]
    return Checked(_count("aid_packages_allocation", "commitment_entry_id IS NOT NULL"), findings)


def spending_keeps_its_purpose() -> Checked:
    """What each accepted document booked as spent equals its splits, fund by fund."""
    findings = [
        Finding(message=f"{booked} grosze booked as spent in {fund}, documents say {documented}", entry_id=entry)
        for entry, fund, booked, documented in _rows(_SPENT_FOR_ITS_PURPOSE)
    ]
    return Checked(_count("aid_packages_spendingdocument", "state = 'accepted'"), findings)


def envelopes_hold() -> Checked:
    """Advances and purchases stay within the envelope, settlements and returns within the advances."""
    findings = [
        Finding(
            message=f"allocation:{allocation} of {amount} grosze: {advanced} advanced, {returned} returned,"
            f" {settled} settled, {purchased} purchased"
        )
        for allocation, amount, advanced, returned, settled, purchased in _rows(_ENVELOPES)
    ]
    return Checked(_count("aid_packages_allocation"), findings)


def set_aside_agrees() -> Checked:
    """Each fund's memo balance equals what its open allocations have not used up."""
    findings = [
        Finding(message=f"{fund}: {booked} grosze set aside in the ledger, {known} in its allocations")
        for fund, booked, known in _rows(_SET_ASIDE)
    ]
    return Checked(_count("ledger_fund"), findings)


def acts_have_a_trail() -> Checked:
    """Each entry that only staff can make is named in the trail of a person, who gave a reason."""
    findings = [
        Finding(message="booked without an actor, a reason and a trail", entry_id=entry, reference=reference)
        for entry, reference in _rows(_WITHOUT_TRAIL)
    ]
    return Checked(_count("ledger_journalentry", f"kind IN {_OURS}"), findings)


def another_person_decided() -> Checked:
    """No allocation or document was decided by who prepared it."""
    findings = [
        Finding(message=f"{subject} was decided by who prepared it") for (subject,) in _rows(_APPROVED_BY_PREPARER)
    ]
    return Checked(_decided(), findings)


def no_member_decided() -> Checked:
    """No allocation or document was decided by a member of the partner at that time."""
    findings = [
        Finding(message=f"{subject} was decided by a member of {partner}")
        for subject, partner in _rows(_DECIDED_BY_MEMBER)
    ]
    return Checked(_decided(), findings)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _count(table: str, condition: str = "true") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {condition}")  # noqa: S608 -- both are written above
        return int(cursor.fetchone()[0])


def _decided() -> int:
    by_somebody = "decided_by_id IS NOT NULL"
    return _count("aid_packages_allocation", by_somebody) + _count("aid_packages_spendingdocument", by_somebody)
