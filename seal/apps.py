"""The seal."""

from django.apps import AppConfig


class SealConfig(AppConfig):
    """The room of proofs."""

    name = "seal"
    verbose_name = "Seal"
    append_only_tables = ["seal_logentry", "seal_lognode", "seal_checkpoint", "seal_notesfile", "seal_noteschunk"]

    def ready(self) -> None:
        from django.core import checks

        from seal.checks import keys_are_usable

        checks.register(keys_are_usable)
