"""What payments tells a donor who asks for everything we hold, what it forgets, and what must end before."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from donors import registry
from payments.models import Donation, MonthlyAct, MonthlyGift, MonthlyTerms
from payments.monthly_states import ENDED
from payments.operations.proof_link import proof_files
from payments.queries.monthly_rows import IN_THE_AIR


def export(donor_id: int) -> dict[str, Any]:
    """The donor's donations and monthly gifts as plain JSON: sums in minor units, states, receipts' numbers, what proves
    that a gift is counted, and each version of what was to be given with each act upon it."""
    rows = Donation.objects.filter(donor_id=donor_id).prefetch_related("lines").select_related("receipt").order_by("pk")
    proofs = proof_files(donation_ids=[row.pk for row in rows])
    return {
        "donations": [
            {
                "created_at": row.created_at.isoformat(),
                "settled_at": row.settled_at.isoformat() if row.settled_at else None,
                "state": row.state,
                "gross_minor": row.gross_minor,
                "refunded_minor": row.refunded_minor,
                "currency": row.currency,
                "terms_version": row.terms_version,
                "monthly_gift": row.monthly_gift_id,
                "due_on": row.due_on.isoformat() if row.due_on else None,
                "receipt_number": row.receipt.number if hasattr(row, "receipt") else None,
                "proof": proofs.get(row.pk),
                "lines": [
                    {"title": line.title, "quantity": line.quantity, "unit_minor": line.unit_minor}
                    for line in sorted(row.lines.all(), key=lambda line: line.position)
                ],
            }
            for row in rows
        ],
        "monthly_gifts": _monthly(donor_id),
    }


def _monthly(donor_id: int) -> list[dict[str, Any]]:
    gifts = MonthlyGift.objects.filter(donor_id=donor_id).order_by("pk")
    rows = gifts.prefetch_related("terms__lines", "acts", "moves", "occasions", "troubles")
    return [
        {
            "number": row.pk,
            "kind": row.kind,
            "state": row.state,
            "currency": row.currency,
            "created_at": row.created_at.isoformat(),
            "next_charge_at": row.next_charge_at.isoformat() if row.next_charge_at else None,
            "paused_until": row.paused_until.isoformat() if row.paused_until else None,
            "cancelled_at": row.cancelled_at.isoformat() if row.cancelled_at else None,
            "cancel_reason": row.cancel_reason,
            "receipts": row.receipt_policy,
            "paid_by": row.method_kind,
            "card_expires": row.method_expires,
            "terms": [_terms(terms) for terms in row.terms.all()],
            "acts": [
                {"what": act.verb, "state": act.state, "asked_at": act.requested_at.isoformat(), "told": act.told}
                for act in row.acts.all()
            ],
            "moves": [{"to": move.to_state, "at": move.at.isoformat()} for move in row.moves.all()],
            "due_dates": [{"on": each.due_on.isoformat(), "state": each.state} for each in row.occasions.all()],
            "failed_renewals": [
                {"due_on": each.due_on.isoformat(), "state": each.state} for each in row.troubles.all()
            ],
        }
        for row in rows
    ]


def _terms(terms: MonthlyTerms) -> dict[str, Any]:
    return {
        "version": terms.version,
        "interval": terms.interval,
        "day": terms.day,
        "gross_minor": terms.gross_minor,
        "cover_fee_minor": terms.cover_fee_minor,
        "agreed_at": terms.created_at.isoformat(),
        "lines": [
            {"title": line.title, "quantity": line.quantity, "unit_minor": line.unit_minor}
            for line in terms.lines.all()
        ],
    }


def erase(donor_id: int, *, now: datetime) -> None:
    """Nothing to forget: a donation names its donor by number alone, and what stands behind the number is `donors`'."""


def hinders(donor_id: int) -> tuple[str, ...]:
    """What must end before the donor can be erased: nothing may be taken from somebody who can't be written to."""
    going_on = MonthlyGift.objects.filter(donor_id=donor_id).exclude(state__in=ENDED).exists()
    doubtful = MonthlyAct.objects.filter(gift__donor_id=donor_id, state__in=IN_THE_AIR).exists()
    words = []
    if going_on:
        words.append(gettext("A monthly gift goes on. Please end it first, so that nothing more is taken from you."))
    if doubtful:
        words.append(gettext("Something you asked for isn't confirmed yet. Please try again in a minute."))
    return tuple(words)


def register() -> None:
    """Make all of it known; called when the application starts."""
    registry.register("payments", export, erase, hinders)
