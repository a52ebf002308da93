"""What an account is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountKind(models.TextChoices):
    """The side of the books on which an account stands."""

    ASSET = "asset", _("Asset")
    """What we have: at the bank, at the payment provider, in cash, with partners as advances."""
    LIABILITY = "liability", _("Liability")
    """What we owe: unpaid invoices, money that could not be placed."""
    INCOME = "income", _("Income")
    """What adds to a fund."""
    EXPENSE = "expense", _("Expense")
    """What takes from a fund."""
    MEMO = "memo", _("Memo")
    """What is promised and not yet money; memo accounts balance among themselves and stand in no balance."""
