"""Rotation of the wrapping key: the keys of items stay, what wraps them changes, no ciphertext is touched."""

from django.db import transaction

from aid_packages.evidence import vault
from aid_packages.evidence.models import ContentKey
from donors import wrapping

BATCH = 500


def rotate_keys() -> int:
    """Wraps every item's key under the first wrapping key, in batches; how many there were. May run twice.

    Raises wrapping.WrappingKeyMissing if a key that is still needed was taken away; what was done so far stays done.
    """
    done = 0
    while batch := _batch():
        done += batch
    return done


@transaction.atomic
def _batch() -> int:
    old = ContentKey.objects.select_for_update().exclude(wrapped_with=wrapping.current_key_id()).order_by("pk")
    rows = list(old[:BATCH])
    for held in rows:
        vault.rewrap(held)
    return len(rows)
