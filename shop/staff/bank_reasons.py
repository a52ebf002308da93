"""Why a donor's bank asks for a gift back, in words: banks have a fixed list, which the provider hands on as codes."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "bank_cannot_process": _("the bank couldn't process the payment"),
    "check_returned": _("the cheque came back"),
    "credit_not_processed": _("a return that was promised didn't come"),
    "customer_initiated": _("the donor asked the bank for it"),
    "debit_not_authorized": _("the donor says that the debit was not allowed"),
    "duplicate": _("the donor says that it was paid twice"),
    "fraudulent": _("the donor says that somebody else paid"),
    "general": _("no reason was named"),
    "incorrect_account_details": _("the account's details were wrong"),
    "insufficient_funds": _("there was not enough on the account"),
    "product_not_received": _("the donor expected something that didn't come"),
    "product_unacceptable": _("the donor expected something else"),
    "subscription_canceled": _("the donor says that the monthly gift was ended"),
    "unrecognized": _("the donor doesn't know our name on the statement"),
}


def bank_reason(code: str) -> str:
    """The bank's reason in words; a new one shows its code."""
    return str(REASONS.get(code, code))
