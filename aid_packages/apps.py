"""Needs and packages, partners and regions, allocations and spending."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AidPackagesConfig(AppConfig):
    name = "aid_packages"
    verbose_name = _("Aid packages")
    append_only_tables = [
        "aid_packages_advance",
        "aid_packages_advancereturn",
        "aid_packages_agreement",
        "aid_packages_agreementend",
        "aid_packages_countersignature",
        "aid_packages_documentfunder",
        "aid_packages_documentsplit",
        "aid_packages_grant",
        "aid_packages_paymentreturn",
        "aid_packages_redirecttold",
    ]

    def ready(self) -> None:
        from aid_packages import promises

        promises.register()
