"""The share for running costs is proposed by one person and approved by another, before the day from which it counts."""

from datetime import date, datetime

from django.db import transaction

from core.models import User
from core.text import clean_line
from core.trail import ReasonMissing, record
from payments.models import ShareOutcome, SharePolicy, SharePolicyDecision
from payments.models.share_policy import MOST_PERMILLE
from payments.monthly_calendar import warsaw_day

LONGEST_REASON = 500


class ShareTooHigh(ValueError):
    """More than a policy may take, or less than nothing. Expected. `most_permille` is the limit."""

    def __init__(self, *, permille: int) -> None:
        self.most_permille = MOST_PERMILLE
        super().__init__(f"{permille} permille")


class StartsTooSoon(ValueError):
    """The first day has begun: donors of that day were told something else. Expected."""

    def __init__(self, *, from_day: date) -> None:
        self.from_day = from_day
        super().__init__(from_day.isoformat())


class OwnSharePolicy(PermissionError):
    """Whoever proposed a policy doesn't decide about it. Expected."""


class ShareDecided(Exception):
    """Somebody has decided about it otherwise. Expected: two people at one desk."""


class SharePolicyReused(Exception):
    """The same request came back with other contents. Expected: a page that was sent twice, changed in between."""


def propose_share_policy(
    *, permille: int, from_day: date, actor: User, reason: str, request_key: str, now: datetime
) -> SharePolicy:
    """Propose that `permille` of what is given from `from_day` on goes to running costs; 0 ends the share.

    Nothing changes until another person approves. The same `request_key` gives the same proposal. Raises ShareTooHigh,
    StartsTooSoon, SharePolicyReused, ReasonMissing, core.text.TextError.
    """
    reason = _reason(reason, act="share_policy.proposed")
    if not 0 <= permille <= MOST_PERMILLE:
        raise ShareTooHigh(permille=permille)
    with transaction.atomic():
        asked = {"permille": permille, "from_day": from_day, "proposed_by": actor}
        known = SharePolicy.objects.filter(request_key=request_key).first()
        if known is None:
            _must_lie_ahead(from_day, now=now)
            policy, created = SharePolicy.objects.get_or_create(
                request_key=request_key, defaults={**asked, "reason": reason, "proposed_at": now}
            )
        else:
            policy, created = known, False
        if (policy.permille, policy.from_day, policy.proposed_by_id) != (permille, from_day, actor.pk):
            raise SharePolicyReused(request_key)
        if created:
            _note(policy, act="share_policy.proposed", actor=actor, reason=reason, now=now)
    return policy


def approve_share_policy(*, policy_id: int, actor: User, reason: str, now: datetime) -> SharePolicy:
    """Approve a policy: from its first day on every page says it before paying. Again by the same person: no more.

    Raises OwnSharePolicy, ShareDecided, StartsTooSoon, ReasonMissing, core.text.TextError, SharePolicy.DoesNotExist.
    """
    return _decide(policy_id=policy_id, outcome=ShareOutcome.APPROVED, actor=actor, reason=reason, now=now)


def refuse_share_policy(*, policy_id: int, actor: User, reason: str, now: datetime) -> SharePolicy:
    """Refuse a policy: it never takes effect. Raises as `approve_share_policy`, but for StartsTooSoon."""
    return _decide(policy_id=policy_id, outcome=ShareOutcome.REFUSED, actor=actor, reason=reason, now=now)


def _decide(*, policy_id: int, outcome: ShareOutcome, actor: User, reason: str, now: datetime) -> SharePolicy:
    act = f"share_policy.{outcome}"
    reason = _reason(reason, act=act)
    with transaction.atomic():
        policy = SharePolicy.objects.get(pk=policy_id)
        known = SharePolicyDecision.objects.filter(policy=policy).first()
        if known is None:
            if policy.proposed_by_id == actor.pk:
                raise OwnSharePolicy(str(policy))
            if outcome is ShareOutcome.APPROVED:
                _must_lie_ahead(policy.from_day, now=now)
            known, created = SharePolicyDecision.objects.get_or_create(  # the unique policy decides between two at once
                policy=policy,
                defaults={"outcome": outcome, "reason": reason, "decided_by": actor, "decided_at": now},
            )
            if created:
                _note(policy, act=act, actor=actor, reason=reason, now=now)
        if (known.outcome, known.decided_by_id) != (outcome, actor.pk):
            raise ShareDecided(str(policy))
    return policy


def _must_lie_ahead(from_day: date, *, now: datetime) -> None:
    """So a page that says nothing and a gift that gives a share never belong to the same day."""
    if from_day <= warsaw_day(now):
        raise StartsTooSoon(from_day=from_day)


def _reason(reason: str, *, act: str) -> str:
    cleaned = clean_line(reason, max_length=LONGEST_REASON)
    if not cleaned:
        raise ReasonMissing(act)
    return cleaned


def _note(policy: SharePolicy, *, act: str, actor: User, reason: str, now: datetime) -> None:
    facts = {"permille": policy.permille, "from_day": policy.from_day.isoformat()}
    record(actor=actor, act=act, subject=str(policy), reason=reason, now=now, facts=facts)
