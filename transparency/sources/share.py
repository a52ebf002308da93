"""The share for running costs beside what donors were told, read at a mark and from what stands beside it."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection

from core.periods import WARSAW, period_end, period_start
from ledger.models import Mark
from payments.models import ShareOutcome, SharePolicy, SharePolicyDecision
from payments.share import share_of

DECISIONS = SharePolicyDecision._meta.db_table

# Of each gift by itself, as it is booked: a share is rounded down to a grosz once for each. Nothing given to running costs.
_SAID = """
    SELECT coalesce(sum(gift.given * gift.permille / 1000), 0)::bigint FROM (
        SELECT entry.id, policy.permille, -sum(posting.amount_minor)::bigint AS given
          FROM ledger_journalentry entry
          JOIN payments_charge charge ON charge.ref = substring(entry.reference FROM 6) AND charge.outcome = 'gift'
          JOIN payments_donation donation ON donation.id = charge.donation_id
          JOIN payments_sharepolicy policy ON policy.id = donation.share_policy_id
          JOIN ledger_posting posting ON posting.entry_id = entry.id
          JOIN ledger_account account ON account.id = posting.account_id AND account.use = 'gifts'
          JOIN ledger_fund fund ON fund.id = account.fund_id AND fund.code <> 'ADMIN'
         WHERE entry.kind = 'gift' AND entry.reference LIKE 'gift:%%' AND entry.id <= %(last_entry)s
           AND entry.period BETWEEN %(first)s AND %(last)s
         GROUP BY entry.id, policy.permille
    ) gift
"""

# The same gifts fund by fund, in the order in which they were split when they were booked.
_PARTS = """
    SELECT entry.id, policy.permille, fund.code, -sum(posting.amount_minor)::bigint
      FROM ledger_journalentry entry
      JOIN payments_charge charge ON charge.ref = substring(entry.reference FROM 6) AND charge.outcome = 'gift'
      JOIN payments_donation donation ON donation.id = charge.donation_id
      JOIN payments_sharepolicy policy ON policy.id = donation.share_policy_id
      JOIN ledger_posting posting ON posting.entry_id = entry.id
      JOIN ledger_account account ON account.id = posting.account_id AND account.use = 'gifts'
      JOIN ledger_fund fund ON fund.id = account.fund_id
     WHERE entry.kind = 'gift' AND entry.reference LIKE 'gift:%%' AND entry.id <= %(last_entry)s
       AND entry.period BETWEEN %(first)s AND %(last)s
     GROUP BY entry.id, policy.permille, fund.code ORDER BY entry.id, min(posting.id)
"""


def last_ids() -> dict[str, int]:
    """The last decision about a policy."""
    newest = SharePolicyDecision.objects.order_by("-pk").values_list("pk", flat=True).first()
    return {DECISIONS: newest or 0}


def read_share(
    *, first_period: int, last_period: int, mark: Mark, ids: dict[str, int], funds: frozenset[str] | None = None
) -> dict[str, Any] | None:
    """What donors of the months were told, in grosze (`said`), and the policies in force in them, the oldest first: each with
    its permille, its first day, and its last, None while no other follows. None before the first policy: then nothing is asked.

    Of some `funds` only: of each gift the part of its share that they gave. What refunds took back is booked on running costs,
    gift by gift and not by fund, so then nobody can say what running costs kept (`kept` is None).
    """
    known = SharePolicy.objects.filter(decision__outcome=ShareOutcome.APPROVED, decision__pk__lte=ids.get(DECISIONS, 0))
    by_day = {policy.from_day: policy for policy in known.order_by("from_day", "decision__id")}
    if not by_day:
        return None
    first, after = _day(period_start(first_period)), _day(period_end(last_period))
    days = sorted(by_day)
    rows = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        if day < after and (following is None or following > first):
            until = None if following is None else (following - timedelta(days=1)).isoformat()
            rows.append({"permille": by_day[day].permille, "from": day.isoformat(), "until": until})
    asked = {"last_entry": mark.last_entry_id, "first": first_period, "last": last_period}
    if funds is not None:
        return {"said": _said_of(funds, asked), "kept": None, "policies": rows}
    with connection.cursor() as cursor:
        cursor.execute(_SAID, asked)
        return {"said": int(cursor.fetchone()[0]), "policies": rows}


def _said_of(funds: frozenset[str], asked: dict[str, int]) -> int:
    said = 0
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, asked)
        for (_, permille), rows in groupby(cursor, key=lambda row: row[:2]):
            parts = {code: int(given) for _, _, code, given in rows}
            said += sum(part for code, part in share_of(parts=parts, permille=permille).items() if code in funds)
    return said


def _day(instant: datetime) -> date:
    return instant.astimezone(WARSAW).date()
