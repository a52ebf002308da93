"""What this room keeps. Every column of type bytes is a ciphertext, a wrapped key or a keyed hash."""

from donors.models.checkout_draft import CheckoutDraft
from donors.models.dedication import Dedication, DedicationState
from donors.models.donor import Donor
from donors.models.gift_details import GiftDetails
from donors.models.mail import Mail, MailKind, MailState
from donors.models.statutory_record import StatutoryRecord

__all__ = [
    "CheckoutDraft",
    "Dedication",
    "DedicationState",
    "Donor",
    "GiftDetails",
    "Mail",
    "MailKind",
    "MailState",
    "StatutoryRecord",
]
