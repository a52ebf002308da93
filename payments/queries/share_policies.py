"""Which share for running costs is in force, and which there were."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from payments.models import ShareOutcome, SharePolicy
from payments.monthly_calendar import warsaw_day
from payments.share import share_of


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
        """Such as 5 or 2.5, with a point; the page writes it in its reader's form."""
        whole, tenth = divmod(self.permille, 10)
        return f"{whole}.{tenth}" if tenth else str(whole)


def share_told(*, parts: Mapping[str, int], now: datetime) -> ShareTold | None:
    """What running costs would get now of a gift with these parts by fund; None when they get nothing. One query."""
    policy = share_in_force(now=now)
    return None if policy is None else told_of(parts=parts, permille=policy.permille)


def told_of(*, parts: Mapping[str, int], permille: int) -> ShareTold | None:
    """The same for a known policy; None for a gift to running costs alone."""
    share = sum(share_of(parts=parts, permille=permille).values())
    return ShareTold(permille=permille, example_minor=share) if share else None
