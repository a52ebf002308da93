"""Sums kept in step."""

from django.db import models

from ledger.models.account import Account
from ledger.models.checks import is_month


class MonthlyBalance(models.Model):
    """What an account's postings of a month sum to. Written by a trigger alone.

    No two open database transactions write the same shard, so nobody waits for anybody here.
    """

    pk = models.CompositePrimaryKey("account_id", "period", "shard")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.IntegerField()
    shard = models.SmallIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [is_month("period", name="monthly_balance_period_is_a_month")]

    def __str__(self) -> str:
        return f"{self.period}: {self.amount_minor}"
