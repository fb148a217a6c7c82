from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outages", "0075_attribution")]

    operations = [
        migrations.AddField(
            "announcement",
            "stated",
            models.JSONField(blank=True, default=dict, help_text="What its source says in fields of its own."),
        ),
        migrations.AddField(
            "announcement",
            "is_heard",
            models.BooleanField(
                default=True,
                help_text="Whether the detector hears it: not what stood undated in its source at the first reading.",
            ),
        ),
        migrations.AddField(
            "sourcehealth",
            "unread",
            models.PositiveIntegerField(default=0, help_text="Entries of the last reading that could not be read."),
        ),
        migrations.AlterField(
            "sourcehealth",
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
                    ("own_error", "our own error"),
                ],
                default="waiting",
                max_length=15,
            ),
        ),
        migrations.AddField(
            "probehealth",
            "own_errors",
            models.PositiveIntegerField(default=0, help_text="How often in a row our own program failed at it."),
        ),
        migrations.AlterField(
            "probehealth",
            "classification",
            models.CharField(help_text="up, degraded, down, blocked, unasked, or own_error.", max_length=10),
        ),
    ]
