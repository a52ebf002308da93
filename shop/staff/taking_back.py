"""Taking back what was wrongly counted as spent: proposed by one, decided by another, on the thing's own page."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from aid_packages.deliveries.queries import lots_on
from aid_packages.models import Allocation, DocumentState, Grant, ProposalState, SpendingDocument, SpendingReversal
from aid_packages.operations import reversals
from core.models import User
from core.money import format_money
from shop.staff.access import APPROVE, PREPARE
from shop.staff.acts import Act

Do = Callable[[dict[str, Any]], None]


def document_acts(*, document: SpendingDocument, actor: User, now: dt.datetime) -> list[Act]:
    """What can be done to take an accepted document back."""
    if document.state != DocumentState.ACCEPTED:
        return []
    standing = document.reversals.filter(state=ProposalState.PROPOSED).first()
    if standing:
        return _decisions(standing, actor=actor, now=now, suffix="", what=document.number)

    def propose(typed: dict[str, Any]) -> None:
        reversals.propose_document_reversal(
            document_id=document.pk,
            actor=actor,
            reason=typed["reason"],
            request_key=f"desk:{typed['request_key']}",
            now=now,
        )

    return [
        Act(
            name="take_back",
            label=_("Propose to take it back"),
            do=propose,
            done=_("Proposed. Another person has to approve it."),
            note=_("For what was accepted wrongly. What was paid for it is then owed again."),
            warning=_goods_on(document),
            right=PREPARE,
        )
    ]


def _goods_on(document: SpendingDocument) -> str:
    """What becomes of the goods that were taken in on the document."""
    number = len(lots_on(document_id=document.pk))
    if not number:
        return ""
    words = ngettext(
        "%(number)s lot of goods was taken in on it: it has to be put on another document, or taken back.",
        "%(number)s lots of goods were taken in on it: each has to be put on another document, or taken back.",
        number,
    )
    return words % {"number": number}


def grant_acts(*, allocation: Allocation, actor: User, now: dt.datetime) -> list[Act]:
    """What can be done to take grants of the envelope back, each by its number."""
    acts: list[Act] = []
    for grant in allocation.grants.prefetch_related("reversals").order_by("pk"):
        states = {reversal.state: reversal for reversal in grant.reversals.all()}
        if ProposalState.APPROVED in states:
            continue
        proposed = states.get(ProposalState.PROPOSED)
        what = f"{grant.pk}, {format_money(grant.amount_minor)}"
        if proposed:
            acts += _decisions(proposed, actor=actor, now=now, suffix=f"-{grant.pk}", what=what)
        else:
            acts.append(
                Act(
                    name=f"take_back-{grant.pk}",
                    label=_("Propose to take grant %(grant)s back") % {"grant": what},
                    do=_proposing(grant, actor=actor, now=now),
                    done=_("Proposed. Another person has to approve it."),
                    note=_("Its money then counts as an advance that the partner returns or accounts for."),
                    right=PREPARE,
                )
            )
    return acts


def _proposing(grant: Grant, *, actor: User, now: dt.datetime) -> Do:
    def do(typed: dict[str, Any]) -> None:
        reversals.propose_grant_reversal(
            grant_id=grant.pk,
            actor=actor,
            reason=typed["reason"],
            request_key=f"desk:{typed['request_key']}",
            now=now,
        )

    return do


def _decisions(standing: SpendingReversal, *, actor: User, now: dt.datetime, suffix: str, what: str) -> list[Act]:
    if standing.proposed_by_id == actor.pk:
        return []

    def calling(verb: Callable[..., object]) -> Do:
        return lambda typed: _decide(verb, standing, actor=actor, reason=typed["reason"], now=now)

    return [
        Act(
            name=f"take_back_approve{suffix}",
            label=_("Approve taking back %(what)s") % {"what": what},
            do=calling(reversals.approve_reversal),
            done=_("Taken back: a mirrored entry is booked."),
            warning=_("It does not count as spent any more, from this month on."),
            right=APPROVE,
        ),
        Act(
            name=f"take_back_refuse{suffix}",
            label=_("Refuse to take back %(what)s") % {"what": what},
            do=calling(reversals.refuse_reversal),
            done=_("Refused: it stays as it is."),
            right=APPROVE,
        ),
    ]


def _decide(
    verb: Callable[..., object], standing: SpendingReversal, *, actor: User, reason: str, now: dt.datetime
) -> None:
    verb(reversal_id=standing.pk, actor=actor, reason=reason, now=now)
