"""What waits for staff in the queue of payments, and what to do about each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import User
from payments.models import FraudWarning, MatterKind, Payout, StaffMatter

WHAT_TO_DO: dict[MatterKind, Promise | str] = {
    MatterKind.PAYOUT_DIFFERS: _(
        "Open the payout and compare its list with the provider's own. A part that is missing there usually appears "
        "within a day, and this then closes by itself. If it doesn't, ask the provider, and write down what they said."
    ),
    MatterKind.PAYOUT_FAILED: _(
        "The money is with the provider again. Look at the bank account's number in the provider's desk: the next "
        "payout goes there, too."
    ),
    MatterKind.MOVEMENT_UNKNOWN: _(
        "Find it in the provider's desk by its reference. If it is a cost of ours or its return, book it on running "
        "costs; if it belongs to somebody else, book it as owed. Until then no report passes its checks."
    ),
    MatterKind.MOVEMENT_LATE: _(
        "The provider has not said what this payment cost, or what it is worth. It is asked again every half an hour. "
        "After a week, ask the provider."
    ),
    MatterKind.DISPUTE: _(
        "Write to the donor first: often it is a mistake that they can take back. Then answer the bank, or accept the "
        "loss, before the day that is named. Once it is lost, close this when the fund it falls on has been looked at."
    ),
    MatterKind.DISPUTE_UNCOUNTED: _(
        "The provider moved money for a dispute that isn't found here. Look it up in the provider's desk by its "
        "reference, and run the comparison again."
    ),
    MatterKind.FRAUD_WARNING: _(
        "Giving the money back now costs the payment's fee; waiting for a dispute costs the dispute's fee as well. "
        "Look at the gift, and give it back unless you know the donor. Nothing happens by itself."
    ),
    MatterKind.NOT_COMPARED: _(
        "Last night's comparison could not read or explain this. It is tried again tonight, and closes by itself if "
        "it is explained then. If it stays, somebody who knows the program has to look."
    ),
}


@dataclass(frozen=True)
class MatterRow:
    """One matter. `amount_minor` is what it is about, None where there is no sum; in minor units of `currency`."""

    matter_id: int
    kind: MatterKind
    kind_text: str
    what_to_do: str
    subject: str
    amount_minor: int | None
    currency: str
    facts: dict[str, Any]
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by: User | None
    resolution: str
    donation_id: int | None
    dispute_id: int | None
    payout_id: int | None


def matters_for_staff(*, is_open: bool | None = True, limit: int = 200, offset: int = 0) -> list[MatterRow]:
    """The queue, oldest first; with `is_open` False what was closed, newest first."""
    rows = StaffMatter.objects.select_related("resolved_by").order_by("opened_at", "pk")
    if is_open is not None:
        rows = rows.filter(resolved_at__isnull=is_open)
    if is_open is False:
        rows = rows.order_by("-resolved_at", "-pk")
    found = list(rows[offset : offset + limit])
    refs = [row.subject.removeprefix("payout:") for row in found if row.subject.startswith("payout:")]
    payouts = dict(Payout.objects.filter(ref__in=refs).values_list("ref", "pk"))
    return [_row(row, payouts) for row in found]


def matters_open() -> int:
    """How many wait."""
    return StaffMatter.objects.filter(resolved_at__isnull=True).count()


def _row(row: StaffMatter, payouts: dict[str, int]) -> MatterRow:
    noun, _colon, name = row.subject.partition(":")
    kind = MatterKind(row.kind)
    amount = row.facts.get("amount_minor", row.facts.get("net_minor"))
    return MatterRow(
        matter_id=row.pk,
        kind=kind,
        kind_text=str(kind.label),
        what_to_do=str(WHAT_TO_DO[kind]),
        subject=row.subject,
        amount_minor=amount,
        currency=str(row.facts.get("currency", "PLN")),
        facts=row.facts,
        opened_at=row.opened_at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        resolution=row.resolution,
        donation_id=row.facts.get("donation"),
        dispute_id=int(name) if noun == "dispute" and name.isdecimal() else None,
        payout_id=payouts.get(name) if noun == "payout" else None,
    )


def warnings_of(*, donation_id: int) -> list[FraudWarning]:
    """Banks' warnings about a gift, oldest first."""
    return list(FraudWarning.objects.filter(charge__donation_id=donation_id).order_by("pk"))
