"""What every proposal keeps: one person proposes, another decides, once, and the trail tells both."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Q

from aid_packages.models import AllocationState, Partner, Proposal, ProposalState
from aid_packages.operations.refusals import WrongState, require_another
from core.models import User
from core.trail import record

Kind = TypeVar("Kind", bound=Proposal)

RUNNING = (AllocationState.DRAFTED, AllocationState.APPROVED, AllocationState.EMERGENCY, AllocationState.STOPPED)
"""The states of envelopes that still have to do with their fund's money."""


def lock_proposal(model: type[Kind], *, proposal_id: int) -> Kind:
    """The proposal, its row locked until the database transaction ends. Raises DoesNotExist."""
    return model._default_manager.select_for_update(of=("self",)).get(pk=proposal_id)


def is_decided_so(proposal: Proposal, *, to: ProposalState, actor: User) -> bool:
    """Whether the same person already decided it so: then nothing more happens."""
    return proposal.state == to and proposal.decided_by_id == actor.pk


def require_decidable(proposal: Proposal, *, actor: User) -> None:
    """Raises WrongState (decided already), SamePerson (promise 19)."""
    if proposal.state != ProposalState.PROPOSED:
        raise WrongState(subject=str(proposal), state=proposal.state)
    require_another(subject=str(proposal), prepared_by_id=proposal.proposed_by_id, actor=actor)


def decide(proposal: Proposal, *, to: ProposalState, actor: User, now: datetime, entry_id: int | None = None) -> None:
    """Writes the decision, with the entry it booked."""
    proposal.state = to
    proposal.decided_by = actor
    proposal.decided_at = now
    proposal.entry_id = entry_id
    proposal.save()


def note_proposal(
    proposal: Proposal,
    *,
    act: str,
    actor: User,
    reason: str,
    now: datetime,
    entries: Iterable[int] = (),
    **facts: Any,
) -> None:
    """Adds an act to the proposal's trail, with the ledger entries it made."""
    told = {"entries": list(entries), **facts}
    record(actor=actor, act=act, subject=str(proposal), reason=reason, now=now, facts=told)


def partners_of(*, fund_codes: Iterable[str]) -> list[Partner]:
    """The partners with an envelope of one of the funds that is not over: whose money a redirect touches."""
    running = Q(allocations__fund_code__in=list(fund_codes), allocations__state__in=RUNNING)
    return list(Partner.objects.filter(running).distinct().order_by("code"))
