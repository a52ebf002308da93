"""A donor asks what we hold: everything, from every holder, as plain JSON (GDPR art. 15 and 20)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from donors import registry
from donors.models import Donor, DonorSession, Mail, MailKind, SignInRequest, StatutoryRecord
from donors.operations.choose_mails import mail_choices
from donors.operations.dedications import read_dedication
from donors.operations.gift_details import read_gift_details
from donors.operations.queue_mail import read_mail
from donors.operations.statutory import StatutoryRecordErased, kept_until, read_statutory_record, record_year
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
        "anonymous": donor.anonymous,
        "language": donor.language,
        "first_seen_at": donor.first_seen_at.isoformat(),
        "last_seen_at": donor.last_seen_at.isoformat(),
        "dedications": _dedications(donor) if readable else [],
        "gifts_on_their_way": [
            {"typed_at": row.typed_at.isoformat(), **asdict(read_gift_details(row))}
            for row in donor.gift_details.order_by("typed_at")
        ],
        "on_receipts": [_on_receipt(record) for record in donor.statutory_records.order_by("pk")],
        "mails": [_mail(mail) for mail in donor.mails.order_by("pk")],
        "mail_choices": {topic.value: wanted for topic, wanted in mail_choices(donor_id=donor_id).items()},
        "sessions": [
            {"created_at": row.created_at.isoformat(), "last_seen_at": row.last_seen_at.isoformat()}
            for row in DonorSession.objects.filter(donor=donor).order_by("pk")
        ],
        "sign_in_requests": [
            {"asked_at": row.asked_at.isoformat(), "used_at": row.used_at.isoformat() if row.used_at else None}
            for row in SignInRequest.objects.filter(donor=donor).order_by("pk")
        ],
        "erased_at": donor.erased_at.isoformat() if donor.erased_at else None,
    }


def _on_receipt(record: StatutoryRecord) -> dict[str, Any]:
    """The donor's part of a receipt, with the day on which the law lets it go; without words once it is gone."""
    year = record_year(record.written_at)
    told = {"written_at": record.written_at.isoformat(), "the_law_keeps_it_until": kept_until(year).isoformat()}
    try:
        return {**told, **asdict(read_statutory_record(record_id=record.pk))}
    except StatutoryRecordErased:
        return told


def _mail(mail: Mail) -> dict[str, Any]:
    """A mail, and what it says as long as it is here: until it is sent."""
    told: dict[str, Any] = {"kind": mail.kind, "state": mail.state, "queued_at": mail.queued_at.isoformat()}
    if mail.context is None:
        return told
    address, context = read_mail(mail)
    if mail.kind == MailKind.SIGN_IN:
        # It would let in whoever reads the export.
        context = {}
    return {**told, "to": address or "your own address", "says": context}


def _dedications(donor: Donor) -> list[dict[str, str]]:
    return [
        {"gift": row.reference, "send_on": row.send_on.isoformat(), "state": row.state, **read_dedication(row)}
        for row in donor.dedications.order_by("pk")
    ]
