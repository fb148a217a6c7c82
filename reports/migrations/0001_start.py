import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("reports", "0001_initial"),
        ("reports", "0002_partitioned_report"),
        ("reports", "0003_api_keys"),
        ("reports", "0004_weight"),
        ("reports", "0010_moderation"),
        ("reports", "0011_reports_aside"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "id", "at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("occurred_at", models.DateTimeField()),
                (
                    "kind",
                    models.SmallIntegerField(choices=[(0, "problem"), (1, "working"), (2, "recovered")], default=0),
                ),
                ("country", models.CharField(blank=True, default="", max_length=2)),
                ("region", models.CharField(blank=True, default="", max_length=6)),
                ("network", models.BigIntegerField(default=0)),
                ("wide_network", models.BigIntegerField(default=0)),
                ("asn", models.BigIntegerField(default=0)),
                ("reporter", models.BigIntegerField(default=0)),
                ("platform", models.CharField(blank=True, default="", max_length=10)),
                ("error_code", models.CharField(blank=True, default="", max_length=40)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
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
                    models.SmallIntegerField(
                        choices=[(0, "accepted"), (1, "held for a look"), (2, "not counted")], default=0
                    ),
                ),
                ("rule", models.CharField(blank=True, default="", max_length=40)),
                ("late", models.BooleanField(default=False)),
                ("receipt_hash", models.BinaryField(max_length=32)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("corrected_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "reports_report",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="DailyKey",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("key", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("definition", models.JSONField()),
                ("definition_hash", models.CharField(max_length=64)),
                (
                    "clock",
                    models.CharField(
                        choices=[
                            ("live", "live"),
                            ("recorded", "recorded: its latest moment is the last minute that was played"),
                        ],
                        default="live",
                        max_length=10,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("loaded_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ("position", "name"),
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("key_hash", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("request_hash", models.BinaryField(max_length=32)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="idempotency_by_age")],
            },
        ),
        migrations.CreateModel(
            name="Component",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=80)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="reports.service"
                    ),
                ),
            ],
            options={
                "ordering": ("position", "slug"),
                "constraints": [models.UniqueConstraint(fields=("service", "slug"), name="one_component_a_slug")],
            },
        ),
        migrations.CreateModel(
            name="Symptom",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=80)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="reports.service"
                    ),
                ),
            ],
            options={
                "ordering": ("position", "slug"),
                "constraints": [models.UniqueConstraint(fields=("service", "slug"), name="one_symptom_a_slug")],
            },
        ),
        migrations.RunSQL(
            sql="\nCREATE TABLE reports_report (\n    id uuid NOT NULL,\n    at timestamptz NOT NULL,\n    received_at timestamptz NOT NULL,\n    occurred_at timestamptz NOT NULL,\n    service_id bigint NOT NULL,\n    component_id bigint NOT NULL,\n    symptom_id bigint,\n    network bigint NOT NULL DEFAULT 0,\n    wide_network bigint NOT NULL DEFAULT 0,\n    asn bigint NOT NULL DEFAULT 0,\n    reporter bigint NOT NULL DEFAULT 0,\n    kind smallint NOT NULL DEFAULT 0,\n    verdict smallint NOT NULL DEFAULT 0,\n    late boolean NOT NULL DEFAULT false,\n    country varchar(2) NOT NULL DEFAULT '',\n    region varchar(6) NOT NULL DEFAULT '',\n    platform varchar(10) NOT NULL DEFAULT '',\n    error_code varchar(40) NOT NULL DEFAULT '',\n    note varchar(500) NOT NULL DEFAULT '',\n    door varchar(10) NOT NULL,\n    rule varchar(40) NOT NULL DEFAULT '',\n    receipt_hash bytea NOT NULL,\n    withdrawn_at timestamptz,\n    corrected_at timestamptz,\n    PRIMARY KEY (id, at)\n) PARTITION BY RANGE (at);\nCREATE TABLE reports_report_default PARTITION OF reports_report DEFAULT;\nCREATE INDEX reports_by_minute ON reports_report (service_id, at);\nCREATE INDEX reports_by_reporter ON reports_report (reporter, at) WHERE reporter <> 0;\nCREATE INDEX reports_late ON reports_report (service_id, received_at) WHERE late;\nCREATE INDEX reports_corrected ON reports_report (service_id, corrected_at) WHERE corrected_at IS NOT NULL;\nCREATE INDEX reports_withdrawn ON reports_report (service_id, withdrawn_at) WHERE withdrawn_at IS NOT NULL;\n",
            reverse_sql="DROP TABLE reports_report",
        ),
        migrations.CreateModel(
            name="ApiKeyOwner",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("mail_hash", models.BinaryField(max_length=32, unique=True)),
                ("mail_sealed", models.BinaryField()),
                ("language", models.CharField(default="en", max_length=10)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("shown", models.CharField(max_length=20)),
                ("key_hash", models.BinaryField(max_length=32, unique=True)),
                ("old_key_hash", models.BinaryField(max_length=32, null=True, unique=True)),
                ("old_until_at", models.DateTimeField(null=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
                ("reads_a_minute", models.PositiveIntegerField(null=True)),
                ("writes_a_minute", models.PositiveIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("rotated_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="reports.apikeyowner",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiKeyLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("network", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("lease_until_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=200)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="reports.apikeyowner"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sent_at", None)), fields=["next_at"], name="api_key_links_waiting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKeyUsage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("epoch", models.CharField(max_length=32)),
                ("reads", models.PositiveBigIntegerField(default=0)),
                ("writes", models.PositiveBigIntegerField(default=0)),
                ("refused", models.PositiveBigIntegerField(default=0)),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="usage", to="reports.apikey"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "day", "epoch"), name="one_api_key_usage_each")],
            },
        ),
        migrations.RunSQL(
            sql="ALTER TABLE reports_report ADD COLUMN weight real NOT NULL DEFAULT 1",
            reverse_sql="ALTER TABLE reports_report DROP COLUMN weight",
        ),
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
        migrations.RunSQL(
            sql="\nCREATE INDEX reports_held ON reports_report (at) WHERE verdict = 1;\nCREATE INDEX reports_noted ON reports_report (at) WHERE note <> '';\n",
            reverse_sql="DROP INDEX reports_held; DROP INDEX reports_noted",
        ),
        migrations.RunSQL(
            sql="CREATE INDEX reports_aside ON reports_report (service_id, at) WHERE verdict <> 0",
            reverse_sql="DROP INDEX reports_aside",
        ),
    ]
