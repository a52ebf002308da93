"""The donors room: who gave. The only home of personal data."""

from django.apps import AppConfig
from django.core.checks import register as register_check
from django.utils.translation import gettext_lazy as _


class DonorsConfig(AppConfig):
    name = "donors"
    label = "donors"
    verbose_name = _("Donors")
    append_only_tables = ["donors_statutoryrecord"]

    def ready(self) -> None:
        # Models exist only now, so what stands on them is imported here.
        from donors import checks, registry  # noqa: PLC0415
        from donors.operations.erase_contact import erase_own  # noqa: PLC0415
        from donors.operations.export_donor import export_own  # noqa: PLC0415

        register_check(checks.keys_are_usable)
        registry.register(self.name, export_own, erase_own)
