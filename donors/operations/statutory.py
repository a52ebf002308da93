"""The donor's part of a receipt: copied once, under a key that outlives the contact data.

Accounting evidence is kept for five years from the start of the year after (Polish Accounting Act, art. 74(2)(4)).
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from donors.addresses import mask_email
from donors.crypto import open_text, seal_text
from donors.models import Donor, GiftDetails, StatutoryRecord
from donors.operations.gift_details import Giver, read_gift_details
from donors.row_ids import next_id
from donors.vault import DonorErased, key_of, place_of, read_contact

FIELDS = ("name", "company_name", "nip", "address", "email_masked")


class StatutoryRecordErased(Exception):
    """The statutory key is destroyed: the time for which the law wants the record is over. Expected."""

    def __init__(self, *, record_id: int) -> None:
        super().__init__(f"statutory record {record_id} has been erased")
        self.record_id = record_id


@dataclass(frozen=True)
class StatutoryDetails:
    """Who gave, as it stands on the receipt; empty where the donor gave nothing. Its repr is empty on purpose."""

    name: str = field(repr=False)
    company_name: str = field(repr=False)
    nip: str = field(repr=False)
    address: str = field(repr=False)
    email_masked: str = field(repr=False)


def write_statutory_record(*, donor_id: int, now: datetime, gift: str = "") -> int:
    """Freezes what the donor typed for this gift (its intent key), and forgets it as the gift's own.

    Without a gift, or when nothing was kept of it, what is known of the donor now. Returns the record's id; each call
    makes a record. Runs in the database transaction of the booking, so that the two stand or fall together.

    A donor who was erased in the meantime gets an empty record: the receipt still has its number.
    Raises Donor.DoesNotExist, StatutoryRecordErased if even the statutory key is gone.
    """
    donor = Donor.objects.get(pk=donor_id)
    giver, email_masked = _who_gave(donor, gift=gift)
    details = {**asdict(giver), "email_masked": email_masked}
    record = StatutoryRecord(id=next_id(StatutoryRecord), donor=donor, written_at=now)
    key = _key(donor, record)
    for name in FIELDS:
        setattr(record, name, seal_text(key=key, text=details[name], place=place_of(record, name)))
    record.save(force_insert=True)
    return record.pk


def read_statutory_record(*, record_id: int) -> StatutoryDetails:
    """What was frozen. Raises StatutoryRecord.DoesNotExist, StatutoryRecordErased."""
    record = StatutoryRecord.objects.select_related("donor").get(pk=record_id)
    key = _key(record.donor, record)
    return StatutoryDetails(
        **{name: open_text(key=key, sealed=getattr(record, name), place=place_of(record, name)) for name in FIELDS}
    )


def _who_gave(donor: Donor, *, gift: str) -> tuple[Giver, str]:
    """The giver of the gift, and the donor's masked address. Both are empty once the donor is erased."""
    kept = GiftDetails.objects.filter(donor=donor, gift=gift).first() if gift else None
    try:
        contact = read_contact(donor)
        if kept is None:
            giver = Giver(
                name=contact.name, company_name=contact.company_name, nip=contact.nip, address=contact.address
            )
        else:
            giver = read_gift_details(kept)
            kept.delete()
    except DonorErased:
        return Giver(), ""
    return giver, mask_email(contact.email)


def _key(donor: Donor, record: StatutoryRecord) -> bytes:
    try:
        return key_of(donor, "statutory_key")
    except DonorErased:
        raise StatutoryRecordErased(record_id=record.pk) from None
