"""The shop itself as a Django application: its commands, tasks and static files."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = "Store Without Borders"

    def ready(self) -> None:
        """Tells each new connection what every page wants of it."""
        from django.db.backends.signals import connection_created

        from shop.connections import without_compiling

        connection_created.connect(without_compiling, dispatch_uid="shop.connections")
