"""The promises this room holds, as the ledger's audit checks them: 12 here, 18 and 19 beside it."""

from collections.abc import Callable

from aid_packages import promises_of_people
from aid_packages.audit_rows import count_of, rows_of
from ledger import audit
from ledger.audit import Checked, Finding

# Other decisions on the fund hold its lock, so each sees all before it, in the order of their ids; what arrives without a
# lock (gifts, refunds, fees) counts if the approver's snapshot held it.
_DECIDED_AS_SEEN = """
WITH decision AS (
    SELECT 'allocation:' || id AS subject, fund_code, commitment_entry_id AS entry_id, amount_minor,
           available_seen_minor, decision_snapshot
      FROM aid_packages_allocation WHERE commitment_entry_id IS NOT NULL
    UNION ALL
    SELECT 'redirect:' || id, from_fund, entry_id, amount_minor, available_seen_minor, decision_snapshot
      FROM aid_packages_redirect WHERE entry_id IS NOT NULL
    UNION ALL
    SELECT 'cover:' || id, 'GENERAL', entry_id, amount_minor, available_seen_minor, decision_snapshot
      FROM aid_packages_losscover WHERE entry_id IS NOT NULL
)
SELECT decision.subject, decision.entry_id, decided.reference, decision.amount_minor,
       decision.available_seen_minor, seen.available
  FROM decision
  JOIN ledger_journalentry decided ON decided.id = decision.entry_id
 CROSS JOIN LATERAL (
        SELECT -coalesce(sum(posting.amount_minor), 0) AS available
          FROM ledger_posting posting
          JOIN ledger_account account ON account.id = posting.account_id AND account.use <> 'reserve'
          JOIN ledger_fund fund ON fund.id = account.fund_id AND fund.code = decision.fund_code
          JOIN ledger_journalentry entry ON entry.id = posting.entry_id
         WHERE CASE WHEN entry.kind IN ('commitment', 'redirect', 'loss_cover')
                      OR (entry.txid = decided.txid AND ledger_home_of(entry.id) = ledger_home_of(decided.id))
                    THEN entry.id < decided.id
                    ELSE ledger_was_seen(entry.id, entry.txid, decided.id, decision.decision_snapshot::pg_snapshot)
               END
       ) seen
 WHERE decision.amount_minor > seen.available OR decision.available_seen_minor <> seen.available
 ORDER BY decision.entry_id
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
                UNION ALL
                SELECT entry_id FROM aid_packages_grant
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
        UNION ALL
        SELECT given.entry_id, allocation.fund_code, given.amount_minor
          FROM aid_packages_grant given
          JOIN aid_packages_allocation allocation ON allocation.id = given.allocation_id
       ) documented USING (entry_id, fund_code)
 WHERE coalesce(booked.amount_minor, 0) <> coalesce(documented.amount_minor, 0)
 ORDER BY 1, 2
"""

_STANDING_GRANT = """
NOT EXISTS (SELECT 1 FROM aid_packages_spendingreversal reversal
             WHERE reversal.grant_id = given.id AND reversal.state = 'approved')
"""

_ENVELOPES = f"""
SELECT allocation.id, allocation.amount_minor, used.advanced, used.returned, used.settled, used.purchased, used.granted
  FROM aid_packages_allocation allocation
 CROSS JOIN LATERAL (
        SELECT (SELECT coalesce(sum(amount_minor), 0) FROM aid_packages_advance
                 WHERE allocation_id = allocation.id) AS advanced,
               (SELECT coalesce(sum(amount_minor), 0) FROM aid_packages_advancereturn
                 WHERE allocation_id = allocation.id) AS returned,
               (SELECT coalesce(sum(given.amount_minor), 0) FROM aid_packages_grant given
                 WHERE given.allocation_id = allocation.id AND {_STANDING_GRANT}) AS granted,
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
 WHERE used.advanced + used.purchased + used.granted > allocation.amount_minor
    OR used.settled + used.returned > used.advanced
    OR (allocation.state IN ('drafted', 'rejected') AND used.advanced + used.purchased + used.granted > 0)
    OR (allocation.state = 'closed' AND used.settled + used.returned <> used.advanced)
 ORDER BY allocation.id
"""  # noqa: S608 -- the condition is written above

