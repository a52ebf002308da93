"""What was promised, what moved and what was issued is only added to: the database refuses a change of it."""

from django.db import migrations

from core.append_only import refuse_change_sql

TABLES = [
    "payments_donationline",
    "payments_donationtransition",
    "payments_transitionhandled",
    "payments_balancemovement",
    "payments_receipt",
]


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(*refuse_change_sql(table)) for table in TABLES]
