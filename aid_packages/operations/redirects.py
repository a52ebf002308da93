"""What a need or an area can't use goes up its tree: proposed by one, approved by another, booked, and told to the donors."""

from datetime import datetime

from django.db import transaction

from aid_packages.models import Area, Giving, Need, NeedState, ProposalState, Redirect, RedirectTold
from aid_packages.operations.booking import FundShort, book_move, lock_and_see_both
from aid_packages.operations.proposals import (
    decide,
    is_decided_so,
    lock_proposal,
    note_proposal,
    partners_of,
    require_decidable,
)
from aid_packages.operations.refusals import (
    WrongState,
    require_no_part_in,
    require_positive,
    require_reason,
    same_or_refuse,
)
from aid_packages.queries.day import warsaw_day
from aid_packages.queries.redirects import CanGoOn, over
from aid_packages.queries.tree import above
from core.models import User
from core.queue import enqueue
from core.trail import record
from ledger import accounts
from ledger.models import EntryKind, FundUse
from ledger.operations import lock_funds

TELL = "aid.tell_of_redirect"
"""The task that tells the donors; it lives where both help and donations are known."""


class NotUpTheTree(ValueError):
    """The fund that money would go to does not stand above the need's. Expected: the clause allows no other way."""

    def __init__(self, *, from_fund: str, to_fund: str) -> None:
        super().__init__(f"{to_fund} is not above {from_fund}")
        self.from_fund = from_fund
        self.to_fund = to_fund


class NothingOver(ValueError):
    """The need, or the area, can use all that it has. Expected."""


class MoreThanOver(ValueError):
    """More than the need can't use. Expected. `over_minor` and `wanted` in grosze."""

    def __init__(self, *, over_minor: int, wanted: int) -> None:
        super().__init__(f"{over_minor} is over, {wanted} is wanted")
        self.over_minor = over_minor
        self.wanted = wanted


@transaction.atomic
def propose_redirect(
    *, need_id: int, to_fund: str, amount_minor: int, actor: User, reason: str, request_key: str, now: datetime
) -> Redirect:
    """Proposes that `amount_minor` grosze of the need go to a fund above it, under the need's clause. Nothing is booked.

    The same request key again gives the same proposal. Raises NotPositive, NotUpTheTree, NothingOver, MoreThanOver,
    PartOfPartner (of a partner with an envelope of either fund), RequestKeyReused, ReasonMissing, Need.DoesNotExist.
    """
    need = Need.objects.select_related("clause").get(pk=need_id)
    return _propose(need, to_fund, amount_minor, actor=actor, reason=reason, request_key=request_key, now=now)


@transaction.atomic
def propose_area_redirect(
    *, area_id: int, to_fund: str, amount_minor: int, actor: User, reason: str, request_key: str, now: datetime
) -> Redirect:
    """The same of what an area's own fund can't use: it goes where help is needed most, under the newest of its clauses.

    Raises what propose_redirect raises, and Area.DoesNotExist instead of Need's.
    """
    area = Area.objects.get(pk=area_id)
    return _propose(area, to_fund, amount_minor, actor=actor, reason=reason, request_key=request_key, now=now)


def _propose(
    source: Need | Area, to_fund: str, amount_minor: int, *, actor: User, reason: str, request_key: str, now: datetime
) -> Redirect:
    reason = require_reason(reason)
    require_positive(amount_minor=amount_minor)
    from_fund = source.fund_code
    if to_fund not in above(fund_code=from_fund):
        raise NotUpTheTree(from_fund=from_fund, to_fund=to_fund)
    lock_funds(codes=[from_fund])
    asked = {
        "need": source if isinstance(source, Need) else None,
        "area": source if isinstance(source, Area) else None,
        "from_fund": from_fund,
        "to_fund": to_fund,
        "amount_minor": amount_minor,
    }
    standing = Redirect.objects.filter(request_key=request_key).first()
    if standing:
        same_or_refuse(standing, request_key=request_key, **asked)
        return standing
    require_no_part_in(partners=partners_of(fund_codes=[from_fund, to_fund]), actor=actor, now=now)
    found = _require_over(source, amount_minor=amount_minor, now=now)
    redirect = Redirect.objects.create(
        **asked,
        reason_code=found.reason_code,
        clause=found.clause,
        over_minor=found.over_minor,
        request_key=request_key,
        proposed_by=actor,
        proposed_at=now,
    )
    note_proposal(redirect, act="redirect.proposed", actor=actor, reason=reason, now=now, amount_minor=amount_minor)
    return redirect


