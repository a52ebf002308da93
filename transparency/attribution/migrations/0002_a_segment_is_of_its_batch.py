from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("attribution", "0001_gifts_stand_on_lines")]

    operations = [
        migrations.RemoveConstraint(model_name="linesegment", name="line_segment_starts_once"),
        migrations.AddConstraint(
            model_name="linesegment",
            constraint=models.UniqueConstraint(
                fields=("batch", "fund", "start", "period"), name="line_segment_once_per_batch"
            ),
        ),
    ]
