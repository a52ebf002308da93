"""What can be asked of donations."""

from payments.queries.disputes import DisputeRow, acts_of_dispute, disputes_for_staff
from payments.queries.donation_page import DonationPage, donation_by_id, donation_by_token
from payments.queries.lines import PageLine
from payments.queries.matters import MatterRow, matters_for_staff, matters_open
from payments.queries.movements import CategorySum, movements_in
from payments.queries.payouts import (
    PartRow,
    PayoutRow,
    PayoutSum,
    parts_by_category,
    parts_of_payout,
    payouts_at,
    payouts_for_staff,
)
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
    "CategorySum",
    "DisputeRow",
    "DonationPage",
    "DonationRow",
    "MatterRow",
    "Moved",
    "PageLine",
    "PartRow",
    "PayoutRow",
    "PayoutSum",
    "UnmatchedRow",
    "acts_of_dispute",
    "disputes_for_staff",
    "donation_by_id",
    "donation_by_token",
    "donations_for_staff",
    "donations_in_doubt",
    "mark_handled",
    "matters_for_staff",
    "matters_open",
    "movements_in",
    "parts_by_category",
    "parts_of_payout",
    "payouts_at",
    "payouts_for_staff",
    "receipt_by_link",
    "receipt_by_number",
    "refundable_of",
    "refunds_of",
    "shares_of",
    "shares_of_donation",
    "transitions_to_handle",
    "unmatched_open",
]
