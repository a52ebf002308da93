"""A deficit is covered from GENERAL: proposed by one, approved by another."""

from datetime import datetime

from django.db import transaction

from aid_packages.models import LossCover, ProposalState
from aid_packages.operations.booking import FundShort, book_move, lock_and_see, lock_and_see_both
from aid_packages.operations.proposals import (
    decide,
    is_decided_so,
    lock_proposal,
    note_proposal,
    require_decidable,
)
from aid_packages.operations.refusals import require_positive, require_reason, same_or_refuse
from core.models import User
from ledger import accounts
from ledger.models import EntryKind, FundUse


class NoDeficit(ValueError):
    """The fund lacks nothing, or is GENERAL itself, which nothing stands behind. Expected."""

    def __init__(self, *, fund_code: str) -> None:
        super().__init__(fund_code)
        self.fund_code = fund_code


class MoreThanLacking(ValueError):
    """More than the fund lacks. Expected. `lacking_minor` and `wanted` in grosze."""

    def __init__(self, *, lacking_minor: int, wanted: int) -> None:
        super().__init__(f"{lacking_minor} is lacking, {wanted} is wanted")
        self.lacking_minor = lacking_minor
        self.wanted = wanted


@transaction.atomic
def propose_cover(
    *, fund_code: str, amount_minor: int, actor: User, reason: str, request_key: str, now: datetime
) -> LossCover:
    """Proposes that GENERAL give `amount_minor` grosze of what the fund lacks. Nothing is booked.

    The fund has to exist; the same request key again gives the same proposal. Raises NotPositive, NoDeficit,
    MoreThanLacking, RequestKeyReused, ReasonMissing.
    """
    reason = require_reason(reason)
    require_positive(amount_minor=amount_minor)
    available = lock_and_see(fund_code=fund_code).available_minor
    asked = {"fund_code": fund_code, "amount_minor": amount_minor}
    standing = LossCover.objects.filter(request_key=request_key).first()
    if standing:
        same_or_refuse(standing, request_key=request_key, **asked)
        return standing
    lacking = _require_lacking(fund_code, available=available, wanted=amount_minor)
    cover = LossCover.objects.create(
        **asked, lacking_minor=lacking, request_key=request_key, proposed_by=actor, proposed_at=now
    )
    note_proposal(cover, act="cover.proposed", actor=actor, reason=reason, now=now, amount_minor=amount_minor)
    return cover


@transaction.atomic
def approve_cover(*, cover_id: int, actor: User, reason: str, now: datetime) -> LossCover:
    """Books the cover (LOSS_COVER), if the fund still lacks it and GENERAL has it. Again by the same person: no more.

    Raises SamePerson, WrongState, NoDeficit, MoreThanLacking, FundShort (GENERAL has less), ReasonMissing.
    """
    reason = require_reason(reason)
    cover = lock_proposal(LossCover, proposal_id=cover_id)
    if is_decided_so(cover, to=ProposalState.APPROVED, actor=actor):
        return cover
    require_decidable(cover, actor=actor)
    amount = cover.amount_minor
    fund, general = lock_and_see_both(cover.fund_code, accounts.GENERAL)
    _require_lacking(cover.fund_code, available=fund.available_minor, wanted=amount)
    if general.available_minor < amount:
        raise FundShort(general.available_minor, fund_code=accounts.GENERAL, wanted=amount)
    entry_id = book_move(
        reference=f"loss_cover:{cover.pk}",
        kind=EntryKind.LOSS_COVER,
        debit=accounts.fund_account(accounts.GENERAL, FundUse.LOSS_COVER),
        credit=accounts.fund_account(cover.fund_code, FundUse.COVERED),
        amount_minor=amount,
        event_at=now,
        now=now,
    )
    cover.available_seen_minor = general.available_minor
    cover.decision_snapshot = general.snapshot
    decide(cover, to=ProposalState.APPROVED, actor=actor, now=now, entry_id=entry_id)
    note_proposal(cover, act="cover.approved", actor=actor, reason=reason, now=now, entries=[entry_id])
    return cover


@transaction.atomic
def refuse_cover(*, cover_id: int, actor: User, reason: str, now: datetime) -> LossCover:
    """Refuses the proposal: the deficit stays named. Raises SamePerson, WrongState, ReasonMissing."""
    reason = require_reason(reason)
    cover = lock_proposal(LossCover, proposal_id=cover_id)
    if is_decided_so(cover, to=ProposalState.REFUSED, actor=actor):
        return cover
    require_decidable(cover, actor=actor)
    decide(cover, to=ProposalState.REFUSED, actor=actor, now=now)
    note_proposal(cover, act="cover.refused", actor=actor, reason=reason, now=now)
    return cover


def _require_lacking(fund_code: str, *, available: int, wanted: int) -> int:
    if available >= 0 or fund_code == accounts.GENERAL:
        raise NoDeficit(fund_code=fund_code)
    if wanted > -available:
        raise MoreThanLacking(lacking_minor=-available, wanted=wanted)
    return -available
