"""Approvers may see who a donor is, with a reason: somebody has to be able to write to them."""

from django.db import migrations


def let_approvers(apps, schema_editor):
    """The permission is made here because Django makes its own only after all migrations have run."""
    alias = schema_editor.connection.alias
    content_type, _ = (
        apps.get_model("contenttypes", "ContentType")
        .objects.using(alias)
        .get_or_create(app_label="donors", model="donor")
    )
    names = dict(apps.get_model("donors", "Donor")._meta.permissions)
    permission, _ = (
        apps.get_model("auth", "Permission")
        .objects.using(alias)
        .get_or_create(content_type=content_type, codename="reveal_contact", defaults={"name": names["reveal_contact"]})
    )
    apps.get_model("auth", "Group").objects.using(alias).get(name="approvers").permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("donors", "0003_keep_what_each_gift_typed"),
        ("core", "0003_staff_groups"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(let_approvers, migrations.RunPython.noop)]
