"""Where money stands."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from ledger.models.account_kind import AccountKind
from ledger.models.checks import is_currency, one_of
from ledger.models.donee import Donee
from ledger.models.fund import Fund
from ledger.models.fund_use import FundUse

__all__ = ["Account", "AccountKind"]


class Account(models.Model):
    """One account in one currency: of a fund (with its use), of a partner, or of the house. It never changes."""

    code = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=AccountKind)
    currency = models.CharField(max_length=3)
    donee = models.ForeignKey(Donee, on_delete=models.PROTECT, related_name="accounts")
    fund = models.ForeignKey(Fund, null=True, on_delete=models.PROTECT, related_name="accounts")
    use = models.CharField(max_length=20, choices=FundUse, blank=True)
    partner_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            one_of("kind", AccountKind, name="account_kind_is_known"),
            is_currency("currency", name="account_currency_is_iso_4217"),
            CheckConstraint(
                condition=Q(fund=None, use="") | Q(fund__isnull=False, use__in=FundUse.values),
                name="account_of_a_fund_has_a_use",
            ),
            CheckConstraint(
                condition=Q(fund=None, kind__in=["asset", "liability"])
                | Q(fund__isnull=False, kind__in=["income", "expense", "memo"]),
                name="account_of_income_expense_or_memo_belongs_to_a_fund",
            ),
            CheckConstraint(
                condition=Q(partner_code="") | Q(kind="asset", fund=None), name="account_of_a_partner_is_an_advance"
            ),
            UniqueConstraint(fields=["fund", "use", "currency"], name="account_once_per_fund_use_and_currency"),
        ]

    def __str__(self) -> str:
        return self.code
