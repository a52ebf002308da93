"""The functions and triggers by which the database keeps the ledger's promises. They are written in ../sql/."""

from pathlib import Path

from django.db import migrations

from core.append_only import refuse_change_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
APPEND_ONLY = ["ledger_fund", "ledger_account", "ledger_journalentry", "ledger_posting", "ledger_mark"]


def written(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(written("functions") + written("posting_after") + written("triggers"), written("reverse")),
        *(migrations.RunSQL(*refuse_change_sql(table)) for table in APPEND_ONLY),
    ]
