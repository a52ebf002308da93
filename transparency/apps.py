"""What donors and everyone else can read of the money."""

from django.apps import AppConfig


class TransparencyConfig(AppConfig):
    """The room of reports."""

    name = "transparency"
    verbose_name = "Transparency"
    append_only_tables = [
        "transparency_reportstep",
        "transparency_campaign",
        "transparency_markreading",
        "transparency_accepteddifference",
        "transparency_organisationincome",
    ]

    def ready(self) -> None:
        from ledger import audit
        from transparency.promises import (
            broken_replays,
            changed_roots,
            not_in_the_log,
            notes_unlike_gifts,
            published_by_another,
        )

        audit.register(15, "published reports equal their replay; months sum to the year", broken_replays)
        audit.register(15, "the notes of a report sum to what came in", notes_unlike_gifts)
        audit.register(15, "every published report is in the log", not_in_the_log)
        audit.register(16, "the notes of published months keep their root", changed_roots)
        audit.register(19, "nobody publishes a report that they prepared", published_by_another)
