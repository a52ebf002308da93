"""Evidence."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """The corner of evidence; an application of its own, so that its tables have their own migrations."""

    name = "aid_packages.evidence"
    label = "evidence"
    verbose_name = _("Evidence")
    append_only_tables = [
        "evidence_content",
        "evidence_event",
        "evidence_gradeevent",
        "evidence_item",
    ]

    def ready(self) -> None:
        from aid_packages.evidence.operations import erasure_log

        erasure_log.register()
