"""A donor asks what we hold: everything, from every holder, as plain JSON (GDPR art. 15 and 20)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from donors import registry
from donors.models import Donor
from donors.operations.dedications import read_dedication
from donors.operations.gift_details import read_gift_details
from donors.operations.statutory import read_statutory_record
from donors.vault import read_contact


def export_donor(*, donor_id: int) -> dict[str, Any]:
    """What every registered holder has of the donor, by holder. Raises Donor.DoesNotExist."""
    Donor.objects.get(pk=donor_id)
    return {holder.name: dict(holder.export(donor_id)) for holder in registry.holders()}


def export_own(donor_id: int) -> Mapping[str, Any]:
    """This room's part: contact, dedications, the donor's part of receipts, and which mails there were."""
    donor = Donor.objects.get(pk=donor_id)
    readable = donor.erased_at is None
    return {
        "contact": asdict(read_contact(donor)) if readable else None,
        "language": donor.language,
        "first_seen_at": donor.first_seen_at.isoformat(),
        "last_seen_at": donor.last_seen_at.isoformat(),
        "dedications": _dedications(donor) if readable else [],
        "gifts_on_their_way": [
            {"typed_at": row.typed_at.isoformat(), **asdict(read_gift_details(row))}
            for row in donor.gift_details.order_by("typed_at")
        ],
        "on_receipts": [
            {"written_at": record.written_at.isoformat(), **asdict(read_statutory_record(record_id=record.pk))}
            for record in donor.statutory_records.order_by("pk")
        ],
        "mails": [
            {"kind": mail.kind, "state": mail.state, "queued_at": mail.queued_at.isoformat()}
            for mail in donor.mails.order_by("pk")
        ],
    }


def _dedications(donor: Donor) -> list[dict[str, str]]:
    return [
        {"gift": row.reference, "send_on": row.send_on.isoformat(), "state": row.state, **read_dedication(row)}
        for row in donor.dedications.order_by("pk")
    ]
