"""The books know the server that they stand on: whatever compares numbers of database transactions asks for it."""

from pathlib import Path

from django.db import migrations, models

from core.append_only import refuse_change_sql

SQL = Path(__file__).resolve().parent.parent / "sql"


def written(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


UNWRITTEN = """
DROP FUNCTION ledger_was_seen(bigint, xid8, bigint, pg_snapshot);
DROP FUNCTION ledger_home_of(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_postings_of_a_month_are_found_at_once")]

    operations = [
        migrations.CreateModel(
            name="Home",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system_identifier", models.BigIntegerField()),
                ("after_entry_id", models.BigIntegerField()),
                ("since", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("after_entry_id__gte", 0)), name="home_begins_after_an_entry"
                    )
                ],
            },
        ),
        migrations.RunSQL(*refuse_change_sql("ledger_home")),
        migrations.RunSQL(written("homes"), UNWRITTEN),
        migrations.RunSQL(written("posting_after"), migrations.RunSQL.noop),
    ]
