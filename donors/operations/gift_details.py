"""What a donor typed for one gift, kept from the form to the receipt.

A receipt says what was typed for its own gift, not what is known of the donor. So do those of a gift that comes again:
what was typed for it stays until its donor, signed in, says otherwise.
"""

from dataclasses import dataclass, field
from datetime import datetime

from donors.crypto import open_text, seal_text
from donors.models import Donor, GiftDetails
from donors.operations.dedications import WAITED_LONG_ENOUGH
from donors.vault import key_of, place_of

GIFT_FIELDS = ("name", "company_name", "nip", "address")


@dataclass(frozen=True)
class Giver:
    """Who gave, as typed for one gift; empty where nothing was typed. Its repr is empty on purpose."""

    name: str = field(default="", repr=False)
    company_name: str = field(default="", repr=False)
    nip: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


def keep_gift_details(*, donor_id: int, gift: str, giver: Giver, now: datetime) -> None:
    """Keeps what was typed for the gift with this intent key. Called before the intent is committed.

    A second call for the same gift changes nothing. Raises Donor.DoesNotExist, vault.DonorErased.
    """
    donor = Donor.objects.get(pk=donor_id)
    key = key_of(donor, "contact_key")
    row = GiftDetails(donor=donor, gift=gift, typed_at=now)
    for name in GIFT_FIELDS:
        setattr(row, name, seal_text(key=key, text=getattr(giver, name), place=place_of(row, name)))
    GiftDetails.objects.bulk_create([row], ignore_conflicts=True)


def read_gift_details(row: GiftDetails) -> Giver:
    """What was typed. Raises vault.DonorErased."""
    key = key_of(row.donor, "contact_key")
    return Giver(
        **{name: open_text(key=key, sealed=getattr(row, name), place=place_of(row, name)) for name in GIFT_FIELDS}
    )


def keep_while_it_comes(*, gift: str) -> None:
    """The gift with this intent key has begun and comes again: what was typed for it isn't used up by its first receipt."""
    GiftDetails.objects.filter(gift=gift).update(stays=True)


def change_what_stays(*, donor_id: int, giver: Giver) -> None:
    """What the donor, signed in, wants on all receipts to come of gifts that come again. Raises vault.DonorErased."""
    for row in GiftDetails.objects.select_for_update(of=("self",)).filter(donor_id=donor_id, stays=True):
        key = key_of(row.donor, "contact_key")
        for name in GIFT_FIELDS:
            setattr(row, name, seal_text(key=key, text=getattr(giver, name), place=place_of(row, name)))
        row.save(update_fields=GIFT_FIELDS)


def forget_stale_gift_details(*, now: datetime) -> int:
    """Forgets what was typed for gifts that never came about. Returns how many."""
    return GiftDetails.objects.filter(stays=False, typed_at__lte=now - WAITED_LONG_ENOUGH).delete()[0]
