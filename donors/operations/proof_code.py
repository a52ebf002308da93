"""A code that proves, later and without a name, that a gift was this donor's.

It is made from the donor's seal key, so it needs no place to be kept in, and erasure ends it (HMAC-SHA256, RFC 2104).
"""

import base64
import hmac

from donors.models import Donor
from donors.vault import DonorErased, key_of

CODE_BYTES = 10
"""80 bits: sixteen signs of base32, too many to guess."""
GROUP = 4


def proof_code(*, donor_id: int, reference: str) -> str:
    """The code of one thing of a donor's, such as "receipt:12": four groups of four letters and digits.

    Raises Donor.DoesNotExist, vault.DonorErased.
    """
    key = key_of(Donor.objects.get(pk=donor_id), "seal_key")
    digest = hmac.digest(key, f"proof code/{reference}".encode(), "sha256")[:CODE_BYTES]
    signs = base64.b32encode(digest).decode()
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))


def is_proof_code(*, code: str, donor_id: int, reference: str) -> bool:
    """Whether it is the code, however it is spaced or written; False once the donor is erased."""
    try:
        right = proof_code(donor_id=donor_id, reference=reference)
    except DonorErased:
        return False
    return hmac.compare_digest(_bare(right).encode(), _bare(code).encode())


def _bare(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())
