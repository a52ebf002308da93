"""Reading and writing a donor's encrypted fields. Keys are unwrapped here, used and let go."""

from dataclasses import dataclass, field
from typing import Literal

from django.db import models

from donors import wrapping
from donors.crypto import Place, new_key, open_text, seal_text
from donors.models import Donor

KeyName = Literal["contact_key", "seal_key"]
KEY_NAMES: tuple[KeyName, ...] = ("contact_key", "seal_key")
CONTACT_FIELDS = ("email", "name", "company_name", "nip", "address")


class DonorErased(Exception):
    """The key that would read this is destroyed: the donor asked to be forgotten. Expected."""

    def __init__(self, *, donor_id: int) -> None:
        super().__init__(f"donor {donor_id} has been erased")
        self.donor_id = donor_id


@dataclass(frozen=True)
class ContactDetails:
    """Who a donor is, as the donor said. Its repr is empty on purpose: it may land in a log."""

    email: str = field(repr=False)
    name: str = field(default="", repr=False)
    company_name: str = field(default="", repr=False)
    nip: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


def place_of(row: models.Model, field_name: str) -> Place:
    """The place of a row's field; the row has its id already."""
    return Place(model=row._meta.label_lower, field=field_name, row=row.pk)


def give_keys(donor: Donor) -> None:
    """Makes and wraps the two keys of a donor that has its id and isn't stored yet."""
    for name in KEY_NAMES:
        setattr(donor, name, wrapping.wrap(key=new_key(), place=place_of(donor, name)))
    donor.wrapped_with = wrapping.current_key_id()


def key_of(donor: Donor, name: KeyName) -> bytes:
    """One of a donor's keys, unwrapped. Raises DonorErased, wrapping.WrappingKeyMissing, crypto.DecryptionRefused."""
    wrapped = getattr(donor, name)
    if wrapped is None:
        raise DonorErased(donor_id=donor.pk)
    return wrapping.unwrap(wrapped=wrapped, place=place_of(donor, name))


def write_contact(donor: Donor, details: ContactDetails) -> None:
    """Puts the details, encrypted, on the row; the caller saves it."""
    key = key_of(donor, "contact_key")
    for name in CONTACT_FIELDS:
        setattr(donor, name, seal_text(key=key, text=getattr(details, name), place=place_of(donor, name)))


def read_contact(donor: Donor) -> ContactDetails:
    """The details of a donor. Raises DonorErased."""
    key = key_of(donor, "contact_key")
    return ContactDetails(
        **{
            name: open_text(key=key, sealed=getattr(donor, name), place=place_of(donor, name))
            for name in CONTACT_FIELDS
        }
    )
