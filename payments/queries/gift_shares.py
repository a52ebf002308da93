"""What running costs got of gifts, as it was said before paying, and what of it went back with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ledger.accounts import ADMIN, fund_account
from ledger.models import FundUse
from payments.share import percent_of

_SHARES = """
    WITH mine AS MATERIALIZED (
        SELECT charge.id, charge.ref, donation.id AS donation_id, policy.permille
          FROM payments_donation donation
          JOIN payments_sharepolicy policy ON policy.id = donation.share_policy_id
          JOIN payments_charge charge ON charge.donation_id = donation.id AND charge.outcome = 'gift'
         WHERE donation.id = ANY(%(donations)s)
    ), named AS MATERIALIZED (
        SELECT donation_id, permille, true AS told, 'share:' || ref AS reference FROM mine
        UNION ALL SELECT mine.donation_id, permille, false, word.start || refund.id FROM mine
                    JOIN payments_refund refund ON refund.charge_id = mine.id
                   CROSS JOIN (VALUES ('refund:'), ('refund-failed:')) word (start)
        UNION ALL SELECT mine.donation_id, permille, false, word.start || movement.ref FROM mine
                    JOIN payments_dispute dispute ON dispute.charge_id = mine.id
                    JOIN payments_disputemovement moved ON moved.dispute_id = dispute.id
                    JOIN payments_balancemovement movement ON movement.id = moved.movement_id
                   CROSS JOIN (VALUES ('chargeback:'), ('chargeback-won:')) word (start)
    )
    SELECT named.donation_id, named.permille, -(sum(posting.amount_minor) FILTER (WHERE named.told))::bigint,
           -sum(posting.amount_minor)::bigint
      FROM named JOIN ledger_journalentry entry ON entry.reference = named.reference
      JOIN ledger_posting posting ON posting.entry_id = entry.id
      JOIN ledger_account account ON account.id = posting.account_id AND account.code = %(share_in)s
     GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class GiftShare:
    """Of one gift, in grosze: `told_minor` was booked for running costs as it was said, `kept_minor` of it didn't go back."""

    permille: int
    told_minor: int
    kept_minor: int

    @property
    def percent(self) -> str:
        """Such as "2.5%", in the reader's form."""
        return percent_of(self.permille)

    @property
    def back_minor(self) -> int:
        """What went back with what went back to the donor."""
        return self.told_minor - self.kept_minor


def gift_shares(*, donation_ids: Sequence[int]) -> dict[int, GiftShare]:
    """By donation, from the books; those of which running costs got nothing aren't there. One query."""
    if not donation_ids:
        return {}
    asked: dict[str, Any] = {"donations": list(donation_ids), "share_in": fund_account(ADMIN, FundUse.SHARE_IN)}
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, asked)
        return {
            int(donation_id): GiftShare(permille=permille, told_minor=int(told), kept_minor=int(kept))
            for donation_id, permille, told, kept in cursor.fetchall()
            if told
        }
