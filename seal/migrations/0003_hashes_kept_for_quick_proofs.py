"""Hashes that are kept so that a proof needs a few rows: trees of the log, and groups of notes.

What is kept of notes is stored as it is, not compressed (hashes don't get smaller), so that the database reads a part alone.
"""

from django.db import migrations, models

from core.append_only import refuse_change_sql
from seal.merkle import node_hash
from seal.models import node_key

AS_IT_IS = """
ALTER TABLE seal_noteschunk ALTER COLUMN leaves SET STORAGE EXTERNAL;
ALTER TABLE seal_noteschunk ALTER COLUMN groups SET STORAGE EXTERNAL;
"""


def keep_nodes(apps, schema_editor):
    """The trees of a log that was begun before this."""
    entries = apps.get_model("seal", "LogEntry").objects.order_by("position")
    node = apps.get_model("seal", "LogNode").objects
    level, hashes = 0, [bytes(value) for value in entries.values_list("leaf_hash", flat=True)]
    while hashes:
        node.bulk_create([node.model(key=node_key(level, number), hash=value) for number, value in enumerate(hashes)])
        pairs = zip(hashes[0::2], hashes[1::2], strict=False)
        level, hashes = level + 1, [node_hash(left, right) for left, right in pairs]


class Migration(migrations.Migration):
    dependencies = [
        ("seal", "0002_the_log_only_grows"),
    ]

    operations = [
        migrations.CreateModel(
            name="LogNode",
            fields=[
                ("key", models.BigIntegerField(primary_key=True, serialize=False)),
                ("hash", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.AddField(
            model_name="noteschunk",
            name="groups",
            field=models.BinaryField(default=bytes),
        ),
        migrations.AddField(
            model_name="notesfile",
            name="tops",
            field=models.BinaryField(default=bytes),
        ),
        migrations.RunSQL(AS_IT_IS, migrations.RunSQL.noop),
        migrations.RunPython(keep_nodes, migrations.RunPython.noop),
        migrations.RunSQL(*refuse_change_sql("seal_lognode")),
    ]
