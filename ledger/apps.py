"""The ledger's place in Django."""

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils import timezone


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = "Ledger"
    # ledger_fund is not here: SELECT ... FOR UPDATE, the lock of every decision, needs the right to UPDATE. A trigger
    # refuses the update itself.
    append_only_tables = ["ledger_account", "ledger_journalentry", "ledger_posting", "ledger_mark", "ledger_home"]
    read_only_tables = ["ledger_monthlybalance"]

    def ready(self) -> None:
        from ledger import promises

        promises.register()
        post_migrate.connect(_note_home, sender=self, dispatch_uid="ledger.homes")


def _note_home(sender: AppConfig, using: str = "default", **kwargs: object) -> None:
    """After each migration, as the owner of the tables. Not while the table itself is still to come or has gone again."""
    from ledger.operations.homes import note_home

    if "ledger_home" in connections[using].introspection.table_names():
        note_home(now=timezone.now(), using=using)
