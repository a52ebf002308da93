"""What an area's own fund can't use goes up the tree by the same rows as a need's."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("aid_packages", "0003_the_whole_life_of_an_allocation")]

    operations = [
        migrations.AddField(
            model_name="redirect",
            name="area",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="redirects",
                to="aid_packages.area",
            ),
        ),
        migrations.AlterField(
            model_name="redirect",
            name="need",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="redirects",
                to="aid_packages.need",
            ),
        ),
        migrations.AddConstraint(
            model_name="redirect",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("area", None), ("need__isnull", False)),
                    models.Q(("area__isnull", False), ("need", None)),
                    _connector="OR",
                ),
                name="redirect_of_a_need_or_an_area",
            ),
        ),
    ]
