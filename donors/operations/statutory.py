"""The donor's part of a receipt: copied once, under a key that outlives the contact data.

Accounting evidence is kept for five years, counted from the beginning of the year after the one that it concerns (Polish
Accounting Act of 29 September 1994, art. 74(2)(8) and 74(3)). Each year's records have a key of their own, which goes then.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from core.periods import WARSAW
from donors import wrapping
from donors.addresses import mask_email
from donors.crypto import new_key, open_text, seal_text
from donors.models import Donor, GiftDetails, StatutoryKey, StatutoryRecord
from donors.operations.gift_details import Giver, read_gift_details
from donors.row_ids import next_id
from donors.vault import DonorErased, place_of, read_contact

YEARS_KEPT = 5
FIELDS = ("name", "company_name", "nip", "address", "email_masked")


class StatutoryRecordErased(Exception):
    """The key of its year is destroyed: the time for which the law wants the record is over. Expected."""

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
    """Freezes what the donor typed for this gift (its intent key), and forgets it as the gift's own unless it comes again.

    Without a gift, or when nothing was kept of it, what is known of the donor now. Returns the record's id; each call
    makes a record. Runs in the database transaction of the booking, so that the two stand or fall together.

    A donor who was erased in the meantime gets an empty record: the receipt still has its number.
    Raises Donor.DoesNotExist.
    """
    donor = Donor.objects.get(pk=donor_id)
    giver, email_masked = _who_gave(donor, gift=gift)
    details = {**asdict(giver), "email_masked": email_masked}
    record = StatutoryRecord(id=next_id(StatutoryRecord), donor=donor, written_at=now)
    if any(details.values()):
        key = _key_to_write(record)
        for name in FIELDS:
            setattr(record, name, seal_text(key=key, text=details[name], place=place_of(record, name)))
    record.save(force_insert=True)
    return record.pk


def read_statutory_record(*, record_id: int) -> StatutoryDetails:
    """What was frozen. Raises StatutoryRecord.DoesNotExist, StatutoryRecordErased."""
    record = StatutoryRecord.objects.get(pk=record_id)
    if all(getattr(record, name) is None for name in FIELDS):
        return StatutoryDetails(**dict.fromkeys(FIELDS, ""))
    key = _key_to_read(record)
    return StatutoryDetails(
        **{name: open_text(key=key, sealed=getattr(record, name), place=place_of(record, name)) for name in FIELDS}
    )


def record_year(written_at: datetime) -> int:
    """The year whose key a record stands under: the calendar year in Warsaw, which is the donee's financial year."""
    return written_at.astimezone(WARSAW).year


def kept_until(year: int) -> date:
    """The day on which the law lets go of what was written in `year`: records of 2026 are erased on 1 January 2032."""
    return date(year + YEARS_KEPT + 1, 1, 1)


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
            if not kept.stays:
                kept.delete()
    except DonorErased:
        return Giver(), ""
    return giver, mask_email(contact.email)


def _key_to_write(record: StatutoryRecord) -> bytes:
    """The key of the record's year, made if new. Two bookings at once get one."""
    year = record_year(record.written_at)
    new = StatutoryKey(id=next_id(StatutoryKey), donor_id=record.donor_id, year=year)
    new.key = wrapping.wrap(key=new_key(), place=place_of(new, "key"))
    new.wrapped_with = wrapping.current_key_id()
    StatutoryKey.objects.bulk_create([new], ignore_conflicts=True)
    return _key_to_read(record)


def _key_to_read(record: StatutoryRecord) -> bytes:
    row = StatutoryKey.objects.filter(donor_id=record.donor_id, year=record_year(record.written_at)).first()
    if row is None or row.key is None:
        raise StatutoryRecordErased(record_id=record.pk)
    return wrapping.unwrap(wrapped=row.key, place=place_of(row, "key"))
