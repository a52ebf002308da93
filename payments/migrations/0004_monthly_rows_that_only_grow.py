"""What a donor agreed to, version by version, and how it moved: only added to, by the database's own refusal."""

from django.db import migrations

from core.append_only import refuse_change_sql

TABLES = ["payments_monthlyterms", "payments_monthlyline", "payments_monthlymove"]


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_monthly_gifts")]
    operations = [migrations.RunSQL(*refuse_change_sql(table)) for table in TABLES]
