"""Which share for running costs is in force, and which there were."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models.expressions import RawSQL

from payments.models import ShareOutcome, SharePolicy, SharePolicyDecision
from payments.monthly_calendar import warsaw_day
from payments.share import percent_of, share_of

_IN_FORCE = """
    (SELECT CASE WHEN newest.permille > 0 THEN newest.id END FROM (
        SELECT policy.id, policy.permille FROM payments_sharepolicy policy
          JOIN payments_sharepolicydecision decision ON decision.policy_id = policy.id AND decision.outcome = 'approved'
         WHERE policy.from_day <= %s ORDER BY policy.from_day DESC, decision.id DESC LIMIT 1) newest)
"""


@dataclass(frozen=True, slots=True)
class ShareInForce:
    """The policy that donors are told now: `permille` of each gift goes to running costs."""

    policy_id: int
    permille: int
    from_day: date


def share_in_force(*, now: datetime) -> ShareInForce | None:
    """The policy in force on this day of Warsaw's calendar; None when running costs get nothing. One query.

    Of the approved ones that have begun it is that with the latest first day; of two for one day the one approved later.
    """
    begun = SharePolicy.objects.filter(decision__outcome=ShareOutcome.APPROVED, from_day__lte=warsaw_day(now))
    policy = begun.order_by("-from_day", "-decision__id").first()
    if policy is None or not policy.permille:
        return None
    return ShareInForce(policy_id=policy.pk, permille=policy.permille, from_day=policy.from_day)


def in_force_sql(*, now: datetime) -> RawSQL:
    """The same policy's id, found by the very statement that stores it: a donation's intent costs no question more."""
    return RawSQL(_IN_FORCE, [warsaw_day(now)])  # noqa: S611 - a text of ours; the day is a parameter of it


def lower_share(*, agreed: SharePolicy | None, now: datetime) -> int | None:
    """The id of the policy for a gift that was agreed to before: of what was said then and what is in force, the lower.

    None: nothing is taken. So a later, higher policy takes no more than was shown, and a lower one counts at once.
    """
    if agreed is None:
        return None
    in_force = share_in_force(now=now)
    if in_force is None:
        return None
    return in_force.policy_id if in_force.permille < agreed.permille else agreed.pk


@dataclass(frozen=True, slots=True)
class ShareTold:
    """What the page before paying says of one gift: `permille` of it, which is `example_minor` in minor units."""

    permille: int
    example_minor: int

    @property
    def percent(self) -> str:
        """Such as "2.5%", in the reader's form."""
        return percent_of(self.permille)


def told_of(*, parts: Mapping[str, int], in_force: ShareInForce | None) -> ShareTold | None:
    """What running costs would get of a gift with these parts by fund; None when that is nothing."""
    share = sum(share_of(parts=parts, permille=in_force.permille).values()) if in_force is not None else 0
    return ShareTold(permille=in_force.permille, example_minor=share) if in_force is not None and share else None


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy for the desk: what was proposed, by whom, and what another said to it. `state` is waiting, approved,
    refused, or in_force."""

    policy: SharePolicy
    decision: SharePolicyDecision | None
    state: str


def policies_for_staff(*, now: datetime) -> list[PolicyRow]:
    """Every policy, the newest first. Two queries."""
    in_force = share_in_force(now=now)
    rows = []
    for policy in SharePolicy.objects.select_related("proposed_by", "decision__decided_by").order_by("-pk"):
        decision = getattr(policy, "decision", None)
        state = "waiting" if decision is None else str(decision.outcome)
        if in_force is not None and policy.pk == in_force.policy_id:
            state = "in_force"
        rows.append(PolicyRow(policy=policy, decision=decision, state=state))
    return rows
