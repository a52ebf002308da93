"""Promises 3, 18 and 19 about the share for running costs: booked once as it was said, and said by two people."""

from collections import defaultdict
from datetime import datetime, time

from django.db import connection
from django.db.models import F, Q
from django.db.models.fields.json import KT

from core.models import TrailEntry
from core.periods import WARSAW
from ledger.audit import Checked, Finding
from payments.models import Donation, ShareOutcome, SharePolicy, SharePolicyDecision
from payments.share import share_of

MOST_FINDINGS = 100
_GIVEN = """
    SELECT charge.ref, policy.permille, fund.code, -sum(posting.amount_minor)::bigint
      FROM payments_donation donation JOIN payments_sharepolicy policy ON policy.id = donation.share_policy_id
      JOIN payments_charge charge ON charge.donation_id = donation.id AND charge.outcome = 'gift'
      JOIN ledger_journalentry entry ON entry.reference = 'gift:' || charge.ref
      JOIN ledger_posting posting ON posting.entry_id = entry.id
      JOIN ledger_account account ON account.id = posting.account_id AND account.use = 'gifts'
      JOIN ledger_fund fund ON fund.id = account.fund_id
     GROUP BY charge.ref, policy.permille, fund.code
"""
_TAKEN = """
    SELECT entry.reference, fund.code, sum(posting.amount_minor)::bigint
      FROM ledger_journalentry entry JOIN ledger_posting posting ON posting.entry_id = entry.id
      JOIN ledger_account account ON account.id = posting.account_id AND account.use = 'share_out'
      JOIN ledger_fund fund ON fund.id = account.fund_id
     WHERE entry.kind = 'share' GROUP BY entry.reference, fund.code
"""
# A database transaction books both, or neither.
_APART = """
    SELECT share.reference FROM ledger_journalentry share
      LEFT JOIN ledger_journalentry gift ON gift.reference = 'gift:' || substr(share.reference, 7)
     WHERE share.kind = 'share' AND gift.txid IS DISTINCT FROM share.txid ORDER BY 1 LIMIT %s
"""
_GIVEN_BACK = """
    WITH back_by (charge_id, reference) AS (
        SELECT charge_id, word.start || id FROM payments_refund CROSS JOIN (VALUES ('refund:'), ('refund-failed:')) word (start)
        UNION ALL
        SELECT dispute.charge_id, word.start || movement.ref FROM payments_disputemovement moved
          JOIN payments_dispute dispute ON dispute.id = moved.dispute_id
          JOIN payments_balancemovement movement ON movement.id = moved.movement_id
         CROSS JOIN (VALUES ('chargeback:'), ('chargeback-won:')) word (start)
    ), share_in AS (SELECT id FROM ledger_account WHERE code = 'fund:ADMIN:share_in'),
    returned AS (
        SELECT back_by.charge_id, sum(posting.amount_minor)::bigint AS amount
          FROM back_by JOIN ledger_journalentry entry ON entry.reference = back_by.reference
          JOIN ledger_posting posting ON posting.entry_id = entry.id AND posting.account_id = (SELECT id FROM share_in)
         GROUP BY back_by.charge_id
    )
    SELECT charge.ref, returned.amount, coalesce(-share.amount, 0)
      FROM returned JOIN payments_charge charge ON charge.id = returned.charge_id
      LEFT JOIN LATERAL (
            SELECT sum(posting.amount_minor)::bigint AS amount FROM ledger_journalentry entry
              JOIN ledger_posting posting ON posting.entry_id = entry.id AND posting.account_id = (SELECT id FROM share_in)
             WHERE entry.reference = 'share:' || charge.ref) share ON true
     WHERE returned.amount NOT BETWEEN 0 AND coalesce(-share.amount, 0) ORDER BY 1 LIMIT %s
"""


