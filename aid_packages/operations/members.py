"""Who of the staff belongs to a partner, and so decides nothing about its money."""

from datetime import datetime

from django.db import transaction

from aid_packages.models import Partner, PartnerMember
from aid_packages.operations.refusals import WrongState, require_no_part, require_reason
from core.models import User
from core.trail import record


@transaction.atomic
def add_member(*, partner_id: int, member: User, actor: User, reason: str, now: datetime) -> PartnerMember:
    """Says that somebody belongs to the partner from now on. Anybody may say so. Raises WrongState (already), ReasonMissing."""
    reason = require_reason(reason)
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner_id)
    if PartnerMember.objects.filter(partner=partner, user=member, until=None).exists():
        raise WrongState(subject=f"partner:{partner.pk}", state="member")
    row = PartnerMember.objects.create(partner=partner, user=member, since=now)
    _note(partner, member, act="partner.member_added", actor=actor, reason=reason, now=now)
    return row


@transaction.atomic
def end_membership(*, partner_id: int, member: User, actor: User, reason: str, now: datetime) -> PartnerMember:
    """Says that somebody's part in the partner is over. Nobody says so of themselves, nor of others in the same partner:
    two of one organisation could free each other to decide about its money.

    Raises OwnMembership, PartOfPartner, WrongState (no open part), ReasonMissing.
    """
    reason = require_reason(reason)
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner_id)
    if member.pk == actor.pk:
        raise OwnMembership
    require_no_part(partner=partner, actor=actor, now=now)
    row = PartnerMember.objects.filter(partner=partner, user=member, until=None).first()
    if row is None:
        raise WrongState(subject=f"partner:{partner.pk}", state="no member")
    row.until = now
    row.save()
    _note(partner, member, act="partner.member_ended", actor=actor, reason=reason, now=now)
    return row


class OwnMembership(PermissionError):
    """Somebody would end their own part in a partner, and so free themselves to decide. Expected."""


def _note(partner: Partner, member: User, *, act: str, actor: User, reason: str, now: datetime) -> None:
    facts = {"member": member.get_username()}
    record(actor=actor, act=act, subject=f"partner:{partner.pk}", reason=reason, now=now, facts=facts)
