import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What moderators look through, of all days.
INDEXES = """
CREATE INDEX reports_held ON reports_report (at) WHERE verdict = 1;
CREATE INDEX reports_noted ON reports_report (at) WHERE note <> '';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_weight"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldReport",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("kind", models.SmallIntegerField(choices=[(0, "problem"), (1, "working"), (2, "recovered")])),
                ("country", models.CharField(max_length=2)),
                ("region", models.CharField(max_length=6)),
                ("network", models.BigIntegerField()),
                ("note", models.CharField(max_length=500)),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("web", "web form"),
                            ("api", "REST API"),
                            ("open311", "Open311"),
                            ("import", "import"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "verdict",
                    models.SmallIntegerField(choices=[(0, "accepted"), (1, "held for a look"), (2, "not counted")]),
                ),
                ("rule", models.CharField(max_length=40)),
                ("late", models.BooleanField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "reports_report",
                "managed": False,
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.CreateModel(
            name="NotedReport",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("kind", models.SmallIntegerField(choices=[(0, "problem"), (1, "working"), (2, "recovered")])),
                ("country", models.CharField(max_length=2)),
                ("region", models.CharField(max_length=6)),
                ("network", models.BigIntegerField()),
                ("note", models.CharField(max_length=500)),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("web", "web form"),
                            ("api", "REST API"),
                            ("open311", "Open311"),
                            ("import", "import"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "verdict",
                    models.SmallIntegerField(choices=[(0, "accepted"), (1, "held for a look"), (2, "not counted")]),
                ),
                ("rule", models.CharField(max_length=40)),
                ("late", models.BooleanField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "report with a note",
                "verbose_name_plural": "reports with a note",
                "db_table": "reports_report",
                "managed": False,
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.CreateModel(
            name="NetworkBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("network", models.BigIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("day", "network"),
                        name="one_standing_block_a_network",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("report_id", models.UUIDField(db_index=True)),
                ("report_at", models.DateTimeField()),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("accept", "accepted"),
                            ("drop", "dropped"),
                            ("hold", "held"),
                            ("hide_note", "note hidden"),
                            ("show_note", "note shown again"),
                        ],
                        max_length=10,
                    ),
                ),
                ("rule_before", models.CharField(blank=True, max_length=40)),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.service"
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
                "indexes": [models.Index(fields=["service", "at"], name="decisions_by_service")],
            },
        ),
        migrations.RunSQL(INDEXES, "DROP INDEX reports_held; DROP INDEX reports_noted"),
    ]
