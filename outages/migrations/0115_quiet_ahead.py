import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0118_message_references"), ("reports", "0025_day_keys_are_files")]

    operations = [
        migrations.CreateModel(
            name="QuietAhead",
            fields=[
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="reports.service",
                    ),
                ),
                ("first", models.DateTimeField()),
                ("minutes", models.PositiveSmallIntegerField()),
                ("expected", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ("dispersion", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ("expected_by_component", models.JSONField()),
                ("vantages", models.JSONField()),
                ("state", models.BinaryField()),
                ("definition_hash", models.CharField(max_length=64)),
                ("made_by", models.CharField(max_length=40)),
            ],
        ),
    ]