_SET_ASIDE = f"""
SELECT coalesce(booked.fund_code, known.fund_code), coalesce(booked.amount_minor, 0), coalesce(known.amount_minor, 0)
  FROM (
        SELECT fund.code AS fund_code, sum(balance.amount_minor) AS amount_minor
          FROM ledger_monthlybalance balance
          JOIN ledger_account account ON account.id = balance.account_id AND account.use = 'encumbered'
          JOIN ledger_fund fund ON fund.id = account.fund_id
         GROUP BY 1
       ) booked
  FULL JOIN (
        SELECT allocation.fund_code, sum(parts.amount_minor) AS amount_minor
          FROM (
                SELECT id AS allocation_id, amount_minor, true AS in_stopped FROM aid_packages_allocation
                 WHERE state IN ('approved', 'emergency')
                UNION ALL
                SELECT split.allocation_id, -split.amount_minor, document.settles = 'advance'
                  FROM aid_packages_documentsplit split
                  JOIN aid_packages_spendingdocument document ON document.id = split.document_id
                 WHERE document.state = 'accepted'
                UNION ALL
                SELECT allocation_id, -amount_minor, true FROM aid_packages_advancereturn
                UNION ALL
                SELECT given.allocation_id, -given.amount_minor, false FROM aid_packages_grant given
                 WHERE {_STANDING_GRANT}
                UNION ALL
                SELECT advance.allocation_id, advance.amount_minor, true
                  FROM aid_packages_advance advance
                  JOIN aid_packages_allocation stopped ON stopped.id = advance.allocation_id
                 WHERE stopped.state = 'stopped'
               ) parts
          JOIN aid_packages_allocation allocation ON allocation.id = parts.allocation_id
         WHERE allocation.state IN ('approved', 'emergency') OR (allocation.state = 'stopped' AND parts.in_stopped)
         GROUP BY 1
       ) known USING (fund_code)
 WHERE coalesce(booked.amount_minor, 0) <> coalesce(known.amount_minor, 0)
 ORDER BY 1
"""  # noqa: S608 -- the condition is written above

_UP_THE_TREE = """
WITH RECURSIVE above AS (
    SELECT id, code AS from_fund, parent_id FROM ledger_fund
    UNION ALL
    SELECT parent.id, above.from_fund, parent.parent_id FROM above JOIN ledger_fund parent ON parent.id = above.parent_id
)
SELECT entry.id, entry.reference, redirect.from_fund, redirect.to_fund
  FROM ledger_journalentry entry
  LEFT JOIN aid_packages_redirect redirect ON redirect.entry_id = entry.id
 WHERE entry.kind = 'redirect'
   AND (redirect.id IS NULL
        OR NOT EXISTS (SELECT 1 FROM above JOIN ledger_fund fund ON fund.id = above.id
                        WHERE above.from_fund = redirect.from_fund AND fund.code = redirect.to_fund
                          AND fund.code <> redirect.from_fund)
        OR redirect.amount_minor <> (
            SELECT coalesce(sum(posting.amount_minor), 0) FROM ledger_posting posting
              JOIN ledger_account account ON account.id = posting.account_id AND account.use = 'redirect_out'
              JOIN ledger_fund fund ON fund.id = account.fund_id AND fund.code = redirect.from_fund
             WHERE posting.entry_id = entry.id)
        OR redirect.amount_minor <> (
            SELECT -coalesce(sum(posting.amount_minor), 0) FROM ledger_posting posting
              JOIN ledger_account account ON account.id = posting.account_id AND account.use = 'redirect_in'
              JOIN ledger_fund fund ON fund.id = account.fund_id AND fund.code = redirect.to_fund
             WHERE posting.entry_id = entry.id))
 ORDER BY entry.id
"""

_TAKEN_BACK = """
SELECT coalesce('document:' || document.id, 'grant:' || given.id), reversal.entry_id
  FROM aid_packages_spendingreversal reversal
  LEFT JOIN aid_packages_spendingdocument document ON document.id = reversal.document_id
  LEFT JOIN aid_packages_grant given ON given.id = reversal.grant_id
  LEFT JOIN ledger_journalentry entry ON entry.id = reversal.entry_id
 WHERE reversal.state = 'approved'
   AND (entry.reverses_id IS DISTINCT FROM coalesce(document.entry_id, given.entry_id) OR document.state <> 'reversed')
UNION ALL
SELECT 'document:' || document.id, document.entry_id
  FROM aid_packages_spendingdocument document
 WHERE document.state = 'reversed'
   AND NOT EXISTS (SELECT 1 FROM aid_packages_spendingreversal reversal
                    WHERE reversal.document_id = document.id AND reversal.state = 'approved')
 ORDER BY 1
"""

_CORRECTED = """
SELECT whole.id, split.allocation_id, sum(split.amount_minor)::bigint
  FROM aid_packages_documentsplit split
  JOIN aid_packages_spendingdocument document ON document.id = split.document_id AND document.state = 'accepted'
  JOIN aid_packages_spendingdocument whole ON whole.id = coalesce(document.corrects_id, document.id)
 GROUP BY whole.id, split.allocation_id
HAVING sum(split.amount_minor) < 0 OR whole.state <> 'accepted'
 ORDER BY 1, 2
"""

_OUTSIDE_AN_AGREEMENT = """
SELECT allocation.id, partner.code
  FROM aid_packages_allocation allocation
  JOIN aid_packages_partner partner ON partner.id = allocation.partner_id
  LEFT JOIN aid_packages_agreement agreement
       ON agreement.id = allocation.agreement_id AND agreement.partner_id = allocation.partner_id
  LEFT JOIN aid_packages_agreementend ended ON ended.agreement_id = agreement.id
  JOIN ledger_journalentry entry ON entry.id = allocation.commitment_entry_id
 WHERE agreement.id IS NULL
    OR (entry.booked_at AT TIME ZONE 'Europe/Warsaw')::date
       NOT BETWEEN agreement.first_day AND least(agreement.last_day, ended.last_day)
 ORDER BY allocation.id
"""


