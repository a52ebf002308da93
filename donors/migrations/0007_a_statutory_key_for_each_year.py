"""Each year's receipts get a key of their own, so that each year can be erased when the law lets it.

Records written before stand under one key of the donor: it becomes the key of each of their years, and what was written
then goes with the last of them.
"""

from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.db import migrations, models

from donors import wrapping
from donors.crypto import Place

WARSAW = ZoneInfo("Europe/Warsaw")


def copy_keys(apps, schema_editor):
    alias = schema_editor.connection.alias
    keys = apps.get_model("donors", "StatutoryKey").objects.using(alias)
    donors = apps.get_model("donors", "Donor").objects.using(alias).filter(statutory_key__isnull=False)
    records = apps.get_model("donors", "StatutoryRecord").objects.using(alias)
    for donor in donors.iterator():
        old = Place(model="donors.donor", field="statutory_key", row=donor.pk)
        written = records.filter(donor_id=donor.pk).values_list("written_at", flat=True)
        for year in sorted({moment.astimezone(WARSAW).year for moment in written}):
            row = keys.create(donor_id=donor.pk, year=year, key=b"", wrapped_with=wrapping.current_key_id())
            content = wrapping.unwrap(wrapped=donor.statutory_key, place=old)
            row.key = wrapping.wrap(key=content, place=Place(model="donors.statutorykey", field="key", row=row.pk))
            row.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [("donors", "0006_anonymous_gifts_have_no_hash")]

    operations = [
        migrations.CreateModel(
            name="StatutoryKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("key", models.BinaryField(null=True)),
                ("wrapped_with", models.CharField(max_length=16)),
                ("destroyed_at", models.DateTimeField(null=True)),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="statutory_keys", to="donors.donor"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("donor", "year"), name="statutory_key_once_per_year"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("destroyed_at__isnull", True), ("key__isnull", False)),
                            models.Q(("destroyed_at__isnull", False), ("key__isnull", True)),
                            _connector="OR",
                        ),
                        name="statutory_key_there_or_destroyed",
                    ),
                ],
            },
        ),
        migrations.RunPython(copy_keys, migrations.RunPython.noop),
    ]
