"""Needs and packages, partners and regions, allocations and spending."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AidPackagesConfig(AppConfig):
    name = "aid_packages"
    verbose_name = _("Aid packages")
    append_only_tables = [
        "aid_packages_advance",
        "aid_packages_advancereturn",
        "aid_packages_documentsplit",
    ]

    def ready(self) -> None:
        from aid_packages import promises

        promises.register()
