"""Promises 18 and 19: every act on money has an actor, a reason and a trail, and nobody decides about their own."""

from collections.abc import Callable
from typing import Final

from aid_packages.audit_rows import count_of, rows_of
from ledger.audit import Checked, Finding

_OURS = "('commitment', 'release', 'advance', 'settlement', 'return', 'purchase', 'payment', 'grant', 'redirect', 'loss_cover')"
"""The kinds of entries that only an act of the staff makes."""

_BY_STAFF = f"""
entry.kind IN {_OURS}
    OR EXISTS (SELECT 1 FROM ledger_journalentry mirrored WHERE mirrored.id = entry.reverses_id AND mirrored.kind IN {_OURS})
"""  # noqa: S608 -- the kinds are written above

_WITHOUT_TRAIL = f"""
SELECT entry.id, entry.reference
  FROM ledger_journalentry entry
  LEFT JOIN (
        SELECT DISTINCT jsonb_array_elements_text(facts -> 'entries')::bigint AS entry_id
          FROM core_trailentry
         WHERE actor_id IS NOT NULL AND jsonb_typeof(facts -> 'entries') = 'array'
       ) told ON told.entry_id = entry.id
 WHERE ({_BY_STAFF}) AND told.entry_id IS NULL
 ORDER BY entry.id
"""  # noqa: S608 -- the conditions are written above

_DECIDED_BY_PREPARER = """
SELECT 'allocation:' || id FROM aid_packages_allocation WHERE decided_by_id = prepared_by_id
UNION ALL
SELECT 'document:' || id FROM aid_packages_spendingdocument WHERE decided_by_id = recorded_by_id
UNION ALL
SELECT 'countersignature:' || allocation.id
  FROM aid_packages_countersignature signed
  JOIN aid_packages_allocation allocation ON allocation.id = signed.allocation_id
 WHERE signed.signed_by_id = allocation.prepared_by_id
UNION ALL
SELECT 'grant:' || given.id
  FROM aid_packages_grant given
  JOIN aid_packages_allocation allocation ON allocation.id = given.allocation_id
 WHERE given.paid_by_id = allocation.prepared_by_id
UNION ALL
SELECT 'redirect:' || id FROM aid_packages_redirect WHERE decided_by_id = proposed_by_id
UNION ALL
SELECT 'cover:' || id FROM aid_packages_losscover WHERE decided_by_id = proposed_by_id
UNION ALL
SELECT 'reversal:' || id FROM aid_packages_spendingreversal WHERE decided_by_id = proposed_by_id
 ORDER BY 1
"""

# A redirect touches the partners that had a running envelope of either fund when it was decided.
_DECIDED_BY_MEMBER = """
WITH act AS (
    SELECT 'allocation:' || id AS subject, partner_id, decided_by_id AS user_id, decided_at AS at
      FROM aid_packages_allocation
    UNION ALL
    SELECT 'emergency:' || id, partner_id, prepared_by_id, prepared_at
      FROM aid_packages_allocation WHERE countersign_until IS NOT NULL
    UNION ALL
    SELECT 'document:' || document.id, allocation.partner_id, document.decided_by_id, document.decided_at
      FROM aid_packages_spendingdocument document
      JOIN aid_packages_allocation allocation ON allocation.id = document.allocation_id
    UNION ALL
    SELECT 'countersignature:' || allocation.id, allocation.partner_id, signed.signed_by_id, signed.signed_at
      FROM aid_packages_countersignature signed
      JOIN aid_packages_allocation allocation ON allocation.id = signed.allocation_id
    UNION ALL
    SELECT 'grant:' || given.id, allocation.partner_id, given.paid_by_id, given.booked_at
      FROM aid_packages_grant given
      JOIN aid_packages_allocation allocation ON allocation.id = given.allocation_id
    UNION ALL
    SELECT 'reversal:' || reversal.id, allocation.partner_id, reversal.decided_by_id, reversal.decided_at
      FROM aid_packages_spendingreversal reversal
      LEFT JOIN aid_packages_spendingdocument document ON document.id = reversal.document_id
      LEFT JOIN aid_packages_grant given ON given.id = reversal.grant_id
      JOIN aid_packages_allocation allocation
           ON allocation.id = coalesce(document.allocation_id, given.allocation_id)
    UNION ALL
    SELECT DISTINCT 'redirect:' || redirect.id, allocation.partner_id, redirect.decided_by_id, redirect.decided_at
      FROM aid_packages_redirect redirect
      JOIN aid_packages_allocation allocation
           ON allocation.fund_code IN (redirect.from_fund, redirect.to_fund)
          AND allocation.prepared_at <= redirect.decided_at
          AND allocation.state <> 'rejected' AND coalesce(allocation.closed_at, 'infinity') > redirect.decided_at
)
SELECT act.subject, partner.code
  FROM act
  JOIN aid_packages_partner partner ON partner.id = act.partner_id
  JOIN aid_packages_partnermember member
       ON member.partner_id = act.partner_id AND member.user_id = act.user_id
      AND member.since <= act.at AND coalesce(member.until, 'infinity') >= act.at
 ORDER BY 1
"""


def acts_have_a_trail() -> Checked:
    """Each entry that only staff can make is named in the trail of a person, who gave a reason."""
    findings = [
        Finding(message="booked without an actor, a reason and a trail", entry_id=entry, reference=reference)
        for entry, reference in rows_of(_WITHOUT_TRAIL)
    ]
    return Checked(count_of("ledger_journalentry entry", _BY_STAFF), findings)


def another_person_decided() -> Checked:
    """Nothing was decided by who prepared it."""
    findings = [
        Finding(message=f"{subject} was decided by who prepared it") for (subject,) in rows_of(_DECIDED_BY_PREPARER)
    ]
    return Checked(_decided(), findings)


def no_member_decided() -> Checked:
    """Nothing was decided by a member of the partner whose money it is, at that time."""
    findings = [
        Finding(message=f"{subject} was decided by a member of {partner}")
        for subject, partner in rows_of(_DECIDED_BY_MEMBER)
    ]
    return Checked(_decided(), findings)


def _decided() -> int:
    tables = ("allocation", "spendingdocument", "redirect", "losscover", "spendingreversal")
    decisions = sum(count_of(f"aid_packages_{table}", "decided_by_id IS NOT NULL") for table in tables)
    return decisions + count_of("aid_packages_grant")


CHECKS: Final[list[tuple[int, str, Callable[[], Checked]]]] = [
    (18, "every staff act on money has an actor, a reason and a trail", acts_have_a_trail),
    (19, "nobody approves what they prepared", another_person_decided),
    (19, "nobody decides about the money of a partner they belong to", no_member_decided),
]
"""(number, name, check)"""
