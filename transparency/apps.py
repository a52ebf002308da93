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
        from transparency.promises import broken_replays, published_by_another

        audit.register(15, "published reports equal their replay; months sum to the year", broken_replays)
        audit.register(19, "nobody publishes a report that they prepared", published_by_another)
