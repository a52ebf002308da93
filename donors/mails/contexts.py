"""What each kind of mail must be told. Values are plain JSON: sums in minor units, absolute addresses, texts."""

from collections.abc import Mapping
from typing import Any

from donors.models import MailKind

REQUIRED: dict[MailKind, tuple[str, ...]] = {
    MailKind.RECEIPT: ("sum_minor", "lines", "receipt_number", "receipt_url"),
    MailKind.REFUND: ("refund_minor", "sum_minor"),
    MailKind.ECARD: ("recipient_name", "giver_name", "message"),
    MailKind.PAYMENT_FAILED: ("sum_minor", "give_url"),
    MailKind.STAFF_NOTICE: ("title", "text"),
}
"""`lines` is a list of {title, quantity, unit_minor}."""

OPTIONAL: dict[MailKind, tuple[str, ...]] = {
    MailKind.RECEIPT: ("currency", "cover_fee_minor", "thank_you_url", "reports_url", "donee_name"),
    MailKind.REFUND: ("currency", "receipt_number", "reason", "donee_name", "contact_url"),
    MailKind.ECARD: ("site_url", "donee_name"),
    MailKind.PAYMENT_FAILED: ("currency", "lines", "donee_name"),
    MailKind.STAFF_NOTICE: ("url",),
}


class ContextMismatch(ValueError):
    """A mail was queued without what its text needs, or with what it doesn't know. Not expected. Carries names only."""

    def __init__(self, *, kind: MailKind, missing: set[str], unknown: set[str]) -> None:
        super().__init__(f"mail {kind.value}: missing {sorted(missing)}, unknown {sorted(unknown)}")
        self.kind = kind
        self.missing = missing
        self.unknown = unknown


def check_context(*, kind: MailKind, context: Mapping[str, Any]) -> None:
    """Raises ContextMismatch: better where the mail is queued than a minute later in the outbox."""
    missing = set(REQUIRED[kind]) - context.keys()
    unknown = context.keys() - set(REQUIRED[kind]) - set(OPTIONAL[kind])
    if missing or unknown:
        raise ContextMismatch(kind=kind, missing=missing, unknown=set(unknown))
