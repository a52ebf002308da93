"""Seeds of gifts: what a donor's seal key says of one gift. With a seed its notes are found in a report, and nothing else.

Erasure destroys the key: no seed can be made again, and what was sealed with one stays as it is.
"""

import hmac
from collections.abc import Iterable, Iterator
from itertools import islice

from donors.models import Donor
from donors.vault import DonorErased, key_of

BATCH = 5_000


def gift_seed(*, donor_id: int, reference: str) -> bytes | None:
    """The seed of one gift, 32 bytes, by the reference of its journal entry ("gift:ch_..."); None once the donor is erased.

    Raises Donor.DoesNotExist, wrapping.WrappingKeyMissing.
    """
    return _seed(_key(Donor.objects.get(pk=donor_id)), reference)


def gift_seeds(*, gifts: Iterable[tuple[int | None, str]]) -> Iterator[bytes | None]:
    """The seeds of many gifts, each (donor_id, reference), in their order: a query for each five thousand.

    None for erased donors, unknown ones, and gifts without a donor. Raises wrapping.WrappingKeyMissing.
    """
    stream = iter(gifts)
    while batch := list(islice(stream, BATCH)):
        keys = _keys({donor_id for donor_id, _ in batch if donor_id is not None})
        for donor_id, reference in batch:
            yield _seed(keys.get(donor_id) if donor_id is not None else None, reference)


def _keys(donor_ids: set[int]) -> dict[int, bytes | None]:
    donors = Donor.objects.filter(pk__in=donor_ids).only("pk", "seal_key")
    return {donor.pk: _key(donor) for donor in donors}


def _key(donor: Donor) -> bytes | None:
    try:
        return key_of(donor, "seal_key")
    except DonorErased:
        return None


def _seed(key: bytes | None, reference: str) -> bytes | None:
    return None if key is None else hmac.digest(key, f"seal seed/1/{reference}".encode(), "sha256")
