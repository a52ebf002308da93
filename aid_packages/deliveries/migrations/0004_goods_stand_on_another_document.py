"""A lot whose document was taken back may stand on another one; the rows that say so only grow."""

import django.db.models.deletion
import django.db.models.functions.math
import django.db.models.lookups
from django.db import migrations, models

from core.append_only import refuse_change_sql

LIKE_OTHER_ROWS_OF_HELP = """
CREATE TRIGGER deliveries_row_before BEFORE INSERT ON deliveries_lotpaper
    FOR EACH STATEMENT EXECUTE FUNCTION deliveries_row_before();
CREATE TRIGGER deliveries_month_is_right BEFORE INSERT ON deliveries_lotpaper
    FOR EACH ROW EXECUTE FUNCTION deliveries_month_is_right();
"""
NO_MORE = """
DROP TRIGGER deliveries_month_is_right ON deliveries_lotpaper;
DROP TRIGGER deliveries_row_before ON deliveries_lotpaper;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("aid_packages", "0003_the_whole_life_of_an_allocation"),
        ("deliveries", "0003_an_import_is_tried_by_a_worker"),
    ]

    operations = [
        migrations.CreateModel(
            name="LotPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cost_minor", models.BigIntegerField()),
                ("week", models.PositiveIntegerField()),
                ("period", models.PositiveIntegerField()),
                ("request_key", models.CharField(max_length=100, unique=True)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aid_packages.spendingdocument",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="deliveries.lot"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("week__range", (202001, 209953)),
                            django.db.models.lookups.LessThan(django.db.models.functions.math.Mod("week", 100), 54),
                            django.db.models.lookups.GreaterThan(django.db.models.functions.math.Mod("week", 100), 0),
                        ),
                        name="lot_paper_week_is_a_week",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cost_minor__gt", 0)), name="lot_paper_cost_is_positive"
                    ),
                ],
            },
        ),
        migrations.RunSQL(LIKE_OTHER_ROWS_OF_HELP, NO_MORE),
        migrations.RunSQL(*refuse_change_sql("deliveries_lotpaper")),
    ]
