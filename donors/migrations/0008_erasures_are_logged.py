"""Erasures are logged in a table that only grows; the one statutory key of each donor has become one for each year."""

import uuid

from django.db import migrations, models

from core.append_only import refuse_change_sql


def log_earlier_ones(apps, schema_editor):
    alias = schema_editor.connection.alias
    erasures = apps.get_model("donors", "Erasure").objects.using(alias)
    erased = apps.get_model("donors", "Donor").objects.using(alias).filter(erased_at__isnull=False)
    for number, at in erased.values_list("pk", "erased_at"):
        erasures.create(donor_number=number, at=at)


class Migration(migrations.Migration):
    dependencies = [
        ("donors", "0007_a_statutory_key_for_each_year"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="donor",
            name="statutory_key",
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("donor_number", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("donor_number", "at"), name="erasure_once")],
            },
        ),
        migrations.RunPython(log_earlier_ones, migrations.RunPython.noop),
        migrations.RunSQL(*refuse_change_sql("donors_erasure")),
    ]
