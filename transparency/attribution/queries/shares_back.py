"""What running costs gave back of the shares that they had of each year's gifts."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from ledger.accounts import ADMIN, fund_account
from ledger.models import FundUse
from transparency.attribution.queries.snapshot import batch_of

# From what went back, for that is little: of gifts with a share alone. What came before its gift stood on a line counts in any
# month, as the gift's net does; what came afterwards counts in its month, as what is taken from the lines does.
_SHARES_BACK = """
    WITH back_by (charge_id, reference) AS MATERIALIZED (
        SELECT charge_id, word.start || id FROM payments_refund CROSS JOIN (VALUES ('refund:'), ('refund-failed:')) word (start)
         WHERE EXISTS (SELECT FROM payments_sharepolicy)
        UNION ALL
        SELECT dispute.charge_id, word.start || movement.ref FROM payments_disputemovement moved
          JOIN payments_dispute dispute ON dispute.id = moved.dispute_id
          JOIN payments_balancemovement movement ON movement.id = moved.movement_id
         CROSS JOIN (VALUES ('chargeback:'), ('chargeback-won:')) word (start)
         WHERE EXISTS (SELECT FROM payments_sharepolicy)
    ), shared AS MATERIALIZED (
        SELECT back_by.reference, charge.donation_id, charge.ref
          FROM back_by JOIN payments_charge charge ON charge.id = back_by.charge_id AND charge.outcome = 'gift'
          JOIN payments_donation donation ON donation.id = charge.donation_id AND donation.share_policy_id IS NOT NULL
    ), own AS MATERIALIZED (
        SELECT shared.donation_id, shared.ref, entry.id AS entry_id
          FROM shared JOIN ledger_journalentry entry ON entry.reference = shared.reference
    ), entries AS MATERIALIZED (
        SELECT donation_id, ref, entry_id FROM own
         UNION SELECT own.donation_id, own.ref, entry.id
                 FROM own JOIN ledger_journalentry entry ON entry.reverses_id = own.entry_id
    )
    SELECT gift.period / 100, sum(posting.amount_minor)::bigint
      FROM entries JOIN ledger_journalentry gift ON gift.reference = 'gift:' || entries.ref
      JOIN ledger_journalentry entry ON entry.id = entries.entry_id
      JOIN ledger_posting posting ON posting.entry_id = entry.id
      JOIN ledger_account account ON account.id = posting.account_id AND account.code = %(share_in)s
      LEFT JOIN LATERAL (
            SELECT batch.seen_entry FROM attribution_lineplace place
              JOIN attribution_linebatch batch ON batch.id = place.batch_id
             WHERE place.donation_id = entries.donation_id AND place.batch_id <= %(batch)s LIMIT 1) standing ON true
     WHERE gift.id <= %(upto_entry)s AND gift.period <= %(last_period)s AND entry.id <= %(upto_entry)s
       AND (standing.seen_entry IS NULL OR entry.id <= standing.seen_entry OR entry.period <= %(last_period)s)
     GROUP BY 1
"""


def shares_back(*, upto_entry: int, last_period: int, upto: Mapping[str, int] | None = None) -> dict[int, int]:
    """Year of giving -> what went back of its gifts' shares by the end of a month, in grosze; less what came back again.

    Pure as `cohorts` is, and of the same moment. One query, or two.
    """
    asked: dict[str, Any] = {
        "upto_entry": upto_entry,
        "last_period": last_period,
        "batch": batch_of(upto=upto, upto_entry=upto_entry),
        "share_in": fund_account(ADMIN, FundUse.SHARE_IN),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SHARES_BACK, asked)
        return {int(year): int(amount) for year, amount in cursor.fetchall()}
