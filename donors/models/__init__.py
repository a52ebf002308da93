"""What this room keeps. Every column of type bytes is a ciphertext, a wrapped key or a keyed hash."""

from donors.models.checkout_draft import CheckoutDraft
from donors.models.dedication import Dedication, DedicationState
from donors.models.donor import Donor
from donors.models.donor_session import DonorSession
from donors.models.erasure import Erasure
from donors.models.gift_details import GiftDetails
from donors.models.mail import Mail, MailKind, MailState
from donors.models.mail_choice import MailChoice, MailTopic
from donors.models.sign_in_count import SignInCount, SignInScope
from donors.models.sign_in_request import SignInRequest
from donors.models.statutory_key import StatutoryKey
from donors.models.statutory_record import StatutoryRecord

__all__ = [
    "CheckoutDraft",
    "Dedication",
    "DedicationState",
    "Donor",
    "DonorSession",
    "Erasure",
    "GiftDetails",
    "Mail",
    "MailChoice",
    "MailKind",
    "MailState",
    "MailTopic",
    "SignInCount",
    "SignInRequest",
    "SignInScope",
    "StatutoryKey",
    "StatutoryRecord",
]
