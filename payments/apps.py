"""The payments room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    verbose_name = _("Payments")
    append_only_tables = [
        "payments_donationline",
        "payments_donationtransition",
        "payments_transitionhandled",
        "payments_balancemovement",
        "payments_receipt",
        "payments_monthlyterms",
        "payments_monthlyline",
        "payments_monthlymove",
        "payments_statement",
        "payments_statementline",
        "payments_linedupgift",
        "payments_payoutpart",
        "payments_disputemovement",
        "payments_fraudwarning",
        "payments_sharepolicy",
        "payments_sharepolicydecision",
    ]

    def ready(self) -> None:
        from payments import portfolio, promises

        portfolio.register()
        promises.register()
