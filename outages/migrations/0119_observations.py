import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0115_quiet_ahead"), ("reports", "0025_day_keys_are_files")]

    operations = [
        migrations.CreateModel(
            name="Observer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        max_length=8,
                        choices=[
                            ("program", "a registered program"),
                            ("browsers", "browsers, by Network Error Logging"),
                        ],
                    ),
                ),
                ("agreed", models.PositiveIntegerField(default=0)),
                ("disagreed", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
                ("judged_until_at", models.DateTimeField(null=True)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="observers", to="reports.service"
                    ),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="observers", to="reports.apikey"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["service", "api_key", "kind"], name="one_observer_a_key")
                ]
            },
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minute", models.DateTimeField()),
                ("component", models.CharField(max_length=40)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("region", models.CharField(blank=True, max_length=6)),
                ("network", models.BigIntegerField(default=0)),
                ("wide_network", models.BigIntegerField(default=0)),
                ("calls", models.FloatField()),
                ("failed", models.FloatField()),
                ("error", models.CharField(blank=True, max_length=10)),
                (
                    "observer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="observations",
                        to="outages.observer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["minute"], name="observations_by_minute")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["observer", "minute", "component", "country", "region", "network"],
                        name="one_observation_a_network_and_minute",
                    )
                ],
            },
        ),
    ]
