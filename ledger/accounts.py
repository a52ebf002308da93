"""Codes of accounts. Nothing but this module spells them out."""

from typing import Final

from ledger.models.fund_use import FundUse

STRIPE_CLEARING: Final = "asset:stripe_clearing"
"""What the payment provider holds for us."""
BANK: Final = "asset:bank:main"
"""Our account at the bank."""
BANK_IN_TRANSIT: Final = "asset:bank_in_transit"
"""Payouts on their way from the provider to the bank."""
CASH: Final = "asset:cash"
"""Cash that was counted and not yet paid in."""
UNMATCHED: Final = "liability:unmatched"
"""Money that arrived and could not be placed."""
PAYABLE: Final = "liability:payable"
"""Accepted invoices that are not paid yet."""

HOUSE_ACCOUNTS: Final = (STRIPE_CLEARING, BANK, BANK_IN_TRANSIT, CASH, UNMATCHED, PAYABLE)

GENERAL: Final = "GENERAL"
"""The fund of money without a purpose set by its donor."""
ADMIN: Final = "ADMIN"
"""The fund of running costs."""


def fund_account(fund_code: str, use: FundUse) -> str:
    """The account of a fund for one use, such as `fund:WARM-NIGHT:gifts`."""
    return f"fund:{fund_code}:{use.value}"


def advance(partner_code: str) -> str:
    """The account of what a partner has received and not yet accounted for."""
    return f"asset:advance:{partner_code}"
