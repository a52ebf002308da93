"""The log, its checkpoints and the notes only grow: the database refuses every change of them."""

from django.db import migrations

from core.append_only import refuse_change_sql

TABLES = ("seal_logentry", "seal_checkpoint", "seal_notesfile", "seal_noteschunk")


class Migration(migrations.Migration):
    dependencies = [("seal", "0001_the_log_its_checkpoints_and_notes")]
    operations = [migrations.RunSQL(*refuse_change_sql(table)) for table in TABLES]
