"""What each kind of mail must be told. Values are plain JSON: sums in minor units, absolute addresses, texts."""

from collections.abc import Mapping
from typing import Any

from donors.models import MailKind, MailTopic

REQUIRED: dict[MailKind, tuple[str, ...]] = {
    MailKind.RECEIPT: ("sum_minor", "lines", "receipt_number", "receipt_url"),
    MailKind.REFUND: ("refund_minor", "sum_minor"),
    MailKind.ECARD: ("recipient_name", "giver_name", "message"),
    MailKind.PAYMENT_FAILED: ("sum_minor", "give_url"),
    MailKind.STAFF_NOTICE: ("title", "text"),
    MailKind.SIGN_IN: ("link_url", "code"),
    MailKind.MONTHLY_STARTED: ("sum_minor", "interval", "lines", "next_dates", "undo_url", "manage_url"),
    MailKind.MONTHLY_CHANGED: ("what", "sum_minor", "interval", "next_dates", "paused_until", "manage_url"),
    MailKind.RENEWAL_FAILED: ("sum_minor", "state", "next_try_on", "mend_url", "manage_url"),
    MailKind.CARD_EXPIRES: ("expires", "days", "manage_url"),
    MailKind.OCCASION: ("sum_minor", "lines", "give_url", "skip_url", "stop_url"),
    MailKind.MONTHLY_ENDED: ("reason", "manage_url"),
    MailKind.UPGRADE_OFFER: ("add_minor", "sum_minor", "url"),
    MailKind.YEARLY_STATEMENT: ("year", "sum_minor", "url", "corrected"),
    MailKind.GIFT_REDIRECTED: ("from_name", "to_name", "sum_minor", "reason"),
    MailKind.COUNTED_IN_REPORT: ("period", "areas", "report_url"),
    MailKind.REPORT_CORRECTED: ("period", "revision", "reason", "report_url"),
    MailKind.ERASED: ("kept_until",),
}
"""`lines` is a list of {title, quantity, unit_minor}; `interval` is "month", "quarter" or "year"; days are ISO dates, and
`next_dates` a list of them; `paused_until`, `next_try_on`, `mend_url`, `reason` and `kept_until` may be empty. `what` and
`reason` are one of the words in donors/mails/words.py. `expires` is "2026-12", and `state` "retrying", "action_required"
or "failed". `areas` is a list of {name, sum_minor}; `period` is 202611. A sign-in mail without a code says nothing of one.
"""

OPTIONAL: dict[MailKind, tuple[str, ...]] = {
    MailKind.RECEIPT: ("currency", "cover_fee_minor", "thank_you_url", "reports_url", "donee_name"),
    MailKind.REFUND: ("currency", "receipt_number", "reason", "donee_name", "contact_url"),
    MailKind.ECARD: ("site_url", "donee_name"),
    MailKind.PAYMENT_FAILED: ("currency", "lines", "donee_name"),
    MailKind.STAFF_NOTICE: ("url",),
    MailKind.SIGN_IN: (),
    MailKind.MONTHLY_STARTED: ("currency", "merge_url", "cover_fee_minor", "by_hand", "give_url", "donee_name"),
    MailKind.MONTHLY_CHANGED: ("currency", "lines", "cover_fee_minor", "donee_name"),
    MailKind.RENEWAL_FAILED: ("currency", "donee_name"),
    MailKind.CARD_EXPIRES: ("donee_name",),
    MailKind.OCCASION: ("currency", "cover_fee_minor", "due_on", "manage_url", "donee_name"),
    MailKind.MONTHLY_ENDED: ("currency", "sum_minor", "ended_on", "donee_name"),
    MailKind.UPGRADE_OFFER: ("currency", "interval", "manage_url", "donee_name"),
    MailKind.YEARLY_STATEMENT: ("currency", "share_minor", "donee_name"),
    MailKind.GIFT_REDIRECTED: ("currency", "clause", "report_url", "donee_name"),
    MailKind.COUNTED_IN_REPORT: ("currency", "gift_url", "verify_url", "donee_name"),
    MailKind.REPORT_CORRECTED: ("areas", "gift_url", "donee_name"),
    MailKind.ERASED: ("donee_name",),
}

TOPICS: dict[MailKind, MailTopic] = {
    MailKind.CARD_EXPIRES: MailTopic.REMINDERS_CARD,
    MailKind.UPGRADE_OFFER: MailTopic.UPGRADE_OFFERS,
    MailKind.YEARLY_STATEMENT: MailTopic.YEARLY_STATEMENT,
    MailKind.COUNTED_IN_REPORT: MailTopic.REPORTS,
    MailKind.REPORT_CORRECTED: MailTopic.REPORTS,
}
"""What each kind can be turned off by. A renewal's receipt is the one kind whose sender says so (`queue_mail(topic=)`)."""


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
