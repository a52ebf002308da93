"""Claiming an anonymous gift: whoever holds its receipt can have it counted in their statement, and in nothing else."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction

from donors.models import Donor
from donors.operations.proof_code import is_proof_code, proof_code
from payments.models import GiftClaim, Receipt
from payments.states import RECEIVED

_CODE = re.compile(r"\s*(?P<number>\d{4}/\d{6,9})[\s-]+(?P<proof>[A-Za-z2-7\s-]{16,40})\s*")


class ClaimRefused(Exception):
    """The code proves nothing, or its gift is claimed already. Expected of who mistypes; the two are not told apart."""


def claim_code(*, receipt: Receipt) -> str | None:
    """What stands on an anonymous gift's receipt, "2026/000123 ABCD-EFGH-IJKL-MNOP"; None on every other."""
    donor_id = receipt.donation.donor_id
    if not Donor.objects.filter(pk=donor_id, anonymous=True, erased_at__isnull=True).exists():
        return None
    return f"{receipt.number} {proof_code(donor_id=donor_id, reference=_reference(receipt))}"


def claim_gift(*, donor_id: int, code: str, now: datetime) -> int:
    """Count the gift behind the code in this donor's statements. Returns the donation's id; a second time changes nothing.

    Nothing else of the gift's own donor becomes known or is joined. Raises ClaimRefused.
    """
    typed = _CODE.fullmatch(code)
    receipts = Receipt.objects.select_related("donation").filter(
        number=typed["number"] if typed else "", donation__donor__anonymous=True, donation__state__in=RECEIVED
    )
    for receipt in receipts:
        proven = typed is not None and is_proof_code(
            code=typed["proof"], donor_id=receipt.donation.donor_id, reference=_reference(receipt)
        )
        if proven and _claim(donation_id=receipt.donation_id, donor_id=donor_id, now=now):
            return receipt.donation_id
    raise ClaimRefused


def _claim(*, donation_id: int, donor_id: int, now: datetime) -> bool:
    """Whether it is this donor's now. The unique row decides between two who claim at once."""
    try:
        with transaction.atomic():
            GiftClaim.objects.create(donation_id=donation_id, donor_id=donor_id, claimed_at=now)
    except IntegrityError:
        return GiftClaim.objects.filter(donation_id=donation_id, donor_id=donor_id).exists()
    return True


def _reference(receipt: Receipt) -> str:
    return f"receipt:{receipt.pk}"
