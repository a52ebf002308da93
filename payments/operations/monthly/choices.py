"""What a donor chooses for a gift without the provider: which receipts are mailed, and in which language."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from core.trail import record
from payments.models import MonthlyGift
from payments.monthly_states import ReceiptPolicy
from payments.operations.monthly.acts import By
from payments.operations.monthly.moves import lock_gift
from payments.operations.monthly.read_back import OWN_WISH


def choose_receipts(*, gift_id: int, policy: ReceiptPolicy, by: By, now: datetime) -> None:
    """A mail after each gift, or one statement a year; a record is made of each all the same.

    Raises core.trail.ReasonMissing, MonthlyGift.DoesNotExist (another's too).
    """
    _choose(gift_id=gift_id, name="receipt_policy", value=ReceiptPolicy(policy).value, by=by, now=now)


def choose_language(*, gift_id: int, language: str, by: By, now: datetime) -> None:
    """The language of the gift's mails, receipts and payment pages. Raises ValueError for one we don't speak."""
    if language not in dict(settings.LANGUAGES):
        raise ValueError(language)
    _choose(gift_id=gift_id, name="language", value=language, by=by, now=now)


def _choose(*, gift_id: int, name: str, value: str, by: By, now: datetime) -> None:
    with transaction.atomic():
        gift: MonthlyGift = lock_gift(gift_id=gift_id)
        by.check(gift=gift)
        if getattr(gift, name) == value:
            return
        setattr(gift, name, value)
        gift.save(update_fields=[name])
        record(
            actor=by.staff,
            act=f"monthly.{name}",
            subject=str(gift),
            reason=by.reason if by.staff is not None else OWN_WISH,
            now=now,
            facts={name: value},
        )
