"""The ledger's place in Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = "Ledger"
    # ledger_fund is not here: SELECT ... FOR UPDATE, the lock of every decision, needs the right to UPDATE. A trigger
    # refuses the update itself.
    append_only_tables = ["ledger_account", "ledger_journalentry", "ledger_posting", "ledger_mark"]
    read_only_tables = ["ledger_monthlybalance"]

    def ready(self) -> None:
        from ledger import promises

        promises.register()
