"""What the database refuses of stock, and rows that only grow. The functions are written in ../sql/."""

from pathlib import Path

from django.db import migrations

from core.append_only import refuse_change_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
APPEND_ONLY = (
    "deliveries_aiditem",
    "deliveries_plannedcost",
    "deliveries_lot",
    "deliveries_delivery",
    "deliveries_service",
    "deliveries_stockmove",
)


def written(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0001_goods_in_units"), ("ledger", "0002_triggers")]

    operations = [
        migrations.RunSQL(written("stock"), written("reverse")),
        *(migrations.RunSQL(*refuse_change_sql(table)) for table in APPEND_ONLY),
    ]
