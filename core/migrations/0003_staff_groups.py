"""The two groups of the staff: one prepares, another approves."""

from django.db import migrations

GROUPS = {"preparers": ("prepare",), "approvers": ("approve",)}


def make_groups(apps, schema_editor):
    """Permissions are made here because Django makes its own only after all migrations have run."""
    alias = schema_editor.connection.alias
    content_type, _ = (
        apps.get_model("contenttypes", "ContentType").objects.using(alias).get_or_create(app_label="core", model="user")
    )
    permission = apps.get_model("auth", "Permission")
    names = dict(apps.get_model("core", "User")._meta.permissions)
    for group_name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name=group_name)
        for codename in codenames:
            row, _ = permission.objects.using(alias).get_or_create(
                content_type=content_type, codename=codename, defaults={"name": names[codename]}
            )
            group.permissions.add(row)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_trail_only_grows"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
