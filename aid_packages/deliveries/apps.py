"""Help in units: goods and services, from a lot to a delivery."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveriesConfig(AppConfig):
    """The corner of goods and services; an application of its own, so that its tables have their own migrations."""

    name = "aid_packages.deliveries"
    label = "deliveries"
    verbose_name = _("Deliveries")
    append_only_tables = [
        "deliveries_aiditem",
        "deliveries_plannedcost",
        "deliveries_lot",
        "deliveries_lotpaper",
        "deliveries_delivery",
        "deliveries_service",
        "deliveries_stockmove",
    ]

    def ready(self) -> None:
        from aid_packages.deliveries import promises

        promises.register()
