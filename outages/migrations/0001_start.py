import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("outages", "0001_initial"),
        ("outages", "0002_partitioned_proberesult"),
        ("outages", "0010_signals"),
        ("outages", "0020_notices"),
        ("outages", "0030_live"),
        ("outages", "0033_cuts_of_cells"),
        ("outages", "0034_api_keys"),
        ("outages", "0040_moderation"),
        ("outages", "0041_thread"),
        ("outages", "0042_looked_until"),
        ("outages", "0050_decisions_on_incidents"),
        ("outages", "0052_state_names"),
    ]

    initial = True

    dependencies = [
        ("reports", "0002_partitioned_report"),
        ("reports", "0003_api_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProbeResult",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "id", "at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("probe", models.CharField(max_length=60)),
                ("vantage", models.CharField(max_length=40)),
                ("component", models.CharField(max_length=40)),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                ("control", models.BooleanField(default=False)),
                ("classification", models.CharField(max_length=10)),
                ("http_status", models.SmallIntegerField(null=True)),
                ("error", models.CharField(blank=True, default="", max_length=10)),
                ("detail", models.CharField(blank=True, default="", max_length=300)),
                ("body", models.CharField(blank=True, default="", max_length=200)),
                ("dns_ms", models.FloatField(null=True)),
                ("connect_ms", models.FloatField(null=True)),
                ("tls_ms", models.FloatField(null=True)),
                ("first_byte_ms", models.FloatField(null=True)),
                ("latency_ms", models.FloatField(null=True)),
            ],
            options={
                "db_table": "outages_proberesult",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="DetectorState",
            fields=[
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="detector_state",
                        serialize=False,
                        to="reports.service",
                    ),
                ),
                ("minute", models.DateTimeField()),
                ("state", models.BinaryField()),
                (
                    "recounted_until",
                    models.DateTimeField(
                        help_text="Late, corrected and withdrawn reports up to here are in the counts."
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="Vantage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=40, unique=True)),
                ("last_seen_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.SlugField(max_length=60)),
                ("external_id", models.CharField(max_length=300)),
                ("author", models.CharField(blank=True, max_length=120)),
                (
                    "tier",
                    models.CharField(
                        choices=[("official", "official"), ("press", "press"), ("community", "community")],
                        default="community",
                        max_length=10,
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=500)),
                ("text", models.TextField()),
                ("content_hash", models.CharField(max_length=64)),
                ("posted_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(help_text="When we first read it; the minute in which it counts.")),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                ("stage", models.CharField(blank=True, max_length=15)),
                ("relevant", models.BooleanField(default=False)),
                (
                    "components",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), blank=True, default=list, size=None
                    ),
                ),
                ("corrected_stage", models.CharField(blank=True, max_length=15)),
                ("corrected_relevant", models.BooleanField(blank=True, null=True)),
                ("correction_note", models.CharField(blank=True, max_length=300)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="announcements", to="reports.service"
                    ),
                ),
            ],
            options={
                "ordering": ("-posted_at",),
            },
        ),
        migrations.CreateModel(
            name="AnnouncementRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("content_hash", models.CharField(max_length=64)),
                ("replaced_at", models.DateTimeField()),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="outages.announcement"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(help_text="Counts the service's incidents from 1.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("possible", "possible"),
                            ("confirmed", "confirmed"),
                            ("recovering", "recovering"),
                            ("resolved", "resolved"),
                            ("dismissed", "dismissed"),
                            ("maintenance", "maintenance"),
                            ("merged", "merged"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("outage", "outage"), ("maintenance", "maintenance")], default="outage", max_length=12
                    ),
                ),
                (
                    "components",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), blank=True, default=list, size=None
                    ),
                ),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=6), blank=True, default=list, size=None
                    ),
                ),
                ("symptom", models.CharField(blank=True, max_length=40)),
                ("confidence", models.FloatField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("updated_at", models.DateTimeField()),
                (
                    "upstream",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merged",
                        to="outages.incident",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="incidents", to="reports.service"
                    ),
                ),
            ],
            options={
                "ordering": ("-opened_at", "-id"),
            },
        ),
        migrations.AddField(
            model_name="announcement",
            name="incident",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="announcements",
                to="outages.incident",
            ),
        ),
        migrations.CreateModel(
            name="IncidentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(help_text="When the public could first see it.")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("frm", models.CharField(blank=True, max_length=12)),
                ("to", models.CharField(max_length=12)),
                ("reason", models.CharField(max_length=60)),
                ("text", models.TextField(blank=True)),
                ("confidence", models.FloatField(default=0)),
                (
                    "components",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), blank=True, default=list, size=None
                    ),
                ),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=6), blank=True, default=list, size=None
                    ),
                ),
                ("symptom", models.CharField(blank=True, max_length=40)),
                ("evidence", models.JSONField(default=list)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="outages.incident"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="IncidentOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "to",
                    models.CharField(
                        choices=[
                            ("possible", "possible"),
                            ("confirmed", "confirmed"),
                            ("recovering", "recovering"),
                            ("resolved", "resolved"),
                            ("dismissed", "dismissed"),
                            ("maintenance", "maintenance"),
                            ("merged", "merged"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("applied_at", models.DateTimeField(editable=False, null=True)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="overrides", to="outages.incident"
                    ),
                ),
                (
                    "merge_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="outages.incident",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MinuteCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(blank=True, max_length=2)),
                ("region", models.CharField(blank=True, max_length=6)),
                ("raw", models.PositiveIntegerField(default=0)),
                ("effective", models.FloatField(default=0)),
                ("working", models.PositiveIntegerField(default=0)),
                ("recovered", models.PositiveIntegerField(default=0)),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("minute", models.DateTimeField()),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.component"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.service"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceMinute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minute", models.DateTimeField()),
                ("raw", models.PositiveIntegerField(default=0)),
                ("effective", models.FloatField(default=0)),
                ("working", models.PositiveIntegerField(default=0)),
                ("recovered", models.PositiveIntegerField(default=0)),
                ("expected", models.FloatField(default=0)),
                ("dispersion", models.FloatField(default=0)),
                ("expected_by_component", models.JSONField(default=dict)),
                ("cuts", models.JSONField(default=dict)),
                ("vantages", models.JSONField(default=dict)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.service"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="slots_by_time")],
                "constraints": [models.UniqueConstraint(fields=("name", "at"), name="one_run_a_slot")],
            },
        ),
        migrations.CreateModel(
            name="SourceHealth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60)),
                ("kind", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("fine", "fine"),
                            ("slow", "slow"),
                            ("unreachable", "unreachable"),
                            ("blocked", "blocked"),
                            ("not_configured", "not configured"),
                            ("off", "switched off"),
                            ("waiting", "not read yet"),
                        ],
                        default="waiting",
                        max_length=15,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("last_try_at", models.DateTimeField(null=True)),
                ("last_success_at", models.DateTimeField(null=True)),
                ("last_change_at", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("spent_today", models.DecimalField(decimal_places=4, default=0, max_digits=10)),
                ("spent_on", models.DateField(null=True)),
                ("cursor", models.JSONField(default=dict, help_text="ETag, Last-Modified, since_id and the like.")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sources", to="reports.service"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SymptomCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minute", models.DateTimeField()),
                ("raw", models.PositiveIntegerField(default=0)),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.component"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.service"
                    ),
                ),
                (
                    "symptom",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.symptom"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HourCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(blank=True, max_length=2)),
                ("region", models.CharField(blank=True, max_length=6)),
                ("raw", models.PositiveIntegerField(default=0)),
                ("effective", models.FloatField(default=0)),
                ("working", models.PositiveIntegerField(default=0)),
                ("recovered", models.PositiveIntegerField(default=0)),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("hour", models.DateTimeField()),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.component"
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "hour", "component", "country", "region"), name="one_count_a_cell_and_hour"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["service", "-opened_at"], name="incidents_by_service"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["state"], name="incidents_by_state"),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(fields=("service", "number"), name="one_incident_a_number"),
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(fields=["service", "seen_at"], name="announcements_by_seen"),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.UniqueConstraint(fields=("service", "source", "external_id"), name="one_post_a_source"),
        ),
        migrations.AddIndex(
            model_name="incidentevent",
            index=models.Index(fields=["incident", "at"], name="events_by_incident"),
        ),
        migrations.AddConstraint(
            model_name="minutecount",
            constraint=models.UniqueConstraint(
                fields=("service", "minute", "component", "country", "region"), name="one_count_a_cell_and_minute"
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceminute",
            constraint=models.UniqueConstraint(fields=("service", "minute"), name="one_row_a_minute"),
        ),
        migrations.AddConstraint(
            model_name="sourcehealth",
            constraint=models.UniqueConstraint(fields=("service", "slug"), name="one_health_a_source"),
        ),
        migrations.AddConstraint(
            model_name="symptomcount",
            constraint=models.UniqueConstraint(
                fields=("service", "minute", "component", "symptom"),
                name="one_symptom_count_a_minute",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(
            sql="\nCREATE TABLE outages_proberesult (\n    id uuid NOT NULL,\n    at timestamptz NOT NULL,\n    service_id bigint NOT NULL,\n    probe varchar(60) NOT NULL,\n    vantage varchar(40) NOT NULL,\n    component varchar(40) NOT NULL,\n    countries varchar(2)[] NOT NULL DEFAULT '{}',\n    control boolean NOT NULL DEFAULT false,\n    classification varchar(10) NOT NULL,\n    http_status smallint,\n    error varchar(10) NOT NULL DEFAULT '',\n    detail varchar(300) NOT NULL DEFAULT '',\n    body varchar(200) NOT NULL DEFAULT '',\n    dns_ms double precision,\n    connect_ms double precision,\n    tls_ms double precision,\n    first_byte_ms double precision,\n    latency_ms double precision,\n    PRIMARY KEY (id, at)\n) PARTITION BY RANGE (at);\nCREATE TABLE outages_proberesult_default PARTITION OF outages_proberesult DEFAULT;\nCREATE INDEX probe_results_by_minute ON outages_proberesult (service_id, at);\nCREATE INDEX probe_results_by_probe ON outages_proberesult (service_id, probe, vantage, at DESC);\n",
            reverse_sql="DROP TABLE outages_proberesult",
        ),
        migrations.RunSQL(
            sql="ALTER TABLE outages_proberesult ADD COLUMN fingerprint varchar(16) NOT NULL DEFAULT '', ADD COLUMN http_version varchar(10) NOT NULL DEFAULT ''",
            reverse_sql="ALTER TABLE outages_proberesult DROP COLUMN fingerprint, DROP COLUMN http_version",
        ),
        migrations.AddField(
            model_name="announcement",
            name="first_seen_at",
            field=models.DateTimeField(help_text="When we first read it.", null=True),
        ),
        migrations.AddField(
            model_name="slot",
            name="done_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="vantage",
            name="last_result_at",
            field=models.DateTimeField(help_text="The last result that it sent.", null=True),
        ),
        migrations.AlterField(
            model_name="announcement",
            name="seen_at",
            field=models.DateTimeField(
                help_text="The minute in which it counts: when we read it, or read it with other words, or when a moderator corrected it. A post that was there before we first read its source counts when it was posted."
            ),
        ),
        migrations.AlterField(
            model_name="vantage",
            name="last_seen_at",
            field=models.DateTimeField(help_text="The last word of any kind from its worker.", null=True),
        ),
        migrations.CreateModel(
            name="ProbeHealth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("probe", models.CharField(max_length=60)),
                ("vantage", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=10)),
                ("component", models.CharField(blank=True, max_length=40)),
                ("control", models.BooleanField(default=False)),
                (
                    "classification",
                    models.CharField(help_text="up, degraded, down, blocked, or unasked.", max_length=10),
                ),
                ("http_status", models.SmallIntegerField(null=True)),
                ("error", models.CharField(blank=True, default="", max_length=10)),
                ("detail", models.CharField(blank=True, default="", max_length=300)),
                ("latency_ms", models.FloatField(null=True)),
                ("last_at", models.DateTimeField()),
                ("last_up_at", models.DateTimeField(null=True)),
                ("last_change_at", models.DateTimeField()),
                ("failures", models.PositiveIntegerField(default=0)),
                ("refusals", models.PositiveIntegerField(default=0)),
                (
                    "not_before_at",
                    models.DateTimeField(help_text="Until when the target has asked us to stay away.", null=True),
                ),
                ("certificate_expires_at", models.DateTimeField(null=True)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="probe_health", to="reports.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "probe", "vantage"), name="one_health_a_probe_and_vantage"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProbeHour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("probe", models.CharField(max_length=60)),
                ("vantage", models.CharField(max_length=40)),
                ("hour", models.DateTimeField()),
                ("results", models.PositiveIntegerField()),
                ("up", models.PositiveIntegerField()),
                ("degraded", models.PositiveIntegerField()),
                ("down", models.PositiveIntegerField()),
                ("blocked", models.PositiveIntegerField()),
                ("p50_ms", models.FloatField(null=True)),
                ("p95_ms", models.FloatField(null=True)),
                ("p99_ms", models.FloatField(null=True)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "probe", "vantage", "hour"), name="one_hour_a_probe_and_vantage"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeCursor",
            fields=[
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="notice_cursor",
                        serialize=False,
                        to="reports.service",
                    ),
                ),
                ("event_id", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("webhook", "webhook"),
                            ("mail", "mail"),
                            ("push", "web push"),
                            ("chat", "chat, for the operator"),
                        ],
                        max_length=8,
                    ),
                ),
                ("target_hash", models.BinaryField(max_length=32)),
                ("target_sealed", models.BinaryField()),
                ("failures", models.PositiveIntegerField(default=0)),
                ("circuit_open_until_at", models.DateTimeField(null=True)),
                ("last_success_at", models.DateTimeField(null=True)),
                ("last_failure_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("channel", "target_hash"), name="one_endpoint_a_target")
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("component", models.CharField(blank=True, max_length=40)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("region", models.CharField(blank=True, max_length=6)),
                (
                    "from_state",
                    models.CharField(
                        choices=[("possible", "possible"), ("confirmed", "confirmed"), ("resolved", "resolved")],
                        default="confirmed",
                        max_length=10,
                    ),
                ),
                (
                    "cadence",
                    models.CharField(
                        choices=[("each", "each notice at once"), ("daily", "one message a day")],
                        default="each",
                        max_length=5,
                    ),
                ),
                ("owner_hash", models.BinaryField(max_length=32)),
                ("signing_sealed", models.BinaryField(default=b"")),
                ("old_signing_sealed", models.BinaryField(default=b"")),
                ("old_signing_until_at", models.DateTimeField(null=True)),
                ("network", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("disabled_at", models.DateTimeField(null=True)),
                ("disabled_reason", models.CharField(blank=True, max_length=200)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="subscriptions", to="outages.endpoint"
                    ),
                ),
                (
                    "owner_endpoint",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="owned",
                        to="outages.endpoint",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="subscriptions", to="reports.service"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "opened"),
                            ("confirmed", "confirmed"),
                            ("changed", "changed materially"),
                            ("resolved", "resolved, or otherwise over"),
                            ("maintenance", "maintenance"),
                            ("challenge", "proof of ownership"),
                            ("test", "test"),
                            ("disabled", "word to the owner of a disabled subscription"),
                        ],
                        max_length=12,
                    ),
                ),
                ("outage", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("sent", "sent"),
                            ("failed", "failed"),
                            ("expired", "expired"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(help_text="Not tried before.")),
                ("first_tried_at", models.DateTimeField(null=True)),
                ("claim", models.UUIDField(null=True)),
                ("lease_until_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(help_text="When it was sent, had failed or expired.", null=True)),
                ("error", models.CharField(blank=True, max_length=200)),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="outages.incidentevent",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="outages.incident",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="outages.endpoint"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="outages.subscription",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["service"], name="subscriptions_by_service"),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["owner_hash"], name="subscriptions_by_owner"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["next_at"], name="deliveries_waiting"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["subscription", "incident", "event"],
                name="deliveries_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["subscription", "-created_at"], name="deliveries_by_subscription"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["endpoint", "kind", "-created_at"], name="deliveries_by_endpoint"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("event", "subscription"), name="one_delivery_each"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("subscription", "incident", "outage", "kind"), name="one_notice_a_kind_and_outage"
            ),
        ),
        migrations.CreateModel(
            name="LiveEntry",
            fields=[
                ("position", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="live_entry",
                        to="outages.incidentevent",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="live_entries", to="reports.service"
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
                "indexes": [models.Index(fields=["service", "position"], name="live_entries_by_service")],
            },
        ),
        migrations.RunSQL(
            sql="\nCREATE FUNCTION outages_live_event() RETURNS trigger LANGUAGE plpgsql AS $$\nDECLARE\n    its_service bigint;\nBEGIN\n    SELECT i.service_id INTO its_service FROM outages_incidentevent e\n        JOIN outages_incident i ON i.id = e.incident_id WHERE e.id = NEW.id;\n    IF FOUND THEN\n        PERFORM pg_advisory_xact_lock(hashtext('outages.live'), 0);\n        INSERT INTO outages_liveentry (service_id, event_id) VALUES (its_service, NEW.id);\n        PERFORM pg_notify('outages_live', its_service::text);\n    END IF;\n    RETURN NULL;\nEND $$;\n\nCREATE CONSTRAINT TRIGGER outages_live_event AFTER INSERT ON outages_incidentevent\n    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION outages_live_event();\n\nCREATE FUNCTION outages_live_anew() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    IF EXISTS (SELECT 1 FROM reports_service WHERE id = OLD.service_id) THEN\n        PERFORM pg_advisory_xact_lock(hashtext('outages.live'), 0);\n        INSERT INTO outages_liveentry (service_id) VALUES (OLD.service_id);\n        PERFORM pg_notify('outages_live', OLD.service_id::text);\n    END IF;\n    RETURN NULL;\nEND $$;\n\nCREATE CONSTRAINT TRIGGER outages_live_anew AFTER DELETE ON outages_detectorstate\n    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION outages_live_anew();\n\nCREATE FUNCTION outages_live_scanned() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    PERFORM pg_notify('outages_live', NEW.service_id::text);\n    RETURN NULL;\nEND $$;\n\nCREATE TRIGGER outages_live_scanned AFTER INSERT OR UPDATE ON outages_detectorstate\n    FOR EACH ROW EXECUTE FUNCTION outages_live_scanned();\n\nINSERT INTO outages_liveentry (service_id, event_id)\n    SELECT i.service_id, e.id FROM outages_incidentevent e JOIN outages_incident i ON i.id = e.incident_id ORDER BY e.id;\n",
            reverse_sql="\nDROP TRIGGER outages_live_event ON outages_incidentevent;\nDROP TRIGGER outages_live_anew ON outages_detectorstate;\nDROP TRIGGER outages_live_scanned ON outages_detectorstate;\nDROP FUNCTION outages_live_event();\nDROP FUNCTION outages_live_anew();\nDROP FUNCTION outages_live_scanned();\n",
        ),
        migrations.AddField(
            model_name="minutecount",
            name="cuts",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="subscription",
            name="api_key",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="subscriptions",
                to="reports.apikey",
            ),
        ),
        migrations.AlterModelOptions(
            name="incidentoverride",
            options={"ordering": ("-id",)},
        ),
        migrations.AddField(
            model_name="incident",
            name="headline",
            field=models.CharField(blank=True, default="", help_text="A moderator's, instead of ours.", max_length=160),
        ),
        migrations.AddField(
            model_name="incident",
            name="split_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="split_off",
                to="outages.incident",
            ),
        ),
        migrations.AddField(
            model_name="incidentevent",
            name="headline",
            field=models.CharField(blank=True, default="", max_length=160),
        ),
        migrations.AddField(
            model_name="incidentevent",
            name="words",
            field=models.CharField(blank=True, default="", help_text="A moderator's reason.", max_length=300),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="action",
            field=models.CharField(
                choices=[
                    ("state", "change of state"),
                    ("merge", "merge"),
                    ("unmerge", "merge undone"),
                    ("split", "split"),
                    ("change", "correction"),
                ],
                default="state",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="before",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="components",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="countries",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="headline",
            field=models.CharField(max_length=160, null=True),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="into_number",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="into_opened_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="into_to",
            field=models.CharField(
                blank=True,
                choices=[
                    ("possible", "possible"),
                    ("confirmed", "confirmed"),
                    ("recovering", "recovering"),
                    ("resolved", "resolved"),
                    ("dismissed", "dismissed"),
                    ("maintenance", "maintenance"),
                    ("merged", "merged"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="kind",
            field=models.CharField(
                blank=True, choices=[("outage", "outage"), ("maintenance", "maintenance")], max_length=12
            ),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="number",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="opened_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="outcome",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="pinned",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="regions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=6), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="service",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.service"
            ),
        ),
        migrations.RunSQL(
            sql="\nUPDATE outages_incidentoverride o SET service_id = i.service_id, number = i.number, opened_at = i.opened_at\n    FROM outages_incident i WHERE i.id = o.incident_id;\nSET CONSTRAINTS ALL IMMEDIATE;\nSET CONSTRAINTS ALL DEFERRED;\n",
            reverse_sql="",
        ),
        migrations.AlterField(
            model_name="incidentoverride",
            name="number",
            field=models.PositiveIntegerField(),
        ),
        migrations.AlterField(
            model_name="incidentoverride",
            name="opened_at",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="incidentoverride",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.service"
            ),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="undoes",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="undone_by",
                to="outages.incidentoverride",
            ),
        ),
        migrations.AddField(
            model_name="incidentoverride",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="incidentoverride",
            name="applied_at",
            field=models.DateTimeField(help_text="The time of its event.", null=True),
        ),
        migrations.AlterField(
            model_name="incidentoverride",
            name="incident",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="overrides",
                to="outages.incident",
            ),
        ),
        migrations.AlterField(
            model_name="incidentoverride",
            name="merge_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="outages.incident",
            ),
        ),
        migrations.AlterField(
            model_name="incidentoverride",
            name="to",
            field=models.CharField(
                blank=True,
                choices=[
                    ("possible", "possible"),
                    ("confirmed", "confirmed"),
                    ("recovering", "recovering"),
                    ("resolved", "resolved"),
                    ("dismissed", "dismissed"),
                    ("maintenance", "maintenance"),
                    ("merged", "merged"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="incidentoverride",
            index=models.Index(fields=["service", "applied_at"], name="overrides_by_service"),
        ),
        migrations.AddField(
            model_name="announcement",
            name="thread",
            field=models.CharField(
                blank=True, default="", help_text="What it belongs to in its source, if anything.", max_length=300
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="detectorstate",
            name="looked_until",
            field=models.DateTimeField(
                help_text="The running minute was looked into up to here. It is not looked into again.", null=True
            ),
        ),
        migrations.AlterModelOptions(
            name="incidentoverride",
            options={
                "ordering": ("-id",),
                "verbose_name": "decision on an incident",
                "verbose_name_plural": "decisions on incidents",
            },
        ),
        migrations.RenameField(
            model_name="incidentevent",
            old_name="frm",
            new_name="from_state",
        ),
        migrations.RenameField(
            model_name="incidentevent",
            old_name="to",
            new_name="to_state",
        ),
        migrations.RenameField(
            model_name="incidentoverride",
            old_name="to",
            new_name="to_state",
        ),
    ]
