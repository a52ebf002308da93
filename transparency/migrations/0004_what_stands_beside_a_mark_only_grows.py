"""Campaigns, what stood beside a mark, accepted differences and yearly incomes only grow; treasurers have their group."""

from django.db import migrations

from core.append_only import refuse_change_sql

TABLES = (
    "transparency_campaign",
    "transparency_markreading",
    "transparency_accepteddifference",
    "transparency_organisationincome",
)
ACCEPT = "accept_difference"


def make_treasurers(apps, schema_editor):
    """The permission is made here because Django makes its own only after all migrations have run."""
    alias = schema_editor.connection.alias
    content_type, _ = (
        apps.get_model("contenttypes", "ContentType")
        .objects.using(alias)
        .get_or_create(app_label="transparency", model="report")
    )
    names = dict(apps.get_model("transparency", "Report")._meta.permissions)
    permission, _ = (
        apps.get_model("auth", "Permission")
        .objects.using(alias)
        .get_or_create(content_type=content_type, codename=ACCEPT, defaults={"name": names[ACCEPT]})
    )
    group, _ = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name="treasurers")
    group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("transparency", "0003_reports_of_quarters_campaigns_and_cohorts"),
        ("core", "0003_staff_groups"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        *(migrations.RunSQL(*refuse_change_sql(table)) for table in TABLES),
        migrations.RunPython(make_treasurers, migrations.RunPython.noop),
    ]
