from django.db import migrations, models
from django.db.models import F

FAILED = ("unreachable", "blocked", "own_error", "slow", "not_configured")


def keep_waits(apps, schema_editor):
    """What a server asked for was not told from our own back-off: until it has passed, each wait is taken as both."""
    rows = apps.get_model("outages", "SourceHealth").objects.filter(state__in=FAILED)
    rows.update(not_before=F("next_try_at"), backed_off_until=F("next_try_at"))


class Migration(migrations.Migration):
    dependencies = [("outages", "0151_place_balances")]

    operations = [
        migrations.AddField(
            model_name="sourcehealth",
            name="not_before",
            field=models.DateTimeField(help_text="What its server asked for: it is never asked sooner.", null=True),
        ),
        migrations.AddField(
            model_name="sourcehealth",
            name="backed_off_until",
            field=models.DateTimeField(
                help_text="How long we wait with a source that fails; less while its service is in trouble.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="sourcehealth",
            name="failures",
            field=models.PositiveIntegerField(default=0, help_text="In a row, without tries that an incident hurried."),
        ),
        migrations.RunPython(keep_waits, migrations.RunPython.noop),
    ]
