"""The donors room: who gave. The only home of personal data."""

from django.apps import AppConfig
from django.core.checks import register as register_check
from django.utils.translation import gettext_lazy as _


class DonorsConfig(AppConfig):
    name = "donors"
    label = "donors"
    verbose_name = _("Donors")
    append_only_tables = ["donors_statutoryrecord", "donors_erasure"]

    def ready(self) -> None:
        # Models exist only now, so what stands on them is imported here.
        from donors import checks, promises, registry
        from donors.operations.erase_contact import erase_own
        from donors.operations.export_donor import export_own

        register_check(checks.keys_are_usable)
        promises.register()
        registry.register(self.name, export_own, erase_own)
