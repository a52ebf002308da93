"""Rules that every act on an allocation keeps, and the errors that say which one would be broken."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Q

from aid_packages.models import Partner, PartnerMember
from core.models import User
from core.text import clean_line
from core.trail import ReasonMissing


class SamePerson(PermissionError):
    """Somebody would approve or accept what they prepared. Expected: another person has to."""

    def __init__(self, *, subject: str) -> None:
        super().__init__(f"{subject}: the same person can't prepare and approve")
        self.subject = subject


class PartOfPartner(PermissionError):
    """Somebody with a part in the partner would decide about its money. Expected: another person has to."""

    def __init__(self, *, partner_code: str) -> None:
        super().__init__(f"a member of {partner_code} can't decide about its money")
        self.partner_code = partner_code


class WrongState(ValueError):
    """The act does not fit the state. Expected: the page may be old. `state` is the present one."""

    def __init__(self, *, subject: str, state: str) -> None:
        super().__init__(f"{subject} is {state}")
        self.subject = subject
        self.state = state


class FutureEvent(ValueError):
    """An event dated later than now. Expected: a typing mistake."""

    def __init__(self, *, event_at: datetime, now: datetime) -> None:
        super().__init__(f"{event_at.isoformat()} is after {now.isoformat()}")
        self.event_at = event_at
        self.now = now


class NotPositive(ValueError):
    """An amount of zero or less. Expected. In grosze."""

    def __init__(self, *, amount_minor: int) -> None:
        super().__init__(f"{amount_minor} is no amount")
        self.amount_minor = amount_minor


class RequestKeyReused(ValueError):
    """A request key that already stands for another act. Not expected: keys are made by our forms."""

    def __init__(self, *, request_key: str) -> None:
        super().__init__(request_key)
        self.request_key = request_key


def require_another(*, subject: str, prepared_by_id: int, actor: User) -> None:
    """Raises SamePerson when `actor` prepared it (promise 19)."""
    if prepared_by_id == actor.pk:
        raise SamePerson(subject=subject)


def require_no_part(*, partner: Partner | None, actor: User, now: datetime) -> None:
    """Raises PartOfPartner when `actor` belongs to the partner at `now`."""
    if partner is None:
        return
    at_that_time = Q(since__lte=now) & (Q(until=None) | Q(until__gte=now))
    if PartnerMember.objects.filter(at_that_time, partner=partner, user=actor).exists():
        raise PartOfPartner(partner_code=partner.code)


def require_no_part_in(*, partners: Iterable[Partner], actor: User, now: datetime) -> None:
    """Raises PartOfPartner when `actor` belongs to one of the partners at `now`."""
    for partner in partners:
        require_no_part(partner=partner, actor=actor, now=now)


def require_past(*, event_at: datetime, now: datetime) -> None:
    """Raises FutureEvent."""
    if event_at > now:
        raise FutureEvent(event_at=event_at, now=now)


def require_positive(*, amount_minor: int) -> None:
    """Raises NotPositive."""
    if amount_minor <= 0:
        raise NotPositive(amount_minor=amount_minor)


def require_reason(reason: str) -> str:
    """The reason as one line of at most 1000 characters. Raises ReasonMissing, TextError."""
    cleaned = clean_line(reason, max_length=1000)
    if not cleaned:
        raise ReasonMissing("reason")
    return cleaned


def same_or_refuse(row: models.Model, *, request_key: str, **asked: object) -> None:
    """Raises RequestKeyReused unless the row that the key stands for says what is asked again."""
    if any(getattr(row, name) != value for name, value in asked.items()):
        raise RequestKeyReused(request_key=request_key)
