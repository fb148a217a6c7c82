import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0065_stated_fields"), ("reports", "0011_reports_aside")]

    operations = [
        migrations.CreateModel(
            name="ScanFailure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minute", models.DateTimeField()),
                ("stage", models.CharField(choices=[("step", "step"), ("recount", "recount")], max_length=10)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("set_aside_at", models.DateTimeField(null=True)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.service"
                    ),
                ),
            ],
            options={
                "ordering": ("-minute",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "minute", "stage"), name="one_scan_failure_a_minute_and_stage"
                    )
                ],
            },
        ),
    ]
