import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outages", "0119_observations"),
        ("reports", "0025_day_keys_are_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(help_text="Of the incident.")),
                ("opened_at", models.DateTimeField(help_text="When the incident began.")),
                (
                    "claim",
                    models.CharField(
                        choices=[
                            ("no_outage", "it works, there is no outage"),
                            ("over", "it is over already"),
                            ("not_over", "it is not over"),
                            ("scope", "parts or places are wrong"),
                            ("times", "times are wrong"),
                            ("other", "something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("language", models.CharField(default="en", max_length=10)),
                ("network", models.BigIntegerField(default=0)),
                ("wide_network", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for an answer"),
                            ("upheld", "upheld"),
                            ("partly_upheld", "partly upheld"),
                            ("rejected", "rejected"),
                            ("removed", "removed as abuse"),
                        ],
                        default="waiting",
                        max_length=14,
                    ),
                ),
                ("answer", models.CharField(blank=True, default="", max_length=500)),
                ("is_reason_public", models.BooleanField(default=False)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="disputes", to="reports.service"
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(fields=["service", "number"], name="disputes_by_incident"),
                    models.Index(fields=["state", "-created_at"], name="disputes_by_state"),
                    models.Index(fields=["-created_at", "-id"], name="disputes_by_time"),
                ],
            },
        ),
    ]