def register() -> None:
    """Hands the checks to the audit."""
    checks: list[tuple[int, str, Callable[[], Checked]]] = [
        (12, "allocations fit the fund as their approver saw it", decisions_fit),
        (12, "spending falls on the funds of its allocations", spending_keeps_its_purpose),
        (12, "no envelope is overdrawn", envelopes_hold),
        (12, "what is set aside is what allocations still hold", set_aside_agrees),
        (12, "redirects go up the tree, each by a decision", redirects_go_up),
        (12, "what was taken back mirrors what was accepted", reversals_mirror),
        (12, "corrections leave each document at nothing or more", corrections_fit),
        (12, "partners' envelopes stand under an agreement", envelopes_are_agreed),
        *promises_of_people.CHECKS,
    ]
    for number, name, check in checks:
        audit.register(number, name, check)


def decisions_fit() -> Checked:
    """Repeats the sum each approval was based on: decisions before it, and what else the snapshot it saw held.

    Approvals of allocations, redirects and covers, and emergencies.
    """
    findings = [
        Finding(
            message=f"{subject} of {amount} grosze was approved with {available} available (the check saw {seen})",
            entry_id=entry,
            reference=reference,
        )
        for subject, entry, reference, amount, seen, available in rows_of(_DECIDED_AS_SEEN)
    ]
    decided = count_of("aid_packages_allocation", "commitment_entry_id IS NOT NULL")
    booked = sum(count_of(f"aid_packages_{table}", "entry_id IS NOT NULL") for table in ("redirect", "losscover"))
    return Checked(decided + booked, findings)


def spending_keeps_its_purpose() -> Checked:
    """What each accepted document and grant booked as spent equals its splits, fund by fund."""
    findings = [
        Finding(
            message=f"{booked} grosze booked as spent in {fund}, documents and grants say {documented}", entry_id=entry
        )
        for entry, fund, booked, documented in rows_of(_SPENT_FOR_ITS_PURPOSE)
    ]
    return Checked(
        count_of("aid_packages_spendingdocument", "entry_id IS NOT NULL") + count_of("aid_packages_grant"), findings
    )


def envelopes_hold() -> Checked:
    """Advances, grants and purchases stay within the envelope, settlements and returns within the advances."""
    findings = [
        Finding(
            message=f"allocation:{allocation} of {amount} grosze: {advanced} advanced, {returned} returned,"
            f" {settled} settled, {purchased} purchased, {granted} granted"
        )
        for allocation, amount, advanced, returned, settled, purchased, granted in rows_of(_ENVELOPES)
    ]
    return Checked(count_of("aid_packages_allocation"), findings)


def set_aside_agrees() -> Checked:
    """Each fund's memo balance equals what its open allocations have not used up."""
    findings = [
        Finding(message=f"{fund}: {booked} grosze set aside in the ledger, {known} in its allocations")
        for fund, booked, known in rows_of(_SET_ASIDE)
    ]
    return Checked(count_of("ledger_fund"), findings)


def redirects_go_up() -> Checked:
    """Each REDIRECT is booked by a decision, to a fund above, as it says."""
    findings = [
        Finding(
            message=f"redirect from {below} to {to}, which the tree or a decision does not know",
            entry_id=entry,
            reference=ref,
        )
        for entry, ref, below, to in rows_of(_UP_THE_TREE)
    ]
    return Checked(count_of("ledger_journalentry", "kind = 'redirect'"), findings)


def reversals_mirror() -> Checked:
    """A document or grant that was taken back has its mirrored entry, and nothing else is called taken back."""
    findings = [
        Finding(message=f"{subject} was taken back without its mirrored entry", entry_id=entry)
        for subject, entry in rows_of(_TAKEN_BACK)
    ]
    return Checked(count_of("aid_packages_spendingreversal", "state = 'approved'"), findings)


def corrections_fit() -> Checked:
    """No correction takes off more than its document counts, from any allocation; none counts when its document doesn't."""
    findings = [
        Finding(message=f"document:{document} with its corrections takes {amount} grosze from allocation:{allocation}")
        for document, allocation, amount in rows_of(_CORRECTED)
    ]
    return Checked(count_of("aid_packages_spendingdocument", "corrects_id IS NOT NULL"), findings)


def envelopes_are_agreed() -> Checked:
    """Money is set aside for a partner only under an agreement with it, in force that day."""
    findings = [
        Finding(message=f"allocation:{allocation} for {partner} stands under no agreement in force")
        for allocation, partner in rows_of(_OUTSIDE_AN_AGREEMENT)
    ]
    return Checked(
        count_of("aid_packages_allocation", "partner_id IS NOT NULL AND commitment_entry_id IS NOT NULL"), findings
    )
