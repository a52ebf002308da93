"""Rotation of the wrapping key: data keys stay, what wraps them changes, no ciphertext is touched."""

from dataclasses import dataclass
from typing import TypeVar

from django.db import models, transaction

from donors import wrapping
from donors.models import Donor, Mail, SignInRequest, StatutoryKey
from donors.vault import KEY_NAMES, place_of

BATCH = 500
Row = TypeVar("Row", Donor, StatutoryKey, Mail, SignInRequest)


@dataclass(frozen=True)
class Rewrapped:
    """How many rows were wrapped anew."""

    donors: int
    years: int
    mails: int
    sign_ins: int


def rewrap_keys() -> Rewrapped:
    """Wraps every data key under the first wrapping key, in batches that others hardly wait for. May run twice.

    Raises wrapping.WrappingKeyMissing if a key that is still needed was taken away; what was done so far stays done.
    """
    old_donors = Donor.objects.exclude(wrapped_with=wrapping.current_key_id())
    old_years = StatutoryKey.objects.filter(key__isnull=False).exclude(wrapped_with=wrapping.current_key_id())
    old_mails = Mail.objects.filter(own_key__isnull=False).exclude(wrapped_with=wrapping.current_key_id())
    old_sign_ins = SignInRequest.objects.filter(own_key__isnull=False).exclude(wrapped_with=wrapping.current_key_id())
    return Rewrapped(
        donors=_rewrap(old_donors, KEY_NAMES),
        years=_rewrap(old_years, ("key",)),
        mails=_rewrap(old_mails, ("own_key",)),
        sign_ins=_rewrap(old_sign_ins, ("own_key",)),
    )


def _rewrap(rows: models.QuerySet[Row], key_names: tuple[str, ...]) -> int:
    done = 0
    while batch := _rewrap_batch(rows, key_names):
        done += batch
    return done


def _rewrap_batch(rows: models.QuerySet[Row], key_names: tuple[str, ...]) -> int:
    with transaction.atomic():
        batch = list(rows.select_for_update(of=("self",)).order_by("pk")[:BATCH])
        for row in batch:
            for name in key_names:
                _rewrap_key(row, name)
            row.wrapped_with = wrapping.current_key_id()
            row.save(update_fields=[*key_names, "wrapped_with"])
    return len(batch)


def _rewrap_key(row: models.Model, name: str) -> None:
    wrapped = getattr(row, name)
    if wrapped is not None:
        setattr(row, name, wrapping.rewrap(wrapped=wrapped, place=place_of(row, name)))
