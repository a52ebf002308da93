"""Somebody gives: we remember who, once per e-mail address, or once per gift when it is given anonymously."""

from datetime import datetime

from django.db import transaction

from donors.addresses import clean_email, hash_email
from donors.models import Donor
from donors.row_ids import next_id
from donors.vault import ContactDetails, give_keys, write_contact


def remember_donor(
    *,
    email: str,
    language: str,
    now: datetime,
    name: str = "",
    company_name: str = "",
    nip: str = "",
    address: str = "",
) -> int:
    """The id of the donor with this exact address, made if new, with what was typed the first time.

    Whoever knows an address can type it, so nothing that is known of a donor is replaced from here: what a gift's form
    says stays with that gift, and the donor changes the rest at home, signed in. Two at once with one address get one
    id. Raises addresses.EmailRefused.
    """
    details = ContactDetails(email=clean_email(email), name=name, company_name=company_name, nip=nip, address=address)
    digest = hash_email(email)
    with transaction.atomic():
        donor = _locked(digest)
        if donor is None:
            new = _new_donor(digest=digest, details=details, language=language, now=now)
            Donor.objects.bulk_create([new], ignore_conflicts=True)
            donor = _locked(digest)
            assert donor is not None  # ours, or that of another checkout that came first
            if donor.pk == new.pk:
                return new.pk
        donor.last_seen_at = now
        donor.save(update_fields=["last_seen_at"])
        return donor.pk


def remember_anonymous(
    *,
    language: str,
    now: datetime,
    email: str = "",
    name: str = "",
    company_name: str = "",
    nip: str = "",
    address: str = "",
) -> int:
    """The id of a new donor that stands for one gift: no address finds it, and it is joined with nothing.

    An address, if given, only serves this gift's mails. Raises addresses.EmailRefused.
    """
    details = ContactDetails(
        email=clean_email(email) if email.strip() else "",
        name=name,
        company_name=company_name,
        nip=nip,
        address=address,
    )
    donor = _new_donor(digest=None, details=details, language=language, now=now)
    donor.save(force_insert=True)
    return donor.pk


def _locked(digest: bytes) -> Donor | None:
    return Donor.objects.select_for_update().filter(email_hash=digest).first()


def _new_donor(*, digest: bytes | None, details: ContactDetails, language: str, now: datetime) -> Donor:
    donor = Donor(id=next_id(Donor), email_hash=digest, language=language, first_seen_at=now, last_seen_at=now)
    donor.anonymous = digest is None
    give_keys(donor)
    write_contact(donor, details)
    return donor
