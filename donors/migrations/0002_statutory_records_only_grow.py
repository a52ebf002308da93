"""A statutory record is frozen: the database refuses a change of it. It is erased by destroying the key it stands under."""

from django.db import migrations

from core.append_only import refuse_change_sql


class Migration(migrations.Migration):
    dependencies = [("donors", "0001_initial")]
    operations = [migrations.RunSQL(*refuse_change_sql("donors_statutoryrecord"))]
