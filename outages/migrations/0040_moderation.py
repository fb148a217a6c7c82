import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Decisions of before learn which incident they are about; constraints are checked before the table changes again.
IDENTITY = """
UPDATE outages_incidentoverride o SET service_id = i.service_id, number = i.number, opened_at = i.opened_at
    FROM outages_incident i WHERE i.id = o.incident_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("outages", "0034_api_keys"),
        ("reports", "0002_partitioned_report"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
        migrations.RunSQL(IDENTITY, migrations.RunSQL.noop),
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
    ]
