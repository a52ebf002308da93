"""The trail only grows: the database refuses a change of it."""

from django.db import migrations

from core.append_only import refuse_change_sql


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunSQL(*refuse_change_sql("core_trailentry"))]
