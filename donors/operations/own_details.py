"""What a donor sees and changes of the own details, once signed in."""

from datetime import datetime

from django.db import transaction

from donors.models import Donor
from donors.operations.gift_details import Giver, change_what_stays
from donors.vault import ContactDetails, DonorErased, read_contact, write_contact


def own_contact(*, donor_id: int) -> ContactDetails:
    """Who the donor is, for the donor's own pages and no others: staff go through `staff_view`, with a reason.

    Raises vault.DonorErased, Donor.DoesNotExist.
    """
    return read_contact(Donor.objects.get(pk=donor_id))


def change_contact(
    *, donor_id: int, name: str, company_name: str, nip: str, address: str, language: str, now: datetime
) -> None:
    """Replaces everything but the e-mail address, by which the donor is found. Receipts already issued stay as they are;
    those to come of gifts that come again say what is said here.

    Raises vault.DonorErased, Donor.DoesNotExist.
    """
    with transaction.atomic():
        donor = _locked(donor_id)
        email = read_contact(donor).email
        write_contact(
            donor, ContactDetails(email=email, name=name, company_name=company_name, nip=nip, address=address)
        )
        change_what_stays(
            donor_id=donor_id, giver=Giver(name=name, company_name=company_name, nip=nip, address=address)
        )
        donor.language, donor.last_seen_at = language, now
        donor.save(update_fields=["email", "name", "company_name", "nip", "address", "language", "last_seen_at"])


def change_language(*, donor_id: int, language: str, now: datetime) -> None:
    """The language of the mails to come. Raises vault.DonorErased, Donor.DoesNotExist."""
    with transaction.atomic():
        donor = _locked(donor_id)
        donor.language, donor.last_seen_at = language, now
        donor.save(update_fields=["language", "last_seen_at"])


def _locked(donor_id: int) -> Donor:
    donor = Donor.objects.select_for_update().get(pk=donor_id)
    if donor.erased_at is not None:
        raise DonorErased(donor_id=donor_id)
    return donor
