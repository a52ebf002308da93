"""Share policies for tests: proposed by Ada, approved by Bartek, in force since the day before the tests' today."""

from datetime import date, datetime, timedelta

from core.models import User
from payments.models import SharePolicy
from payments.monthly_calendar import warsaw_day
from payments.operations.share_policies import approve_share_policy, propose_share_policy
from tests.factories.time import NOW

WHY = "the board decided it on its meeting"


def somebody(username: str) -> User:
    """A member of staff, made once."""
    return User.objects.get_or_create(username=username)[0]


def share_policy(*, permille: int, from_day: date | None = None, now: datetime = NOW) -> SharePolicy:
    """A policy in force: decided two days before it begins, which is yesterday unless told otherwise."""
    begins = from_day or warsaw_day(now - timedelta(days=1))
    decided = datetime(begins.year, begins.month, begins.day, 9, tzinfo=now.tzinfo) - timedelta(days=2)
    policy = propose_share_policy(
        permille=permille,
        from_day=begins,
        actor=somebody("share-ada"),
        reason=WHY,
        request_key=f"share:{permille}:{begins}",
        now=decided,
    )
    return approve_share_policy(policy_id=policy.pk, actor=somebody("share-bartek"), reason=WHY, now=decided)
