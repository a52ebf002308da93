"""What can be asked of donations."""

from payments.queries.donation_page import DonationPage, PageLine, donation_by_id, donation_by_token
from payments.queries.receipts import receipt_by_link, receipt_by_number
from payments.queries.shares import shares_of, shares_of_donation
from payments.queries.staff import (
    DonationRow,
    UnmatchedRow,
    donations_for_staff,
    donations_in_doubt,
    refundable_of,
    refunds_of,
    unmatched_open,
)
from payments.queries.transitions import Moved, mark_handled, transitions_to_handle

__all__ = [
    "DonationPage",
    "DonationRow",
    "Moved",
    "PageLine",
    "UnmatchedRow",
    "donation_by_id",
    "donation_by_token",
    "donations_for_staff",
    "donations_in_doubt",
    "mark_handled",
    "receipt_by_link",
    "receipt_by_number",
    "refundable_of",
    "refunds_of",
    "shares_of",
    "shares_of_donation",
    "transitions_to_handle",
    "unmatched_open",
]
