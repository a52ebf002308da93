"""Attribution."""

from django.apps import AppConfig


class AttributionConfig(AppConfig):
    """The corner of attribution; an application of its own, so that its tables have their own migrations."""

    name = "transparency.attribution"
    label = "attribution"
    verbose_name = "Attribution"
    append_only_tables = [
        "attribution_linebatch",
        "attribution_lineplace",
        "attribution_linesegment",
        "attribution_linespending",
        "attribution_linetaking",
        "attribution_linefreeing",
    ]

    def ready(self) -> None:
        from transparency.attribution import promises

        promises.register()
