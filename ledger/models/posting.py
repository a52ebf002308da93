"""One line of an entry."""

from django.db import models
from django.db.models import CheckConstraint, Index, Q

from ledger.models.account import Account
from ledger.models.checks import is_currency, is_month
from ledger.models.journal_entry import JournalEntry


class Posting(models.Model):
    """An amount on an account: debit positive, credit negative, in minor units of the account's currency."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    period = models.IntegerField()

    class Meta:
        indexes = [
            Index(fields=["entry"], name="posting_by_entry"),
            Index(fields=["account", "entry"], name="posting_by_account"),
            Index(fields=["account", "period"], name="posting_by_account_and_month"),
        ]
        constraints = [
            CheckConstraint(condition=~Q(amount_minor=0), name="posting_is_not_zero"),
            is_currency("currency", name="posting_currency_is_iso_4217"),
            is_month("period", name="posting_period_is_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"