def _require_over(source: Need | Area, *, amount_minor: int, now: datetime, besides: int | None = None) -> CanGoOn:
    """What it can't use. Raises NothingOver, MoreThanOver."""
    found = over(source=source, day=warsaw_day(now), besides=besides)
    if found is None:
        raise NothingOver
    if amount_minor > found.over_minor:
        raise MoreThanOver(over_minor=found.over_minor, wanted=amount_minor)
    return found


@transaction.atomic
def approve_redirect(*, redirect_id: int, actor: User, reason: str, now: datetime) -> Redirect:
    """Books the redirect (REDIRECT), if the need still can't use the money, and queues the mails to its donors.

    Again by the same person: nothing more happens. Raises SamePerson, PartOfPartner, WrongState, NothingOver,
    MoreThanOver, FundShort, ReasonMissing.
    """
    reason = require_reason(reason)
    redirect = lock_proposal(Redirect, proposal_id=redirect_id)
    if is_decided_so(redirect, to=ProposalState.APPROVED, actor=actor):
        return redirect
    require_decidable(redirect, actor=actor)
    require_no_part_in(partners=partners_of(fund_codes=[redirect.from_fund, redirect.to_fund]), actor=actor, now=now)
    seen, _above = lock_and_see_both(redirect.from_fund, redirect.to_fund)
    amount = redirect.amount_minor
    _require_over(redirect.source, amount_minor=amount, now=now, besides=redirect.pk)
    if amount > seen.available_minor:
        raise FundShort(seen.available_minor, fund_code=redirect.from_fund, wanted=amount)
    entry_id = book_move(
        reference=f"redirect:{redirect.pk}",
        kind=EntryKind.REDIRECT,
        debit=accounts.fund_account(redirect.from_fund, FundUse.REDIRECT_OUT),
        credit=accounts.fund_account(redirect.to_fund, FundUse.REDIRECT_IN),
        amount_minor=amount,
        event_at=now,
        now=now,
    )
    redirect.available_seen_minor = seen.available_minor
    redirect.decision_snapshot = seen.snapshot
    decide(redirect, to=ProposalState.APPROVED, actor=actor, now=now, entry_id=entry_id)
    note_proposal(redirect, act="redirect.approved", actor=actor, reason=reason, now=now, entries=[entry_id])
    enqueue(TELL, redirect.pk)
    return redirect


@transaction.atomic
def refuse_redirect(*, redirect_id: int, actor: User, reason: str, now: datetime) -> Redirect:
    """Refuses the proposal: the money stays. Raises SamePerson, PartOfPartner, WrongState, ReasonMissing."""
    reason = require_reason(reason)
    redirect = lock_proposal(Redirect, proposal_id=redirect_id)
    if is_decided_so(redirect, to=ProposalState.REFUSED, actor=actor):
        return redirect
    require_decidable(redirect, actor=actor)
    require_no_part_in(partners=partners_of(fund_codes=[redirect.from_fund, redirect.to_fund]), actor=actor, now=now)
    decide(redirect, to=ProposalState.REFUSED, actor=actor, now=now)
    note_proposal(redirect, act="redirect.refused", actor=actor, reason=reason, now=now)
    return redirect


def mark_told(*, redirect_id: int, donors: int, now: datetime) -> None:
    """Says that every donor's mail is in the outbox. Again: nothing changes."""
    RedirectTold.objects.get_or_create(redirect_id=redirect_id, defaults={"donors": donors, "told_at": now})


@transaction.atomic
def end_need(*, need_id: int, actor: User, reason: str, now: datetime) -> Need:
    """Ends a need before its season does: it can't be given to any more, and what is left may be redirected.

    Raises WrongState (it is over already), ReasonMissing, Need.DoesNotExist.
    """
    reason = require_reason(reason)
    need = Need.objects.select_for_update(of=("self",)).get(pk=need_id)
    if need.giving_on(warsaw_day(now)) is Giving.ENDED:
        raise WrongState(subject=f"need:{need.pk}", state=need.state)
    need.state = NeedState.ENDED
    need.save()
    record(actor=actor, act="need.ended", subject=f"need:{need.pk}", reason=reason, now=now, facts={"need": need.code})
    return need
