import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0130_serving_minutes")]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="head",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="parts",
                to="outages.subscription",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="components",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None
            ),
        ),
    ]
