"""What every room stands on."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Core"
    append_only_tables = ["core_trailentry"]

    def ready(self) -> None:
        from core.grants import grant_after_migrate

        post_migrate.connect(grant_after_migrate, sender=self, dispatch_uid="core.grants")