def shares_as_they_were_said() -> Checked:
    """Promise 3: each gift gave running costs what its donor was told, fund by fund, once and together with the gift; no
    other gift gave anything, and no more went back than was taken."""
    said: dict[str, dict[str, int]] = defaultdict(dict)
    permilles: dict[str, int] = {}
    booked: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN)
        for ref, permille, code, amount in cursor.fetchall():
            said[f"share:{ref}"][code], permilles[f"share:{ref}"] = amount, permille
        cursor.execute(_TAKEN)
        for reference, code, amount in cursor.fetchall():
            booked[reference][code] = amount
        cursor.execute(_APART, [MOST_FINDINGS])
        apart = [
            Finding(message=f"{reference} is not booked together with its gift") for (reference,) in cursor.fetchall()
        ]
        cursor.execute(_GIVEN_BACK, [MOST_FINDINGS])
        too_much = [
            Finding(message=f"share:{ref}: {back} went back of {share}") for ref, back, share in cursor.fetchall()
        ]
    findings = []
    for reference in sorted({*said, *booked}):
        wanted = share_of(parts=said.get(reference, {}), permille=permilles.get(reference, 0))
        if wanted != booked.get(reference, {}):
            found = booked.get(reference, {})
            findings.append(Finding(message=f"{reference}: {wanted} was said before paying, {found} is booked"))
    return Checked(count=len(said), findings=[*findings, *apart, *too_much])


def donors_were_told() -> Checked:
    """Promise 3: what is fixed on a donation is what was in force, and shown, when it was begun; of a monthly gift no more
    than was said when it was agreed to."""
    begun = Donation.objects.filter(monthly_gift=None)
    findings = []
    turns = _turns()
    for number, (starts, policy_id) in enumerate(turns):
        ends = turns[number + 1][0] if number + 1 < len(turns) else None
        of_it = begun.filter(created_at__gte=starts)
        of_it = of_it if ends is None else of_it.filter(created_at__lt=ends)
        other = of_it.exclude(share_policy=None) if policy_id is None else of_it.exclude(share_policy=policy_id)
        findings += [
            Finding(message=f"{donation}: another share than was in force") for donation in other[:MOST_FINDINGS]
        ]
    if turns:
        early = begun.filter(created_at__lt=turns[0][0], share_policy__isnull=False)
        findings += [Finding(message=f"{donation}: a share before there was one") for donation in early[:MOST_FINDINGS]]
    more = Q(monthly_terms__share_policy=None) | Q(
        share_policy__permille__gt=F("monthly_terms__share_policy__permille")
    )
    raised = Donation.objects.filter(more, monthly_gift__isnull=False, share_policy__isnull=False)
    findings += [Finding(message=f"{donation}: a higher share than was agreed") for donation in raised[:MOST_FINDINGS]]
    return Checked(count=len(turns), findings=findings)


def _turns() -> list[tuple[datetime, int | None]]:
    """From when on which policy was in force, oldest first; None where the share had ended."""
    approved = SharePolicy.objects.filter(decision__outcome=ShareOutcome.APPROVED).order_by("from_day", "decision__id")
    by_day = {policy.from_day: policy for policy in approved}
    return [
        (datetime.combine(day, time(), tzinfo=WARSAW), policy.pk if policy.permille else None)
        for day, policy in by_day.items()
    ]


def policies_have_a_trail() -> Checked:
    """Promise 18: each proposal and each decision stands in the trail, with who, what and why."""
    noted = TrailEntry.objects.annotate(permille=KT("facts__permille"))
    findings = []
    for policy in SharePolicy.objects.order_by("pk"):
        own = noted.filter(subject=str(policy), permille=str(policy.permille))
        if not own.filter(act="share_policy.proposed", actor=policy.proposed_by_id).exists():
            findings.append(Finding(message=f"{policy}: no trail of who proposed it"))
        decision = SharePolicyDecision.objects.filter(policy=policy).first()
        if decision is None:
            continue
        if not own.filter(act=f"share_policy.{decision.outcome}", actor=decision.decided_by_id).exists():
            findings.append(Finding(message=f"{policy}: no trail of who decided"))
    return Checked(count=SharePolicy.objects.count(), findings=findings)


def another_decided() -> Checked:
    """Promise 19."""
    own = SharePolicyDecision.objects.filter(decided_by=F("policy__proposed_by")).select_related("policy")
    findings = [Finding(message=f"{decision.policy}: decided by whoever proposed it") for decision in own]
    return Checked(count=SharePolicyDecision.objects.count(), findings=findings)
